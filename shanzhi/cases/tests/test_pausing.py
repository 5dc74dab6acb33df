"""Putting a case aside and taking it up again; asking for more time and deciding on it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases import services
from shanzhi.cases.acts import Act, acts_for
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Assignment, Case, Extension, Step
from shanzhi.cases.selectors import case_get_for
from shanzhi.cases.tests.pages import act, dispatched
from shanzhi.cases.timeline import step_title
from shanzhi.jobs.testing import drain
from shanzhi.lib.clocks import Calendar, Span, due_at
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.lib.times import SHANGHAI, local
from shanzhi.notices.models import Notice
from shanzhi.tenancy.context import current
from shanzhi.trail.models import Entry
from tests.cast import Cast, report
from tests.kinds import kind_add

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)


def day(days: int) -> date:
    return local(timezone.now()).date() + timedelta(days=days)


def worked(cast: Cast) -> Case:
    """A case of a kind that counts in working days, given to the grid on Monday morning."""
    clocks = {"accept": "4 working hours", "dispatch": "1 working days", "handle": "3 working days"}
    kind_add("works", {"label": "修路", "clocks": clocks, "handling": ["3 working days"]})
    case = report(cast, kind="works", at=MONDAY)
    act(cast, "village_clerk", "accept", case, at=MONDAY)
    span = Span.parse("3 working days")
    return act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=span, at=MONDAY)


def at(text: str) -> datetime:
    """The hour of a day of November 2026: "25 16:00"."""
    number, clock = text.split()
    return datetime.fromisoformat(f"2026-11-{number}T{clock}:00").replace(tzinfo=SHANGHAI)


def assignment(case: Case) -> Assignment:
    return Assignment.objects.get(case=case)


def test_a_suspended_case_stands_still_and_goes_on_with_what_was_left(cast: Cast) -> None:
    case = worked(cast)
    assert case.due_at == at("26 17:30")
    held = act(cast, "village_clerk", "suspend", case, until=date(2026, 12, 1), text="等材料到货", at=at("24 15:00"))
    assert (held.state, held.spent, held.running_since) == (State.SUSPENDED, 1, None)
    assert held.due_at == held.watch_at == datetime(2026, 12, 1, 8, 30, tzinfo=SHANGHAI)
    assert held.turn_area_id == cast.areas["v1"].id  # whoever put it aside holds it
    assert assignment(case).running_since is None
    step = Step.objects.get(case=case, act="suspend")
    assert step_title(held, step) == "挂账，12月1日恢复"
    on = act(cast, "village_clerk", "resume", case, at=at("26 20:00"))
    assert (on.state, on.turn_area_id, on.before) == (State.DISPATCHED, cast.areas["g1"].id, {})
    assert on.due_at == at("30 17:30")  # two days were left: Friday, Monday
    assert assignment(case).due_at == on.due_at
    done = act(cast, "grid_worker", "handle", case, text="修好了", at=at("30 17:00"))
    assert not Step.objects.get(case=done, act="handle").is_late


def test_what_was_put_aside_on_its_last_day_has_that_day_again(cast: Cast) -> None:
    case = worked(cast)
    act(cast, "village_clerk", "suspend", case, until=date(2026, 12, 1), text="下雨", at=at("26 10:00"))
    on = act(cast, "village_clerk", "resume", case, at=at("28 10:00"))  # a Saturday
    assert on.due_at == at("30 17:30")
    assert on.spent == 2


def test_what_was_late_is_late_by_the_same(cast: Cast) -> None:
    case = worked(cast)
    act(cast, "village_clerk", "suspend", case, until=date(2026, 12, 1), text="没人手", at=at("27 10:00"))
    on = act(cast, "village_clerk", "resume", case, at=at("30 10:00"))
    assert on.due_at == at("27 17:30")
    assert on.spent == 4


@pytest.mark.parametrize("days", [-1, 0, 181, 4000])
def test_the_day_lies_ahead_and_within_half_a_year(cast: Cast, days: int) -> None:
    case = dispatched(cast)
    with pytest.raises(Invalid) as refused:
        act(cast, "village_clerk", "suspend", case, until=day(days), text="等材料")
    assert "until" in refused.value.fields
    act(cast, "village_clerk", "suspend", case, until=day(180), text="等材料")


def test_a_reason_is_asked_for(cast: Cast) -> None:
    case = dispatched(cast)
    with pytest.raises(Invalid) as refused:
        act(cast, "village_clerk", "suspend", case, until=day(3), text=" ")
    assert "text" in refused.value.fields
    assert Case.objects.get(id=case.id).state == State.DISPATCHED


def test_only_the_level_in_charge_puts_aside(cast: Cast) -> None:
    case = dispatched(cast)
    for who in ("grid_worker", "township_officer", "county_leader"):
        with pytest.raises(Forbidden):
            act(cast, who, "suspend", case, until=day(3), text="等材料")
    act(cast, "village_clerk", "suspend", case, until=day(3), text="等材料")
    for who, name, extra in (
        ("village_clerk", "suspend", {"until": day(4), "text": "再等"}),
        ("grid_worker", "handle", {"text": "办好了"}),
        ("grid_worker", "ask", {"amount": Span.parse("2 hours"), "text": "再等"}),
    ):
        with pytest.raises(Conflict) as refused:
            act(cast, who, name, case, **extra)
        assert refused.value.code == "wrong_state"


def test_an_old_version_is_stale(cast: Cast) -> None:
    case = dispatched(cast)
    with pytest.raises(Stale):
        services.case_suspend(actor=cast.actor("village_clerk"), case=case, version=1, until=day(3), text="等材料")


def test_suspended_in_the_hands_of_the_level_in_charge(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "suspend", case, until=day(3), text="等材料")
    on = act(cast, "village_clerk", "resume", case)
    assert (on.state, on.turn_area_id) == (State.ACCEPTED, cast.areas["v1"].id)
    codes = Entry.objects.filter(object_id=case.id).order_by("version").values_list("code", flat=True)
    assert list(codes)[2:] == ["cases.case.suspended", "cases.case.resumed"]


def test_those_concerned_hear_of_it(cast: Cast) -> None:
    case = dispatched(cast)
    drain()
    Notice.objects.all().delete()
    act(cast, "village_clerk", "suspend", case, until=day(3), text="等材料")
    drain()
    titles = set(Notice.objects.filter(recipient_id=cast["grid_worker"].user.pk).values_list("title", "topic"))
    assert titles == {(f"已挂账，先不用办：{case.title}", "cases.assigned")}
    act(cast, "village_clerk", "resume", case)
    drain()
    worker = Notice.objects.filter(recipient_id=cast["grid_worker"].user.pk)
    assert worker.filter(title=f"恢复办理，请接着办：{case.title}").count() == 1


# Extensions


def asked(cast: Cast, case: Case | None = None, amount: str = "24 hours", **extra: Any) -> Case:
    return act(cast, "grid_worker", "ask", case or dispatched(cast), amount=Span.parse(amount), text="缺配件", **extra)


def test_more_time_is_asked_for_and_given_by_the_level_in_charge(cast: Cast) -> None:
    case = dispatched(cast, hours=24)
    due = case.due_at
    assert due is not None
    waiting = asked(cast, case)
    assert (waiting.asking, waiting.due_at) == (1, due)
    assert Act.ASK not in acts_for(cast.actor("grid_worker"), waiting)
    assert Act.GRANT not in acts_for(cast.actor("township_officer"), waiting)
    given = act(cast, "village_clerk", "grant", case, text="抓紧")
    assert (given.asking, given.due_at) == (0, due + timedelta(hours=24))
    assert (given.allowed, assignment(case).due_at) == (48 * 3600, given.due_at)
    row = Extension.objects.get(case=case)
    assert (row.state, row.amount, row.words, row.by_owner) == ("granted", 86400, "抓紧", False)
    assert row.decided_by.endswith("张庄村 村文书")
    titles = [step_title(given, step) for step in Step.objects.filter(case=case).order_by("version")][-2:]
    assert titles[0] == "申请延期，要 24 小时"
    assert titles[1].startswith("同意延期，24 小时，")


def test_the_level_above_decides_for_the_level_in_charge(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "accept", case)
    waiting = act(cast, "village_clerk", "ask", case, amount=Span.parse("2 hours"), text="要开会商量")
    assert waiting.asking == 2
    with pytest.raises(Forbidden):
        act(cast, "village_clerk", "grant", case)
    act(cast, "township_officer", "grant", case)
    assert Extension.objects.get(case=case).by_owner


def test_refused_with_a_reason_and_asked_again(cast: Cast) -> None:
    case = asked(cast)
    with pytest.raises(Invalid):
        act(cast, "village_clerk", "refuse", case, text="")
    refused = act(cast, "village_clerk", "refuse", case, text="今天就能办")
    assert (refused.asking, refused.due_at) == (0, case.due_at)
    asked(cast, case)
    assert sorted(Extension.objects.values_list("state", flat=True)) == ["asked", "refused"]


def test_who_asks_does_not_grant_whatever_posts_they_hold(cast: Cast) -> None:
    """The clerk also works the grid."""
    person = cast["village_clerk"]
    grid = cast["grid_worker"].post
    type(grid)(
        user=person.user, role="grid_worker", area=cast.areas["g1"], area_path=cast.areas["g1"].path,
        valid_from=grid.valid_from, granted_at=timezone.now(),
    ).save()  # fmt: skip
    case = dispatched(cast)
    waiting = act(cast, "village_clerk", "ask", case, amount=Span.parse("2 hours"), text="缺配件")
    assert Act.GRANT not in acts_for(person.actor, waiting)
    with pytest.raises(Forbidden):
        act(cast, "village_clerk", "grant", case)
    act(cast, "branch_secretary", "grant", case)


@pytest.mark.parametrize("amount", ["1 minutes", "31 days", "721 hours", "1 working days", "3 working hours"])
def test_the_amount_has_bounds_and_the_unit_of_the_clock(cast: Cast, amount: str) -> None:
    case = dispatched(cast)
    with pytest.raises(Invalid) as refused:
        asked(cast, case, amount)
    assert "amount" in refused.value.fields
    assert not Extension.objects.exists()


def test_one_at_a_time(cast: Cast) -> None:
    case = asked(cast)
    with pytest.raises(Conflict):
        asked(cast, case)
    assert Extension.objects.count() == 1


@pytest.mark.parametrize("way", ["handle", "return", "suspend"])
def test_it_lapses_when_the_case_moves_on(cast: Cast, way: str) -> None:
    case = asked(cast)
    if way == "suspend":
        moved = act(cast, "village_clerk", "suspend", case, until=day(3), text="等材料")
    else:
        moved = act(cast, "grid_worker", way, case, text="办好了")
    assert moved.asking == 0
    assert Extension.objects.get().state == Extension.State.LAPSED


def test_taking_it_up_leaves_the_request_alone(cast: Cast) -> None:
    case = asked(cast)
    assert act(cast, "grid_worker", "start", case).asking == 1
    act(cast, "village_clerk", "grant", case)


def test_the_county_has_nobody_to_ask(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "escalate", case, text="请镇里")
    act(cast, "township_officer", "escalate", case, text="请县里")
    act(cast, "county_centre", "accept", case)
    with pytest.raises(Conflict) as refused:
        act(cast, "county_centre", "ask", case, amount=Span.parse("2 hours"), text="再等等")
    assert refused.value.code == "no_level_above"


def test_an_extension_of_a_working_clock_counts_working_days(cast: Cast) -> None:
    case = worked(cast)
    act(cast, "grid_worker", "ask", case, amount=Span.parse("3 working days"), text="缺配件", at=at("26 09:00"))
    given = act(cast, "village_clerk", "grant", case, at=at("27 09:00"))  # it is late by then
    assert given.due_at == due_at(MONDAY, 6, Span.parse("3 working days").unit, Calendar())
    assert given.spent == 0


def test_helpers_get_the_time_too(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "escalate", case, text="要部门来")
    act(cast, "township_officer", "accept", case)
    places = {"area": cast.areas["v1"], "helpers": [cast.units["t1"]], "limit": Span.parse("24 hours")}
    case = act(cast, "township_officer", "dispatch", case, **places)
    act(cast, "village_clerk", "ask", case, amount=Span.parse("2 hours"), text="缺配件")
    given = act(cast, "township_officer", "grant", case)
    assert {row.due_at for row in Assignment.objects.filter(case=case)} == {given.due_at}


def test_who_decides_and_who_asked_are_told(cast: Cast) -> None:
    case = asked(cast)
    drain()
    clerk = Notice.objects.get(recipient_id=cast["village_clerk"].user.pk, topic="cases.due")
    assert clerk.title == f"申请延期，等你审批：{case.title}"
    act(cast, "village_clerk", "grant", case)
    drain()
    assert Notice.objects.get(recipient_id=cast["grid_worker"].user.pk, topic="cases.due").title.startswith("同意延期")


def test_the_system_resumes_in_its_own_name(cast: Cast) -> None:
    case = dispatched(cast)
    act(cast, "village_clerk", "suspend", case, until=day(3), text="等材料")
    case = case_get_for(cast.actor("village_clerk"), case.number)
    services.case_resume(actor=Actor.system(current()), case=case, version=case.version)
    assert Step.objects.get(case=case, act="resume").actor_name == "系统"
