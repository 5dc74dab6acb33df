from datetime import timedelta
from typing import Any

import pytest
from django.db.transaction import atomic
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from shanzhi.jobs.events import JOB_ENDED
from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import JobRun, actor_for, job, kind_title, resolve_actors
from shanzhi.jobs.runner import BROKEN, TOO_LONG, run_job
from shanzhi.jobs.services import (
    INTERRUPTED,
    MAX_ATTEMPTS,
    enqueue,
    job_beat,
    job_cancel,
    job_claim,
    job_end,
    jobs_sweep,
    lease,
)
from shanzhi.jobs.testing import drain
from shanzhi.jobs.tests.kinds import MADE, STEPS, declared, person
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.tenancy.models import County, OutboxEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county_a")]
A = 341181


def queued(total: int = 3, **args: Any) -> Job:
    return enqueue(STEPS, actor=person(), args={"total": total, **args})


def run_of(job: Job) -> JobRun:
    return JobRun(job.id, A, job.kind, job.args, job.created_by, job.attempts, timezone.now())


def made() -> int:
    return OutboxEvent.objects.filter(code=MADE).count()


def test_a_job_is_run_and_its_owner_sees_the_result() -> None:
    row = queued()
    assert (row.state, row.created_by, row.total) == ("queued", 7, 0)
    assert drain() == 1
    row.refresh_from_db()
    assert (row.state, row.done, row.total, row.attempts, row.error) == ("done", 3, 3, 1, "")
    assert row.result == {"message": "做了 3 步。", "notes": ["第一步做得很顺利。"]}
    assert row.started_at is not None
    assert row.ended_at is not None
    assert row.started_at <= row.ended_at
    assert made() == 3


def test_a_rolled_back_caller_leaves_neither_job_nor_task() -> None:
    with pytest.raises(RuntimeError), atomic():
        queued()
        raise RuntimeError
    assert not Job.objects.exists()
    assert not OrmQ.objects.exists()


def test_the_queue_holds_ids_only() -> None:
    row = queued()
    task = OrmQ.objects.get().task
    assert task["args"] == (row.id, A)
    assert task["kwargs"] == {}


def test_a_finished_job_that_is_delivered_again_does_nothing() -> None:
    row = queued()
    drain()
    OutboxEvent.objects.filter(code=MADE).delete()
    assert run_job(row.id, A, heartbeat=False) == "nothing to do"
    assert made() == 0
    assert run_job(row.id + 1, A, heartbeat=False) == "nothing to do"


def test_a_job_whose_worker_lives_is_not_taken_by_another() -> None:
    row = queued()
    now = timezone.now()
    assert job_claim(job_id=row.id, at=now)
    assert job_claim(job_id=row.id, at=now + lease() / 2) is None
    taken = job_claim(job_id=row.id, at=now + lease() * 2)
    assert taken is not None
    assert taken.attempts == 2


def test_the_first_worker_of_a_job_that_was_taken_over_can_write_nothing_more() -> None:
    row = queued()
    now = timezone.now()
    first = job_claim(job_id=row.id, at=now)
    assert first is not None
    lost = run_of(first)
    second = job_claim(job_id=row.id, at=now + lease() * 2)
    assert second is not None
    assert not job_beat(run=lost, at=now)
    assert not job_end(run=lost, state=Job.State.DONE, at=now, result={"message": "旧的"})
    assert job_end(run=run_of(second), state=Job.State.DONE, at=now, result={"message": "新的"})
    row.refresh_from_db()
    assert row.result == {"message": "新的"}


def test_a_job_that_kills_its_workers_is_given_up() -> None:
    row = queued()
    now = timezone.now()
    for attempt in range(MAX_ATTEMPTS):
        assert job_claim(job_id=row.id, at=now + attempt * lease() * 2)
    assert job_claim(job_id=row.id, at=now + MAX_ATTEMPTS * lease() * 2) is None
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", INTERRUPTED)


def test_the_sweep_takes_up_silent_and_lost_jobs_and_no_others() -> None:
    silent, waiting, done = queued(), queued(), queued()
    now = timezone.now()
    job_claim(job_id=silent.id, at=now)
    Job.objects.filter(id=done.id).update(state="done")
    OrmQ.objects.all().delete()
    assert jobs_sweep(at=now) == 0
    assert jobs_sweep(at=now + timedelta(minutes=2)) == 1
    assert OrmQ.objects.get().task["args"] == (silent.id, A)
    assert jobs_sweep(at=now + timedelta(minutes=20)) == 2
    assert jobs_sweep(at=now + timedelta(minutes=21)) == 1  # one that waits is not queued again each minute
    Job.objects.filter(id=silent.id).update(lease_until=now - timedelta(minutes=1))
    drain()
    assert {row.state for row in Job.objects.filter(id__in=[silent.id, waiting.id])} == {"done"}


