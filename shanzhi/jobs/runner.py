"""What the queue calls: one job, or one round of recurring work over all counties."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import DatabaseError, connection
from django.utils import timezone

from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import KINDS, PERIODICS, JobRun, JobStopped
from shanzhi.jobs.services import job_beat, job_claim, job_end, lease
from shanzhi.lib.errors import DomainError
from shanzhi.tenancy.context import county
from shanzhi.tenancy.selectors import county_list

BEAT_SECONDS: Final = 1.0
BROKEN: Final = "处理时出了意外，没有完成；请稍后重新发起，仍不行请联系系统管理员。"
TOO_LONG: Final = "处理时间超过了上限，没有完成；请把内容分成几次再办。"
logger = logging.getLogger("shanzhi.jobs")


def run_job(job_id: int, county_id: int, heartbeat: bool = True) -> str:
    """Run a job in its county and write how it ended; returns the state for the log.

    Delivered again, a job that ended or is being run by a living worker does nothing.
    """
    with county(county_id, atomic=False):
        job = job_claim(job_id=job_id, at=timezone.now())
        if job is None:
            return "nothing to do"
        run = JobRun(
            job_id=job.id,
            county_id=county_id,
            kind=job.kind,
            args=job.args,
            created_by=job.created_by,
            attempt=job.attempts,
            at=timezone.now(),
        )
        if not heartbeat:
            run.on_progress = _beat_inline
            return _run(run)
        with _heartbeat(run):
            return _run(run)


def _run(run: JobRun) -> str:
    try:
        kind = KINDS[run.kind]
        result = kind.handler(run)
    except JobStopped:
        return _end(run, Job.State.CANCELLED)
    except DomainError as error:
        return _end(run, Job.State.FAILED, error.message)
    except SystemExit:  # the queue's alarm for a task that takes too long; it rings once
        return _end(run, Job.State.FAILED, TOO_LONG)
    except Exception:
        logger.exception("job %s %s failed", run.kind, run.job_id)
        return _end(run, Job.State.FAILED, BROKEN)
    job_end(run=run, state=Job.State.DONE, at=timezone.now(), result=result or {})
    return Job.State.DONE


def _end(run: JobRun, state: Job.State, error: str = "") -> str:
    job_end(run=run, state=state, at=timezone.now(), error=error)
    return state


def _beat_inline(run: JobRun) -> None:
    run.stopped = not job_beat(run=run, at=timezone.now())


@contextmanager
def _heartbeat(run: JobRun) -> Iterator[None]:
    """Renew the lease from a thread with a connection of its own while the block runs."""
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(run, over), name=f"job-{run.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)


def _beat(run: JobRun, over: threading.Event) -> None:
    """Every second if the numbers moved, else often enough to keep the lease."""
    last, shown = timezone.now(), (0, 0)
    pause = min(BEAT_SECONDS, lease().total_seconds() / 4)
    try:
        while not over.wait(pause):
            now, seen = timezone.now(), (run.done, run.total)
            if seen == shown and now - last < lease() / 4:
                continue
            try:
                with county(run.county_id, atomic=False):
                    run.stopped = run.stopped or not job_beat(run=run, at=now)
                last, shown = now, seen
            except DatabaseError:  # busy or gone for a moment; the lease outlasts a few misses
                connection.close()
    finally:
        connection.close()


def run_periodic(name: str) -> int:
    """One round of recurring work; a county in which it fails does not keep it from the others."""
    periodic = PERIODICS[name]
    done = 0
    for row in county_list():
        try:
            with county(row.id, atomic=False):
                periodic.handler(timezone.now())
            done += 1
        except Exception:
            logger.exception("%s failed in county %s", name, row.id)
    return done
