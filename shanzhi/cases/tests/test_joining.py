"""Duplicates: merged into one, told, and taken out again as if nothing had been."""

import random
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.db.transaction import atomic, set_rollback
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.cases import clocks, services
from shanzhi.cases.acts import Act, acts_for
from shanzhi.cases.catalogue import State
from shanzhi.cases.history import steps_agree
from shanzhi.cases.models import Assignment, Case, Extension, Step, Supervision
from shanzhi.cases.services import Part, case_act
from shanzhi.cases.services.engine import STALE
from shanzhi.cases.tests.pages import act, address, post, text_of
from shanzhi.jobs.testing import drain
from shanzhi.lib.clocks import Calendar, Span
from shanzhi.lib.errors import Conflict, DomainError, Forbidden, Invalid, Stale
from shanzhi.notices.models import Notice
from tests.cast import Cast, report
from tests.kinds import kind_add

SAME: Final = "同一个井盖"
PLAIN: Final = Calendar(frozenset(), frozenset())


def merge(cast: Cast, case: Case, into: Case, **more: Any) -> Case:
    return act(cast, "village_clerk", "merge", case, into=into, **{"text": SAME, **more})


def told(title: str) -> list[int]:
    drain()
    return sorted(Notice.objects.filter(title__contains=title).values_list("recipient_id", flat=True))


def test_a_duplicate_ends_where_the_main_case_goes_on(cast: Cast) -> None:
    main, other = report(cast, by="resident"), report(cast)
    done = merge(cast, other, main)
    main.refresh_from_db()
    assert (done.state, done.merged_into_id, done.turn_area_id, done.due_at) == (State.MERGED, main.id, None, None)
    assert (main.state, main.version, main.due_at) == (State.REPORTED, 2, main.received_at + timedelta(hours=24))
    absorbed = Step.objects.get(case=main, version=2)
    assert (absorbed.act, absorbed.target, absorbed.actor_title) == ("absorb", other.number, "张庄村 村文书")
    assert Step.objects.get(case=other, version=2).target == main.number
    worker, resident = cast["grid_worker"].user.id, cast["resident"].user.id
    assert told("合并办理") == [worker]
    assert told("并入你上报的事") == [resident]
    act(cast, "village_clerk", "accept", main)
    act(cast, "village_clerk", "handle", main, text="换了井盖")
    act(cast, "village_clerk", "verify", main)
    act(cast, "village_clerk", "close", main)
    assert told("现在已办结") == [worker]
    assert list(steps_agree([main, done])) == []


def test_what_can_not_be_merged_into(cast: Cast) -> None:
    one, two, three, elsewhere = report(cast), report(cast), report(cast), report(cast, by="other_worker", place="g3")
    with pytest.raises(Invalid, match="自己"):
        merge(cast, one, one)
    with pytest.raises(Invalid, match="编号"):
        act(cast, "village_clerk", "merge", one, into=None, text=SAME)
    with pytest.raises(Invalid):
        merge(cast, one, two, text=" ")
    with pytest.raises(Invalid, match="另一级"):
        merge(cast, one, elsewhere)
    merge(cast, two, three)
    two.refresh_from_db()
    with pytest.raises(Invalid, match=f"{two.number} 已并入 {three.number}，请并入 {three.number}"):
        merge(cast, one, two)
    three.refresh_from_db()
    with pytest.raises(Conflict, match="当主件"):
        merge(cast, three, one)  # would be a chain
    four = act(cast, "village_clerk", "reject", report(cast), text="不属实")
    with pytest.raises(Invalid, match="不予受理"):
        merge(cast, one, four)
    assert Case.objects.filter(state=State.MERGED).count() == 1


def test_a_part_is_not_merged_back(cast: Cast) -> None:
    whole = act(cast, "village_clerk", "accept", report(cast))
    act(cast, "village_clerk", "split", whole, parts=[Part("一"), Part("二")])
    one, two = Case.objects.filter(parent_id=whole.id).order_by("id")
    whole.refresh_from_db()
    with pytest.raises(Invalid, match="拆分出来"):
        merge(cast, one, whole)
    with pytest.raises(Conflict):
        merge(cast, whole, one)
    merge(cast, one, two)
    whole.refresh_from_db()
    assert whole.parts == 1
    act(cast, "village_clerk", "unmerge", one)
    whole.refresh_from_db()
    assert whole.parts == 2
    assert list(steps_agree(Case.objects.all())) == []


