"""When the holiday table changes: every open clock that counts by it gets its new end, once, by a job."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shanzhi.access.actor import Actor
from shanzhi.cases.models import Assignment, Case, Step, Supervision
from shanzhi.cases.services import reckoning
from shanzhi.cases.services.reckoning import JOB, clocks_reckon
from shanzhi.cases.tests.pages import act, report
from shanzhi.cases.timeline import step_title
from shanzhi.jobs.models import Job
from shanzhi.jobs.testing import drain
from shanzhi.lib.clocks import Span
from shanzhi.lib.times import SHANGHAI
from shanzhi.notices.models import Notice
from shanzhi.packs.services import definition_publish, definition_retire
from shanzhi.tenancy.context import current
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast
from tests.kinds import kind_add

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
HOURS = ["08:30-12:00", "14:00-17:30"]


def publish(first: str, last: str, **more: Any) -> None:
    """The table of the year, as the editor publishes it."""
    days = [{"name": "停电", "from": first, "to": last}]
    body = {"label": "2026 年", "year": 2026, "days_off": days, "sessions": HOURS, **more}
    definition_publish(actor=Actor.system(current()), family="holidays", code="2026", body=body, origin="edited")


def end(day: int, clock: str = "17:30:00") -> datetime:
    return datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=SHANGHAI)


@pytest.fixture
def works(cast: Cast) -> Cast:
    clocks = {"accept": "7 working hours", "dispatch": "1 working days", "handle": "3 days"}
    kind_add("works", {"label": "修路", "clocks": clocks, "handling": ["3 working days", "3 days"]})
    return cast


def given(cast: Cast, limit: str = "3 working days") -> Case:
    case = report(cast, kind="works", at=MONDAY)
    act(cast, "village_clerk", "accept", case, at=MONDAY)
    span = Span.parse(limit)
    return act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=span, at=MONDAY)


def test_a_published_table_moves_what_counts_by_it(works: Cast) -> None:
    case, hours = given(works), report(works, at=MONDAY)
    fresh = report(works, kind="works", at=MONDAY)
    act(works, "township_officer", "supervise", case, text="尽快", limit=Span.parse("1 working days"), at=MONDAY)
    assert (case.due_at, fresh.due_at) == (end(26), end(24, "10:00:00"))
    publish("2026-11-24", "2026-11-25")
    drain()
    for row in (case, hours, fresh):
        row.refresh_from_db()
    assert (case.due_at, fresh.due_at) == (end(30), end(26, "10:00:00"))
    assert hours.version == 1  # continuous hours know no holidays
    assert Assignment.objects.get(case=case).due_at == end(30)
    assert Supervision.objects.get().due_at == end(26)
    step = Step.objects.get(case=case, act="reckon")
    assert (step.actor_name, step_title(case, step)) == ("系统", "节假日表改了，重算时限，11月30日 17:30 前办完")
    job = Job.objects.get(kind=JOB)
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    assert "4 个有变化" in job.result["message"]


def test_days_that_end_on_a_day_off_move_to_the_next_working_day(works: Cast) -> None:
    case = given(works, "3 days")
    publish("2026-11-26", "2026-11-26")
    drain()
    case.refresh_from_db()
    assert case.due_at == end(27, "23:59:59")


def test_a_retired_table_counts_no_more(works: Cast) -> None:
    publish("2026-11-24", "2026-11-25")
    case = given(works)
    assert case.due_at == end(30)
    drain()
    definition_retire(actor=Actor.system(current()), family="holidays", code="2026")
    drain()
    case.refresh_from_db()
    assert case.due_at == end(26)


def test_another_family_sets_nothing_off(works: Cast) -> None:
    body = {"label": "别的", "clocks": {"accept": "1 hours"}}
    definition_publish(actor=Actor.system(current()), family="case_kind", code="other2", body=body, origin="edited")
    drain()
    assert not Job.objects.filter(kind=JOB).exists()


def test_a_second_run_moves_nothing_and_nobody_is_told(works: Cast) -> None:
    case = given(works)
    drain()
    Notice.objects.all().delete()
    publish("2026-11-24", "2026-11-25")
    drain()
    seen: list[tuple[int, int]] = []
    found = clocks_reckon(at=MONDAY, progress=lambda done, total: seen.append((done, total)))
    assert found == {"seen": 2, "moved": 0}
    assert seen == [(1, 2), (2, 2)]
    assert not Notice.objects.exists()
    assert Step.objects.filter(case=case, act="reckon").count() == 1


def test_what_stands_still_is_reckoned_when_it_goes_on(works: Cast) -> None:
    case = given(works)
    until = (MONDAY + timedelta(days=20)).date()
    act(works, "village_clerk", "suspend", case, until=until, text="等材料", at=MONDAY + timedelta(hours=2))
    publish("2026-11-25", "2026-11-26")
    drain()
    case.refresh_from_db()
    assert case.running_since is None
    on = act(works, "village_clerk", "resume", case, at=MONDAY + timedelta(days=1))
    assert on.due_at == end(30) + timedelta(days=1)  # three were left: Friday, Monday, Tuesday


def test_a_limit_that_was_warned_of_is_warned_of_again_when_it_lies_ahead(works: Cast) -> None:
    case = given(works)
    Case.objects.filter(id=case.id).update(warned=2, watch_at=end(30))
    publish("2026-11-24", "2026-11-26")
    clocks_reckon(at=end(27), progress=lambda done, total: None)
    case.refresh_from_db()
    assert (case.due_at, case.warned, case.watch_at) == (end(30) + timedelta(days=1), 1, end(30) + timedelta(days=1))


def test_many_in_batches_and_the_trail_proves_each(works: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reckoning, "BATCH", 2)
    cases = [report(works, kind="works", at=MONDAY) for _ in range(5)]
    publish("2026-11-24", "2026-11-24")
    drain()
    assert Step.objects.filter(act="reckon").count() == 5
    assert Entry.objects.filter(code="cases.case.reckoned").count() == 3  # one a batch
    assert {case.due_at for case in Case.objects.filter(id__in=[c.id for c in cases])} == {end(25, "10:00:00")}
    assert [one for one in verify_county(current()).findings if "事件" in one or "cases.case" in one] == []
