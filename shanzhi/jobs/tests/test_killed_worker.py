"""A real worker, killed with -9 in the middle of a job: the job is finished by the next one, no step done twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection

from shanzhi.jobs.models import Job
from shanzhi.jobs.services import enqueue, job_cancel
from shanzhi.jobs.tests.kinds import MADE, STEPS, person
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import OutboxEvent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("counties"), pytest.mark.slow]
A = 341181
PATIENCE = 60


def database_url() -> str:
    """The address of the test's own database, as the application's role."""
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(Path(here['NAME']).resolve()))}"
    query = urlencode({"host": here["HOST"], "port": here["PORT"]})
    return f"postgresql://{quote(here['USER'])}:{quote(here['PASSWORD'])}@/{here['NAME']}?{query}"


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a worker in a process group of its own; what is left of it is killed at the end."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "shanzhi.config.settings",
        "SHANZHI_DATABASE": database_url(),
        "SHANZHI_SECRET_KEY": settings.SECRET_KEY,
        "SHANZHI_VAR": str(tmp_path / "worker"),
        "SHANZHI_NODES": "900-1000",
        "SHANZHI_JOB_TIMEOUT": "8",
        "SHANZHI_JOB_RETRY": "9",
    }

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "shanzhi.jobs.tests.worker_main"]
        with (tmp_path / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=settings.ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        started.append(process)
        return process

    yield start
    for process in started:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait(10)


def look(job_id: int) -> Job:
    with county(A):
        return Job.objects.get(id=job_id)


def wait_until(job_id: int, condition: Callable[[Job], bool]) -> Job:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        row = look(job_id)
        if condition(row):
            return row
        time.sleep(0.1)
    raise AssertionError(f"still {row.state} {row.done}/{row.total} after {PATIENCE} s, attempt {row.attempts}")


def test_a_killed_workers_job_is_finished_by_the_next(start_worker: Callable[[], subprocess.Popen[bytes]]) -> None:
    with county(A):
        job_id = enqueue(STEPS, actor=person(), args={"total": 12, "pause": 0.15}).id
    first = start_worker()
    seen = wait_until(job_id, lambda row: row.done >= 2)
    assert (seen.state, seen.total) == ("running", 12)  # progress shows while it is under way
    kill(first)
    left = look(job_id)
    assert left.state == "running"
    with county(A):
        assert OutboxEvent.objects.filter(code=MADE).count() < 12
    start_worker()
    ended = wait_until(job_id, lambda row: not row.is_open)
    assert (ended.state, ended.attempts, ended.done, ended.error) == ("done", 2, 12, "")
    with county(A):
        numbers = sorted(OutboxEvent.objects.filter(code=MADE).values_list("subject_id", flat=True))
    assert numbers == list(range(1, 13))


def test_a_running_job_is_cancelled_from_outside(start_worker: Callable[[], subprocess.Popen[bytes]]) -> None:
    with county(A):
        job = enqueue(STEPS, actor=person(), args={"total": 60, "pause": 0.1})
    start_worker()
    wait_until(job.id, lambda row: row.done >= 1)
    with county(A):
        job_cancel(actor=person(), job=job)
    ended = wait_until(job.id, lambda row: not row.is_open)
    assert ended.state == "cancelled"
    assert 0 < ended.done < 60


@pytest.mark.parametrize("whom", ["process", "group"])
def test_a_worker_that_is_asked_to_stop_stops(whom: str, start_worker: Callable[[], subprocess.Popen[bytes]]) -> None:
    with county(A):
        job_id = enqueue(STEPS, actor=person(), args={"total": 1}).id
    process = start_worker()
    wait_until(job_id, lambda row: not row.is_open)
    if whom == "process":
        process.terminate()
    else:
        os.killpg(process.pid, signal.SIGTERM)
    assert process.wait(30) == 0


def test_a_worker_whose_guard_died_ends_so_that_it_is_started_again(
    start_worker: Callable[[], subprocess.Popen[bytes]],
) -> None:
    with county(A):
        job_id = enqueue(STEPS, actor=person(), args={"total": 1}).id
    process = start_worker()
    wait_until(job_id, lambda row: not row.is_open)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    assert process.wait(30) == 1