def test_who_may_merge_and_take_out(cast: Cast) -> None:
    main, other = report(cast), report(cast)
    for who in ("grid_worker", "supervisor", "township_officer"):
        with pytest.raises(Forbidden):
            act(cast, who, "merge", other, into=main, text=SAME)
    merge(cast, other, main)
    with pytest.raises(Forbidden):
        act(cast, "grid_worker", "unmerge", other)
    assert acts_for(cast.actor("village_clerk"), Case.objects.get(id=other.id)) == [Act.UNMERGE, Act.MODERATE]


def test_out_again_while_the_main_case_is_open(cast: Cast) -> None:
    began = timezone.now() - timedelta(hours=20)
    main, other = report(cast), report(cast, at=began)
    at = began + timedelta(hours=10)
    merge(cast, other, main, at=at)
    back = act(cast, "village_clerk", "unmerge", other, at=at + timedelta(hours=5), text="不是一个")
    assert (back.state, back.merged_into_id, back.turn_area_id, back.ended_at, back.before) == (
        State.REPORTED, None, cast.areas["v1"].id, None, {},
    )  # fmt: skip
    assert back.due_at == began + timedelta(hours=24 + 5)  # the time between is not counted
    main.refresh_from_db()
    assert [(s.act, s.target) for s in Step.objects.filter(case=main).order_by("version")][1:] == [
        ("absorb", other.number), ("unmerge", other.number),
    ]  # fmt: skip
    page = text_of(cast["village_clerk"].client().get(address(other)))
    assert f"撤销合并，不再并入 {main.number}" in page
    assert f"撤销合并，{other.number} 另行办理" in text_of(cast["village_clerk"].client().get(address(main)))
    assert told("不再合并，单独办理") == [cast["grid_worker"].user.id]
    merge(cast, other, main)
    for name, extra in (("accept", {}), ("handle", {"text": "好"}), ("verify", {}), ("close", {})):
        act(cast, "village_clerk", name, main, **extra)
    with pytest.raises(Conflict, match="另报一件"):
        act(cast, "village_clerk", "unmerge", other)


def test_a_stale_merge_is_refused(cast: Cast) -> None:
    main, other = report(cast), report(cast)
    seen = Case.objects.get(id=other.id)
    act(cast, "village_clerk", "accept", other)
    clerk = cast["village_clerk"].client()
    refused = post(clerk, other, "merge", into=main.number, text=SAME, version=seen.version)
    assert refused.status_code == 409
    assert STALE in text_of(refused)
    assert SAME in refused.content.decode()


def test_the_form_offers_likely_ones_and_takes_a_number(cast: Cast) -> None:
    main, other = report(cast), report(cast)
    clerk = cast["village_clerk"].client()
    page = clerk.get(address(other, "merge-create")).content.decode()
    assert f'value="{main.number}"' in page
    for sent in ({"into": "2611-9999"}, {"into": ""}, {"into": other.number}, {"likely": "1"}):
        refused = post(clerk, other, "merge", text="同一处", **sent)
        assert refused.status_code == 422, sent
        assert "同一处" in refused.content.decode()
    assert "没有编号是 2611-9999 的事" in text_of(post(clerk, other, "merge", text="同一处", into="2611-9999"))
    assert post(clerk, other, "merge", text="同一处", likely=main.number).status_code == 302
    third = report(cast)
    assert post(clerk, third, "merge", text="也是", into=f"341181-{main.number}").status_code == 302
    shown = text_of(clerk.get(address(main)))
    assert "并入本件的" in shown
    assert other.number in shown
    assert "已并入" in text_of(clerk.get(address(other)))
    mine = text_of(cast["grid_worker"].client().get(address(other)))
    assert main.number in mine


COLUMNS: Final = tuple(
    field.attname for field in Case._meta.concrete_fields
    if field.attname not in {"version", "history", "spent", "allowed", "running_since", "due_at", "watch_at"}
)  # fmt: skip


def _way(cast: Cast, case: Case, steps: int, units: bool, wants: bool) -> None:
    """Some steps on the way, as far as this case goes."""
    if steps > 0:
        act(cast, "village_clerk", "accept", case)
    if steps > 1:
        act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=Span.parse("3 days"))
    if units:
        case_act(
            actor=cast.actor("village_clerk"), case=Case.objects.get(id=case.id), act=Act.WHISTLE, text="来看看",
            version=Case.objects.get(id=case.id).version, units=[cast.units["t1"]],
        )  # fmt: skip
    if steps > 2:
        act(cast, "grid_worker", "start", case)
    if wants:
        act(cast, "township_officer", "supervise", case, text="三天办好")
        if steps > 1:
            act(cast, "grid_worker", "ask", case, text="等材料", amount=Span.parse("3 days"))


