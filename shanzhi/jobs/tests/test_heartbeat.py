"""What a runner's heartbeat does while the handler works: keeps the lease, shows the progress, hears a cancel."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.jobs import runner
from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import JobRun
from shanzhi.jobs.runner import run_job
from shanzhi.jobs.services import enqueue, job_cancel, job_claim, lease
from shanzhi.jobs.tests.kinds import STEPS, declared, person
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import OutboxEvent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("counties")]
A = 341181


@pytest.fixture(autouse=True)
def _short_lease(settings: Any) -> None:
    settings.Q_CLUSTER = {**settings.Q_CLUSTER, "retry": 2}


def queued(kind: str, **args: Any) -> int:
    with county(A):
        return enqueue(kind, actor=person(), args=args).id


def look(job_id: int) -> Job:
    with county(A):
        return Job.objects.get(id=job_id)


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


@pytest.fixture
def in_background() -> Iterator[Callable[[int], threading.Thread]]:
    """Run a job as a worker would, in a thread with a connection of its own."""
    started: list[threading.Thread] = []

    def start(job_id: int) -> threading.Thread:
        def work() -> None:
            try:
                run_job(job_id, A)
            finally:
                connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        started.append(thread)
        return thread

    yield start
    for thread in started:
        thread.join(30)


def test_a_silent_handler_keeps_its_job(in_background: Callable[[int], threading.Thread]) -> None:
    release = threading.Event()

    def silent(task: JobRun) -> dict[str, Any]:
        release.wait(30)
        return {"message": "想了很久。"}

    with declared("test.silent", silent):
        job_id = queued("test.silent")
        thread = in_background(job_id)
        wait_until(lambda: look(job_id).state == "running")
        first = look(job_id).lease_until
        assert lease() == timedelta(seconds=1)
        wait_until(lambda: look(job_id).lease_until > first + lease())
        with county(A):
            assert job_claim(job_id=job_id, at=timezone.now()) is None
        release.set()
        thread.join(30)
    assert (look(job_id).state, look(job_id).attempts) == ("done", 1)


def test_progress_shows_while_the_handlers_transaction_is_open(
    in_background: Callable[[int], threading.Thread],
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: there, progress shows between transactions")
    release = threading.Event()

    def one_transaction(task: JobRun) -> dict[str, Any]:
        with atomic():
            OutboxEvent.objects.create(code="test.open", subject_id=1, at=task.at, delivered_at=task.at)
            task.progress(70, 100)
            release.wait(30)
        return {}

    with declared("test.transaction", one_transaction):
        job_id = queued("test.transaction")
        thread = in_background(job_id)
        wait_until(lambda: look(job_id).done == 70)
        with county(A):
            assert not OutboxEvent.objects.filter(code="test.open").exists()
        release.set()
        thread.join(30)
    assert look(job_id).state == "done"


def test_a_cancel_reaches_a_running_handler(in_background: Callable[[int], threading.Thread]) -> None:
    def endless(task: JobRun) -> dict[str, Any]:
        while True:
            task.progress(task.done + 1, 0)
            time.sleep(0.02)

    with declared("test.endless", endless):
        job_id = queued("test.endless")
        thread = in_background(job_id)
        wait_until(lambda: look(job_id).done > 0)
        with county(A):
            job_cancel(actor=person(), job=look(job_id))
        thread.join(30)
    ended = look(job_id)
    assert (ended.state, ended.cancel_requested) == ("cancelled", True)


def test_a_runner_that_lost_its_job_stops_and_writes_nothing(
    in_background: Callable[[int], threading.Thread],
) -> None:
    stopped = threading.Event()

    def endless(task: JobRun) -> dict[str, Any]:
        try:
            while True:
                task.check_cancelled()
                time.sleep(0.02)
        finally:
            stopped.set()

    with declared("test.lost", endless):
        job_id = queued("test.lost")
        thread = in_background(job_id)
        wait_until(lambda: look(job_id).state == "running")
        with county(A):
            taken = job_claim(job_id=job_id, at=timezone.now() + timedelta(minutes=5))
        assert taken is not None
        assert stopped.wait(15)
        thread.join(30)
    left = look(job_id)
    assert (left.state, left.attempts) == ("running", 2)


def test_a_database_that_is_busy_for_a_moment_does_not_end_the_job(
    in_background: Callable[[int], threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    beats = 0
    real = runner.job_beat

    def shaky(**given: Any) -> bool:
        nonlocal beats
        beats += 1
        if beats <= 2:
            raise DatabaseError("database is locked")
        return real(**given)

    monkeypatch.setattr(runner, "job_beat", shaky)
    job_id = queued(STEPS, total=8, pause=0.2)
    in_background(job_id).join(30)
    assert beats > 2
    assert (look(job_id).state, look(job_id).done) == ("done", 8)


def test_nothing_of_the_heartbeat_is_left_when_the_job_is_done(
    in_background: Callable[[int], threading.Thread],
) -> None:
    job_id = queued(STEPS, total=2)
    in_background(job_id).join(30)
    assert [thread.name for thread in threading.enumerate() if thread.name == f"job-{job_id}"] == []
