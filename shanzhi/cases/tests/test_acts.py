"""The way of a case through its states, and who may take which step."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases import services
from shanzhi.cases.acts import SIDE, Act, acts_for
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.cases.selectors import case_get_for
from shanzhi.lib.clocks import Span
from shanzhi.lib.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Stale
from shanzhi.tenancy.context import current
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.trail.models import Entry
from tests.cast import Cast, report


def seen(cast: Cast, who: str, case: Case) -> Case:
    return case_get_for(cast.actor(who), case.number)


def act(cast: Cast, who: str, name: str, case: Case, **extra: object) -> Case:
    fresh = seen(cast, who, case)
    function = getattr(services, f"case_{name}")
    return function(actor=cast.actor(who), case=fresh, version=fresh.version, **extra)


def dispatched(cast: Cast) -> Case:
    case = report(cast)
    act(cast, "village_clerk", "accept", case)
    return act(cast, "village_clerk", "dispatch", case, area=cast.areas["g4"], limit=Span.parse("24 hours"))


def test_a_case_goes_from_report_to_close(cast: Cast) -> None:
    case = report(cast)
    assert (case.state, case.turn_area_id) == (State.REPORTED, cast.areas["v1"].id)
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=Span.parse("24 hours"), text="请今天去看")
    act(cast, "grid_worker", "start", case)
    act(cast, "grid_worker", "handle", case, text="已换井盖")
    act(cast, "village_clerk", "verify", case)
    done = act(cast, "grid_worker", "close", case, satisfied=True, text="修得快")
    assert (done.state, done.is_open, done.turn_area_id, done.turn_unit_id) == (State.CLOSED, False, None, None)
    steps = list(Step.objects.filter(case=case).order_by("version"))
    assert [s.act for s in steps] == ["report", "accept", "dispatch", "start", "handle", "verify", "close"]
    assert [s.version for s in steps] == list(range(1, 8))
    assert all(before.to_state == after.from_state for before, after in pairwise(steps))
    assert steps[1].actor_title == "张庄村 村文书"
    assert Assignment.objects.get(case=case).state == Assignment.State.DONE


def test_every_step_leaves_one_trail_entry_and_one_event(cast: Cast) -> None:
    case = dispatched(cast)
    codes = Entry.objects.filter(object_id=case.id).order_by("version").values_list("code", flat=True)
    assert list(codes) == ["cases.case.reported", "cases.case.accepted", "cases.case.dispatched"]
    assert OutboxEvent.objects.filter(subject_id=case.id).count() == 3


def test_what_is_solved_on_the_spot_waits_for_verification(cast: Cast) -> None:
    case = report(cast, solved="当场用木板盖住并放了警示锥")
    assert (case.state, case.version, case.turn_area_id) == (State.HANDLED, 2, cast.areas["v1"].id)
    assert [s.act for s in Step.objects.filter(case=case).order_by("version")] == ["report", "handle"]
    act(cast, "village_clerk", "verify", case)
    assert act(cast, "village_clerk", "close", case).state == State.CLOSED


def test_a_case_climbs_level_by_level_and_comes_down_the_same_way(cast: Cast) -> None:
    case = report(cast)
    up = act(cast, "village_clerk", "escalate", case, text="村里没有钱修")
    assert (up.state, up.owner_id, up.raised) == (State.REPORTED, cast.areas["t1"].id, 1)
    up = act(cast, "township_officer", "escalate", case, text="要县里立项")
    assert (up.owner_id, up.raised) == (cast.areas["county"].id, 2)
    down = act(cast, "county_centre", "return", case, text="请镇里先垫")
    assert (down.state, down.owner_id, down.raised) == (State.RETURNED, cast.areas["t1"].id, 1)
    down = act(cast, "township_officer", "return", case, text="请村里先围起来")
    assert (down.owner_id, down.raised) == (cast.areas["v1"].id, 0)
    assert Act.RETURN not in acts_for(cast.actor("village_clerk"), seen(cast, "village_clerk", case))
    with pytest.raises(Forbidden):
        act(cast, "village_clerk", "return", case, text="再退")


def test_the_level_above_may_pull_up_what_is_not_touched(cast: Cast) -> None:
    case = report(cast)
    up = act(cast, "township_officer", "escalate", case, text="村里两天没有受理")
    assert up.owner_id == cast.areas["t1"].id
    with pytest.raises(Forbidden):
        act(cast, "village_clerk", "accept", case)


def test_the_county_is_the_highest_level(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "escalate", case, text="请镇里")
    act(cast, "township_officer", "escalate", case, text="请县里")
    assert Act.ESCALATE not in acts_for(cast.actor("county_centre"), seen(cast, "county_centre", case))


def test_a_unit_handles_or_gives_back(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "escalate", case, text="要部门来")
    act(cast, "township_officer", "accept", case)
    with pytest.raises(NotFound):
        seen(cast, "department_handler", case)
    case = act(cast, "township_officer", "dispatch", case, unit=cast.units["t1"], limit=Span.parse("24 hours"))
    assert (case.turn_area_id, case.turn_unit_id) == (None, cast.units["t1"].id)
    back = act(cast, "department_handler", "return", case, text="不归我们管")
    assert (back.state, back.turn_area_id, back.handler_unit_id) == (State.RETURNED, cast.areas["t1"].id, None)
    assert Assignment.objects.get(case=case).state == Assignment.State.RETURNED
    assert seen(cast, "department_handler", case).id == case.id  # what one had a hand in stays visible


def test_what_is_not_done_well_goes_back_to_the_handler(cast: Cast) -> None:
    case = dispatched(cast)
    client_actor = cast.actor("grid_leader")
    assert set(acts_for(client_actor, case)) <= SIDE  # the leader of another grid
    worker = second_worker(cast)
    services.case_handle(actor=worker, case=case, version=case.version, text="已处理")
    back = act(cast, "village_clerk", "return", case, text="井盖没有固定")
    assert (back.state, back.turn_area_id) == (State.HANDLING, cast.areas["g4"].id)
    assert Assignment.objects.filter(case=case).count() == 2


def second_worker(cast: Cast) -> Actor:
    person = cast["volunteer"]
    person.post.delete()
    post = type(person.post)(
        user=person.user, role="grid_worker", area=cast.areas["g4"], area_path=cast.areas["g4"].path,
        valid_from=person.post.valid_from, granted_at=timezone.now(),
    )  # fmt: skip
    post.save()
    return person.actor


def test_a_reporter_who_is_not_satisfied_sends_it_back(cast: Cast) -> None:
    case = report(cast, solved="盖住了")
    act(cast, "village_clerk", "verify", case)
    with pytest.raises(Invalid) as refused:
        act(cast, "grid_worker", "close", case, satisfied=False)
    assert "text" in refused.value.fields
    back = act(cast, "grid_worker", "close", case, satisfied=False, text="一踩就翻")
    assert (back.state, back.is_open) == (State.RETURNED, True)
    step = Step.objects.get(case=case, version=back.version)
    assert (step.act, step.satisfied) == ("return", False)


def test_only_the_reporter_rates(cast: Cast) -> None:
    case = report(cast, solved="盖住了")
    act(cast, "village_clerk", "verify", case)
    with pytest.raises(Invalid) as refused:
        act(cast, "village_clerk", "close", case, satisfied=True)
    assert refused.value.code == "not_the_reporter"


@pytest.mark.parametrize("name", ["reject", "return", "escalate", "handle"])
def test_a_reason_is_asked_for_and_nothing_changes_without_one(cast: Cast, name: str) -> None:
    case = dispatched(cast) if name == "return" else report(cast)
    who = second_worker(cast) if name == "return" else cast.actor("village_clerk")
    if name == "handle":
        act(cast, "village_clerk", "accept", case)
    case.refresh_from_db()
    with pytest.raises(Invalid) as refused:
        getattr(services, f"case_{name}")(actor=who, case=case, version=case.version, text="  ")
    assert "text" in refused.value.fields
    assert Case.objects.get(id=case.id).version == case.version


@pytest.mark.parametrize("who", ["other_clerk", "other_worker", "other_officer"])
def test_the_wrong_area_does_not_see_it(cast: Cast, who: str) -> None:
    case = report(cast)
    with pytest.raises(NotFound):
        seen(cast, who, case)


@pytest.mark.parametrize("who", ["accountant", "supervisor", "county_leader", "auditor", "grid_leader"])
def test_the_wrong_role_sees_it_and_may_not_accept(cast: Cast, who: str) -> None:
    case = report(cast)
    with pytest.raises(Forbidden):
        act(cast, who, "accept", case)


def test_a_seen_version_that_is_old_is_a_conflict_before_anything_else(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "accept", case)
    with pytest.raises(Stale):
        services.case_accept(actor=cast.actor("branch_secretary"), case=seen(cast, "village_clerk", case), version=1)
    with pytest.raises(Stale):
        stale = seen(cast, "village_clerk", case)
        act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])
        services.case_reject(actor=cast.actor("branch_secretary"), case=stale, version=stale.version, text="不归我们")
    assert Step.objects.filter(case=case).count() == 3


def test_a_wrong_state_is_a_conflict(cast: Cast) -> None:
    case = report(cast)
    with pytest.raises(Conflict) as refused:
        act(cast, "village_clerk", "verify", case)
    assert refused.value.code == "wrong_state"


def test_the_same_key_acts_once(cast: Cast) -> None:
    case = report(cast)
    first = seen(cast, "village_clerk", case)
    for _ in range(2):
        services.case_accept(actor=cast.actor("village_clerk"), case=first, version=1, key="k" * 32)
    assert Step.objects.filter(case=case).count() == 2


@pytest.mark.parametrize("place", ["v1", "g2", "t1", "v3"])
def test_a_case_is_given_only_to_what_lies_directly_below(cast: Cast, place: str) -> None:
    case = report(cast)
    act(cast, "village_clerk", "accept", case)
    with pytest.raises(Invalid) as refused:
        act(cast, "village_clerk", "dispatch", case, area=cast.areas[place])
    assert refused.value.code == "target_outside"
    with pytest.raises(Invalid):
        act(cast, "village_clerk", "dispatch", case)
    with pytest.raises(Invalid):
        act(cast, "village_clerk", "dispatch", case, unit=cast.units["t1"])


def test_an_urgent_case_has_an_hour_and_the_clock_of_the_step_is_the_one_shown(cast: Cast) -> None:
    at = timezone.now() - timedelta(hours=3)
    case = report(cast, urgent=True, at=at)
    assert case.due_at == at + timedelta(hours=1)
    act(cast, "village_clerk", "accept", case)
    late = Step.objects.get(case=case, act="accept")
    assert late.is_late
    assert not Step.objects.get(case=case, act="report").is_late


def test_starting_does_not_move_the_time_limit(cast: Cast) -> None:
    case = dispatched(cast)
    due = case.due_at
    started = services.case_start(actor=second_worker(cast), case=case, version=case.version)
    assert started.due_at == due


def test_the_system_may_close_and_names_itself(cast: Cast) -> None:
    case = report(cast, solved="盖住了")
    act(cast, "village_clerk", "verify", case)
    case = seen(cast, "village_clerk", case)
    services.case_close(actor=Actor.system(current()), case=case, version=case.version, text="没有评价")
    assert Step.objects.get(case=case, act="close").actor_name == "系统"


def test_buttons_and_guard_agree(cast: Cast) -> None:
    """Whatever is offered succeeds or asks for words; whatever is not offered is refused."""
    case = dispatched(cast)
    for who in cast.people:
        try:
            own = seen(cast, who, case)
        except NotFound:
            continue
        offered = acts_for(cast.actor(who), own)
        for name in ("accept", "reject", "dispatch", "start", "handle", "return", "escalate", "verify", "close"):
            if Act(name) in offered:
                continue
            extra = {"text": "试一试"} if name != "dispatch" else {"area": cast.areas["g1"]}
            with pytest.raises(DomainError) as refused:
                act(cast, who, name, case, **extra)
            assert refused.value.status in (403, 409)