def _left(row: Any, at: datetime) -> tuple[Any, ...]:
    """What of a clock must be the same before and after: its unit, and what is left of it.

    Working time may get a little back, so that what was in time is in time: see lib.clocks.left_on_resuming.
    """
    left = 0 if row.clock_unit.startswith("working") else row.allowed - clocks.spent(row, at, PLAIN)
    return row.clock_unit, left, row.running_since is None, row.warned


def case_supervisions(case: Case) -> list[Supervision]:
    return list(Supervision.objects.filter(case_id=case.id).order_by("id"))


def _picture(case: Case, at: datetime) -> dict[str, Any]:
    fresh = Case.objects.get(id=case.id)
    calls = Assignment.objects.filter(case_id=case.id).order_by("id")
    return {
        **{name: getattr(fresh, name) for name in COLUMNS},
        "close_by": fresh.close_by and fresh.due_at and fresh.close_by - fresh.due_at,
        "clock": _left(fresh, at),
        "asked": list(Extension.objects.filter(case_id=case.id).values_list("id", "state", "decided_at")),
        "supervised": [(s.id, s.answered_at, s.answer, _left(s, at)) for s in case_supervisions(case)],
        "calls": [(c.id, c.state, c.ended_at, c.arrived_at, c.role, c.whistled, _left(c, at)) for c in calls],
    }


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.integers(0, 3), units=st.booleans(), wants=st.booleans(), times=st.integers(1, 3),
    hours=st.integers(0, 40), seed=st.integers(),
)  # fmt: skip
def test_merged_and_taken_out_it_is_what_it_was(
    cast: Cast, steps: int, units: bool, wants: bool, times: int, hours: int, seed: int
) -> None:
    """Whatever had been done before, however often: no step is lost, and everything is as it was."""
    dice = random.Random(seed)
    with atomic():
        main, other = report(cast), report(cast)
        _way(cast, other, steps, units, wants)
        at = timezone.now()
        before, written = _picture(other, at), list(Step.objects.filter(case=other).values_list("link", flat=True))
        for _ in range(times):
            merge(cast, other, main, at=at)
            assert not Assignment.objects.filter(case=other, ended_at=None).exists()
            at += timedelta(hours=hours, minutes=dice.randint(0, 59))
            act(cast, "village_clerk", "unmerge", other, at=at)
            after = _picture(other, at)
            assert {name: value for name, value in after.items() if before[name] != value} == {}
        links = list(Step.objects.filter(case=other).order_by("version").values_list("link", flat=True))
        assert [link for link in links if link in written] == sorted(written, key=links.index)
        assert len(links) == len(written) + 2 * times
        assert list(steps_agree(Case.objects.filter(id__in=[main.id, other.id]))) == []
        set_rollback(True)


DAYS: dict[str, Any] = {
    "label": "按日", "clocks": {"accept": "3 working days", "dispatch": "2 days"}, "stages": [],
}  # fmt: skip


def test_working_days_stand_still_in_between(cast: Cast) -> None:
    kind_add("days", DAYS)
    monday = datetime.fromisoformat("2026-11-16T09:00:00+08:00")
    main, other = report(cast, kind="days", at=monday), report(cast, kind="days", at=monday)
    due = other.due_at
    merge(cast, other, main, at=monday + timedelta(hours=1))
    back = act(cast, "village_clerk", "unmerge", other, at=monday + timedelta(hours=2))
    assert back.due_at == due  # the same day
    merge(cast, other, main, at=monday + timedelta(hours=3))
    back = act(cast, "village_clerk", "unmerge", other, at=monday + timedelta(days=2))
    assert due is not None
    assert back.due_at is not None
    assert back.due_at > due


def test_stale_and_wrong_states(cast: Cast) -> None:
    main, other = report(cast), report(cast)
    with pytest.raises(Conflict):
        act(cast, "village_clerk", "unmerge", other)
    merge(cast, other, main)
    for name, extra in (("merge", {"into": main, "text": SAME}), ("note", {"text": "好"}), ("accept", {})):
        with pytest.raises(DomainError):
            act(cast, "village_clerk", name, other, **extra)
    old = Case.objects.get(id=other.id)
    old.version -= 1
    with pytest.raises(Stale):
        services.case_unmerge(actor=cast.actor("village_clerk"), case=old, version=old.version + 1)