def test_a_waiting_job_is_cancelled_at_once() -> None:
    row = job_cancel(actor=person(), job=queued())
    assert (row.state, row.ended_at is not None) == ("cancelled", True)
    drain()
    assert made() == 0
    with pytest.raises(Conflict, match="已经结束"):
        job_cancel(actor=person(), job=row)


def test_a_running_job_stops_at_its_next_step() -> None:
    def cancels_itself(task: JobRun) -> dict[str, Any]:
        task.progress(1, 10)
        job_cancel(actor=person(), job=Job.objects.get(id=task.job_id))
        task.progress(2, 10)
        raise AssertionError("it went on")

    with declared("test.cancelled", cancels_itself):
        row = enqueue("test.cancelled", actor=person(), args={})
        drain()
    row.refresh_from_db()
    assert (row.state, row.done, row.error) == ("cancelled", 2, "")


def test_another_persons_job_can_not_be_cancelled() -> None:
    row = queued()
    with pytest.raises(Conflict):
        job_cancel(actor=person(8), job=row)
    row.refresh_from_db()
    assert row.state == "queued"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(Invalid("第 3 行缺名称，请补上后再导入。"), "第 3 行缺名称，请补上后再导入。"), (ZeroDivisionError(), BROKEN)],
)
def test_a_job_that_fails_says_why_in_one_sentence(error: Exception, sentence: str) -> None:
    def fails(task: JobRun) -> dict[str, Any]:
        task.progress(2, 5)
        raise error

    with declared("test.fails", fails):
        row = enqueue("test.fails", actor=person(), args={})
        drain()
    row.refresh_from_db()
    assert (row.state, row.error, row.done, row.total) == ("failed", sentence, 2, 5)


def test_a_job_that_takes_too_long_is_not_tried_for_ever() -> None:
    def sleeps(task: JobRun) -> dict[str, Any]:
        raise SystemExit  # what the queue's alarm raises

    with declared("test.sleeps", sleeps):
        row = enqueue("test.sleeps", actor=person(), args={})
        drain()
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", TOO_LONG)


def test_a_kind_that_is_gone_fails_with_a_sentence() -> None:
    with declared("test.gone", lambda task: None):
        row = enqueue("test.gone", actor=person(), args={})
    drain()
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", BROKEN)


def test_kinds_are_declared_once_and_known() -> None:
    with pytest.raises(ValueError, match="twice"):
        job(STEPS)(lambda task: None)
    with pytest.raises(LookupError, match=r"test\.unknown"):
        enqueue("test.unknown", actor=person(), args={})
    assert kind_title(STEPS) == "测试任务"
    assert kind_title("test.unknown") == "后台任务"


def test_the_end_of_a_job_is_an_event_unless_it_was_cancelled() -> None:
    row = queued()
    drain()
    event = OutboxEvent.objects.get(code=JOB_ENDED.code)
    assert (event.subject_id, event.data) == (row.id, {"user_id": 7})
    job_cancel(actor=person(), job=queued())
    assert OutboxEvent.objects.filter(code=JOB_ENDED.code).count() == 1


def test_a_job_acts_for_the_person_who_started_it(monkeypatch: pytest.MonkeyPatch, county_a: County) -> None:
    monkeypatch.setattr("shanzhi.jobs.registry._actor_resolvers", [])
    nobody = actor_for(7, A)
    assert (nobody.user_id, nobody.is_member, nobody.can("trail.view")) == (7, False, False)
    assert actor_for(0, A).is_system
    resolve_actors(lambda user_id, county_id: person(user_id))
    seen: list[Any] = []
    with declared("test.who", lambda task: seen.append(task.actor)):
        enqueue("test.who", actor=person(9), args={})
        drain()
    assert [(actor.user_id, actor.name) for actor in seen] == [(9, "张小平")]


def test_drain_runs_other_tasks_too_and_stops_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    async_task("shanzhi.jobs.schedules.ensure_schedules", at=timezone.now())
    assert drain() == 1
    assert drain() == 0
    monkeypatch.setattr("shanzhi.jobs.testing.ROUNDS", 2)

    def again(task: JobRun) -> None:
        enqueue("test.again", actor=person(), args={})

    with declared("test.again", again):
        enqueue("test.again", actor=person(), args={})
        with pytest.raises(AssertionError, match="without end"):
            drain()
