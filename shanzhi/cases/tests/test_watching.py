"""Who is warned when, once; and suspended cases that go on by themselves."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from shanzhi.cases import jobs, watching
from shanzhi.cases.catalogue import State
from shanzhi.cases.clocks import DUE, HALF, TRIPLE
from shanzhi.cases.models import Assignment, Case, Step, Supervision
from shanzhi.cases.tests.pages import act, dispatched, report, statements
from shanzhi.cases.tests.test_plans import whole_tables
from shanzhi.cases.watching import due_rows, event_id, watch
from shanzhi.jobs.registry import PERIODICS
from shanzhi.lib.clocks import Span
from shanzhi.lib.times import SHANGHAI, local
from shanzhi.notices.models import Notice
from tests.cast import Cast
from tests.kinds import kind_add

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)


def told(title: str = "") -> dict[str, set[int]]:
    """Recipients by the first words of the title."""
    found: dict[str, set[int]] = {}
    for notice in Notice.objects.filter(topic="cases.due", title__startswith=title):
        found.setdefault(notice.title.partition("：")[0], set()).add(notice.recipient_id)
    return found


def ids(cast: Cast, *names: str) -> set[int]:
    return {cast[name].user.pk for name in names}


OFFICE = ("village_clerk", "branch_secretary")
ABOVE = ("township_officer", "command_centre", "county_leader", "county_centre")


def given(cast: Cast) -> Case:
    """Given to the grid on Monday at ten, for 24 hours."""
    case = report(cast, at=MONDAY)
    act(cast, "village_clerk", "accept", case, at=MONDAY)
    return act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=Span.parse("24 hours"), at=MONDAY)


def test_half_then_due_then_three_times(cast: Cast) -> None:
    case = given(cast)
    before = case.version
    assert watch(MONDAY + timedelta(hours=11)) == 0
    assert watch(MONDAY + timedelta(hours=12)) == 1
    assert told() == {"快到期": ids(cast, "grid_worker", "grid_leader")}
    assert watch(MONDAY + timedelta(hours=12)) == 0
    watch(MONDAY + timedelta(hours=24))
    assert told("已到期") == {"已到期": ids(cast, "grid_worker", "grid_leader", *OFFICE)}
    watch(MONDAY + timedelta(hours=72))
    assert told("严重超期") == {"严重超期": ids(cast, *ABOVE)}
    assert watch(MONDAY + timedelta(days=30)) == 0
    case.refresh_from_db()
    assert (case.warned, case.watch_at, case.version) == (TRIPLE, None, before)  # no step: nobody acted


def test_a_watcher_that_slept_tells_the_worst_only(cast: Cast) -> None:
    given(cast)
    assert watch(MONDAY + timedelta(days=2)) == 1
    assert set(told()) == {"已到期"}


def test_whoever_took_it_up_is_reminded_alone(cast: Cast) -> None:
    case = given(cast)
    act(cast, "grid_worker", "start", case, at=MONDAY)
    watch(MONDAY + timedelta(hours=12))
    assert told() == {"快到期": ids(cast, "grid_worker")}


def test_a_new_limit_is_warned_of_anew(cast: Cast) -> None:
    case = given(cast)
    watch(MONDAY + timedelta(hours=25))
    act(cast, "grid_worker", "ask", case, amount=Span.parse("24 hours"), text="缺配件", at=MONDAY + timedelta(hours=26))
    act(cast, "village_clerk", "grant", case, at=MONDAY + timedelta(hours=27))
    assert watch(MONDAY + timedelta(hours=47)) == 0
    assert watch(MONDAY + timedelta(hours=48)) == 1
    assert Notice.objects.filter(title__startswith="已到期", recipient_id=cast["grid_worker"].user.pk).count() == 2


def test_what_was_verified_warns_nobody(cast: Cast) -> None:
    case = report(cast, solved="盖住了", at=MONDAY)
    act(cast, "village_clerk", "verify", case, at=MONDAY)
    assert watch(MONDAY + timedelta(days=6)) == 0
    assert told() == {}


def test_the_whistle_and_the_helper_have_clocks_of_their_own(cast: Cast) -> None:
    case = report(cast, at=MONDAY)
    act(cast, "village_clerk", "escalate", case, text="要部门来", at=MONDAY)
    act(cast, "township_officer", "accept", case, at=MONDAY)
    places = {"area": cast.areas["v1"], "helpers": [cast.units["t1"]], "limit": Span.parse("24 hours")}
    act(cast, "township_officer", "dispatch", case, at=MONDAY, **places)
    assert watch(MONDAY + timedelta(hours=12)) == 2
    assert told()["快到期"] == ids(cast, "department_handler", *OFFICE)
    bodies = set(Notice.objects.values_list("body", flat=True))
    assert any(body.startswith("镇城建中心配合的时间已用一半") for body in bodies)
    assert Assignment.objects.filter(warned=HALF).count() == 2  # that of the lead moved on without a word


def test_an_unanswered_demand(cast: Cast) -> None:
    case = given(cast)
    act(cast, "township_officer", "supervise", case, text="尽快", limit=Span.parse("1 working days"), at=MONDAY)
    end = datetime(2026, 11, 24, 17, 30, tzinfo=SHANGHAI)
    watch(end)
    row = Supervision.objects.get()
    assert row.warned == DUE
    demand = Notice.objects.filter(body__startswith="回复督办的时限")
    assert set(demand.values_list("recipient_id", flat=True)) == ids(
        cast, "township_officer", "grid_worker", "grid_leader", *OFFICE
    )
    act(cast, "grid_worker", "answer", case, text="马上", at=end + timedelta(hours=1))
    watch(end + timedelta(days=20))
    assert Supervision.objects.get().warned == DUE


def test_a_suspended_case_goes_on_by_itself(cast: Cast) -> None:
    case = given(cast)
    act(cast, "village_clerk", "suspend", case, until=date(2026, 11, 27), text="等材料", at=MONDAY + timedelta(hours=4))
    assert watch(datetime(2026, 11, 27, 8, 29, tzinfo=SHANGHAI)) == 0
    day = datetime(2026, 11, 27, 8, 30, tzinfo=SHANGHAI)
    assert watch(day) == 1
    case.refresh_from_db()
    assert (case.state, case.due_at) == (State.DISPATCHED, day + timedelta(hours=20))
    step = Step.objects.get(case=case, act="resume")
    assert (step.actor_name, step.text) == ("系统", watching.AGAIN)
    assert watch(day) == 0


def test_working_time_is_warned_of_in_working_time(cast: Cast) -> None:
    kind_add("works", {"label": "修路", "clocks": {"accept": "7 working hours"}})
    friday = datetime(2026, 11, 20, 15, 30, tzinfo=SHANGHAI)
    case = report(cast, kind="works", at=friday)
    assert case.due_at == datetime(2026, 11, 23, 15, 30, tzinfo=SHANGHAI)
    assert watch(datetime(2026, 11, 22, 12, 0, tzinfo=SHANGHAI)) == 0
    assert watch(datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)) == 1


def test_the_event_of_a_warning_is_the_same_for_whoever_tells(cast: Cast) -> None:
    case = given(cast)
    assert event_id(case, HALF) == event_id(Case.objects.get(id=case.id), HALF)
    assert len({event_id(case, HALF), event_id(case, DUE), event_id(Assignment.objects.get(case=case), HALF)}) == 3
    assert 0 < event_id(case, HALF) < 2**63


def test_many_in_batches(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "BATCH", 3)
    monkeypatch.setattr(watching, "TOGETHER", 2)
    for _ in range(7):
        report(cast, at=MONDAY)
    assert watch(MONDAY + timedelta(hours=12)) == 7
    assert watch(MONDAY + timedelta(hours=12)) == 0


def test_nothing_to_do_is_cheap(cast: Cast) -> None:
    dispatched(cast)
    with statements() as sent:
        watch(timezone.now())
    assert len(sent) == 7  # four looks, and the table of days off for three of them


@pytest.mark.parametrize("model", [Case, Assignment, Supervision])
def test_the_look_enters_by_its_index(cast: Cast, model: Any) -> None:
    dispatched(cast)
    sql, params = model.objects.filter(watch_at__lte=timezone.now()).order_by("watch_at")[:5].query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"
            )  # of a row or two all is cheap
        cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {sql}", params)
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert whole_tables(plan) == [], plan
    assert f"{model.__name__.lower()}_watch" in plan, plan
    assert due_rows(model.objects.all(), timezone.now()) == []


def test_it_runs_every_five_minutes(cast: Cast) -> None:
    assert PERIODICS["shanzhi.cases.jobs.watch_clocks"].minutes == 5
    assert jobs.watch_clocks(local(timezone.now())) == 0
