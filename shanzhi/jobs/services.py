"""Writing jobs. The state of a job changes by compare-and-swap only, so two workers never both believe it is theirs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import F, Q
from django.db.transaction import atomic
from django.utils import timezone
from django_q.tasks import async_task

from shanzhi.access.actor import Actor
from shanzhi.jobs.events import JOB_ENDED
from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import KINDS, JobRun
from shanzhi.jobs.selectors import owner_id
from shanzhi.lib.errors import Conflict
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.outbox import emit
from shanzhi.trail.permissions import VIEW

QUEUE_PATIENCE: Final = timedelta(minutes=10)
MAX_ATTEMPTS: Final = 5
INTERRUPTED: Final = "任务多次被中断，没有完成，请联系系统管理员查看后重新发起。"
OPEN: Final = (Job.State.QUEUED, Job.State.RUNNING)


def lease() -> timedelta:
    """How long a worker may be silent before its job is given to another: a minute, less if retries are shorter."""
    return timedelta(seconds=min(60.0, settings.Q_CLUSTER["retry"] / 2))


def enqueue(
    kind: str, *, actor: Actor, args: Mapping[str, Any], at: datetime | None = None, job_id: int | None = None
) -> Job:
    """Queue a job in the caller's transaction: if that is rolled back, there is neither job nor task.

    `job_id` lets a caller that claimed an idempotency key choose the id.
    """
    if kind not in KINDS:
        raise LookupError(f"no job {kind}; declare it in its app's jobs.py")
    now = at or timezone.now()
    with atomic():
        job = Job.objects.create(
            id=job_id or new_id(),
            kind=kind,
            args=dict(args),
            created_by=owner_id(actor),
            created_at=now,
            lease_until=timezone.now() + QUEUE_PATIENCE,
        )
        _queue(job.id, job.county_id)
    return job


def _queue(job_id: int, county_id: int) -> None:
    async_task("shanzhi.jobs.runner.run_job", job_id, county_id)


def job_cancel(*, actor: Actor, job: Job, at: datetime | None = None) -> Job:
    """Cancel one's own job: at once while it waits, at its next step while it runs. Conflict when it has ended."""
    now = at or timezone.now()
    with atomic():
        mine = Job.objects.filter(id=job.id, created_by=owner_id(actor))
        waiting = mine.filter(state=Job.State.QUEUED)
        changed = waiting.update(state=Job.State.CANCELLED, cancel_requested=True, ended_at=now)
        changed = changed or mine.filter(state=Job.State.RUNNING).update(cancel_requested=True)
        if not changed:
            raise Conflict("这个任务已经结束，不用取消了。", code="job_ended")
    job.refresh_from_db()
    return job


def job_claim(*, job_id: int, at: datetime) -> Job | None:
    """Take a job to run it: one that waits, or one whose worker fell silent. None if there is nothing to do.

    A job that killed its worker five times is given up.
    """
    with atomic():
        free = Job.objects.filter(Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=at), id=job_id)
        if free.filter(attempts__gte=MAX_ATTEMPTS).update(state=Job.State.FAILED, error=INTERRUPTED, ended_at=at):
            return None
        taken = free.filter(attempts__lt=MAX_ATTEMPTS).update(
            state=Job.State.RUNNING, attempts=F("attempts") + 1, lease_until=at + lease(), started_at=at
        )
        return Job.objects.get(id=job_id) if taken else None


def job_beat(*, run: JobRun, at: datetime) -> bool:
    """Renew the lease and write the progress; False if the job is to stop: cancelled, or no longer this runner's."""
    with atomic():
        mine = Job.objects.filter(id=run.job_id, state=Job.State.RUNNING, attempts=run.attempt)
        kept = mine.update(done=run.done, total=run.total, lease_until=at + lease())
        return bool(kept) and not mine.values_list("cancel_requested", flat=True).get()


def job_end(
    *, run: JobRun, state: Job.State, at: datetime, result: Mapping[str, Any] | None = None, error: str = ""
) -> bool:
    """Write how it ended; False if the job had been taken over meanwhile and this end counts for nothing."""
    with atomic():
        mine = Job.objects.filter(id=run.job_id, state=Job.State.RUNNING, attempts=run.attempt)
        ended = mine.update(
            state=state,
            ended_at=at,
            done=run.done,
            total=run.total,
            error=error[:500],
            result=None if result is None else dict(result),
        )
        if ended and state != Job.State.CANCELLED:
            emit(JOB_ENDED, subject_id=run.job_id, at=at, user_id=run.created_by)
        return bool(ended)


def jobs_sweep(*, at: datetime) -> int:
    """Queue again the current county's jobs whose worker fell silent or whose task was lost; returns how many."""
    with atomic():
        silent = list(Job.objects.filter(state__in=OPEN, lease_until__lt=at).order_by("id")[:500])
        for job in silent:
            if job.state == Job.State.QUEUED:
                Job.objects.filter(id=job.id, state=Job.State.QUEUED).update(lease_until=at + QUEUE_PATIENCE)
            _queue(job.id, job.county_id)
    return len(silent)


def trail_check_start(*, actor: Actor, key: str | None, at: datetime | None = None) -> Job:
    """Start a verification of the county's trail; while one of the actor's is under way, that one is returned."""
    actor.require(VIEW)
    with atomic():
        running = Job.objects.filter(kind="trail.verify", state__in=OPEN, created_by=owner_id(actor)).first()
        if running is not None:  # before the key is used: a key always names a job that is there
            return running
        job_id = new_id()
        earlier = claim(key=key, actor=actor, operation="trail.check", body={}, result_id=job_id)
        if earlier is not None:
            return Job.objects.get(id=earlier)
        return enqueue("trail.verify", actor=actor, args={}, at=at, job_id=job_id)
