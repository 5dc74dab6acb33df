"""Two at once on the same clock: one of them wins, the other is told, and people hear of it once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases import services
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Assignment, Case, Extension, Step, Supervision
from shanzhi.cases.services.reckoning import clocks_reckon
from shanzhi.cases.tests.pages import act, dispatched
from shanzhi.cases.watching import watch
from shanzhi.lib.clocks import Span
from shanzhi.lib.errors import Conflict
from shanzhi.lib.times import local
from shanzhi.notices.models import Notice
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast, report
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
A = 341181


@pytest.fixture
def town() -> Cast:
    """A committed cast; every thread enters the county by itself."""
    row = County.objects.create(id=A, code=str(A), name="天长市", joined_at=timezone.now())
    return build_cast(row)


def fresh(case: Case) -> Case:
    return Case.objects.select_related("owner", "turn_area", "handler_area").get(id=case.id)


def won(results: list[Any]) -> int:
    assert all(isinstance(result, (Case, Conflict)) for result in results), results
    return sum(isinstance(result, Case) for result in results)


def test_two_who_grant_at_once_give_the_time_once(town: Cast) -> None:
    with county(A):
        case = dispatched(town)
        case = act(town, "grid_worker", "ask", case, amount=Span.parse("24 hours"), text="缺配件")
        due = case.due_at
    clerk, secretary = town.actor("village_clerk"), town.actor("branch_secretary")
    results = together(
        lambda: services.case_grant(actor=clerk, case=fresh(case), version=case.version),
        lambda: services.case_grant(actor=secretary, case=fresh(case), version=case.version),
        lambda: services.case_refuse(actor=secretary, case=fresh(case), version=case.version, text="今天能办"),
    )
    assert won(results) == 1
    with county(A):
        row, after = Extension.objects.get(), fresh(case)
        assert after.due_at is not None
        assert due is not None
        given = row.state == Extension.State.GRANTED
        assert after.due_at == due + timedelta(hours=24 if given else 0)
        assert Assignment.objects.get().due_at == after.due_at


def test_putting_aside_against_handling(town: Cast) -> None:
    with county(A):
        case = dispatched(town)
    clerk, worker = town.actor("village_clerk"), town.actor("grid_worker")
    until = local(timezone.now()).date() + timedelta(days=5)
    results = together(
        lambda: services.case_suspend(actor=clerk, case=fresh(case), version=case.version, until=until, text="等"),
        lambda: services.case_handle(actor=worker, case=fresh(case), version=case.version, text="修好了"),
    )
    assert won(results) == 1
    with county(A):
        after, given = fresh(case), Assignment.objects.get()
        assert after.version == case.version + 1
        assert (after.running_since is None) == (after.state == State.SUSPENDED)
        assert given.running_since is None  # put aside, or done
        assert (given.ended_at is None) == (after.state == State.SUSPENDED)


def test_two_who_answer_at_once_answer_one_demand(town: Cast) -> None:
    with county(A):
        case = dispatched(town)
        act(town, "township_officer", "supervise", case, text="一")
        case = act(town, "county_leader", "supervise", case, text="二")
    clerk, worker = town.actor("village_clerk"), town.actor("grid_worker")
    results = together(
        lambda: services.case_answer(actor=clerk, case=fresh(case), version=case.version, text="村里回"),
        lambda: services.case_answer(actor=worker, case=fresh(case), version=case.version, text="网格回"),
    )
    assert won(results) == 1
    with county(A):
        assert fresh(case).supervised == Supervision.objects.filter(answered_at=None).count() == 1


def test_two_watchers_tell_once_and_resume_once(town: Cast) -> None:
    now = timezone.now()
    with county(A):
        for _ in range(5):
            report(town, at=now - timedelta(hours=13))
        held = dispatched(town)
        until = local(now).date() + timedelta(days=2)
        act(town, "village_clerk", "suspend", held, until=until, text="等材料")
    later = now + timedelta(days=3)
    results = together(lambda: watch(later), lambda: watch(later), lambda: watch(later))
    assert all(isinstance(result, int) for result in results), results
    assert sum(results) == 6
    with county(A):
        notices = Notice.objects.filter(topic="cases.due").values_list("object_id", "recipient_id", "title")
        assert len(notices) == len(set(notices))
        assert Step.objects.filter(act="resume").count() == 1


def test_two_reckonings_and_an_act_at_once(town: Cast) -> None:
    """Nothing is torn: each case has as many steps as versions, and an act that came too late is told."""
    now = timezone.now()
    with county(A):
        case = report(town)
        Case.objects.filter(id=case.id).update(clock_unit="working_days", allowed=3, due_at=now)
    clerk = town.actor("village_clerk")
    results = together(
        lambda: clocks_reckon(at=now, progress=lambda done, total: None),
        lambda: clocks_reckon(at=now, progress=lambda done, total: None),
        lambda: services.case_accept(actor=clerk, case=fresh(case), version=1),
    )
    assert all(isinstance(result, (dict, Case, Conflict)) for result in results), results
    with county(A):
        assert Step.objects.filter(case=case).count() == fresh(case).version
        assert Step.objects.filter(case=case, act="reckon").count() <= 1
