"""The way of a case from its report to its end: what the level in charge, the handler and the reporter decide."""

from collections.abc import Sequence
from typing import Any, Final

from shanzhi.areas.models import Area, Unit
from shanzhi.areas.paths import WIDTH
from shanzhi.cases import clocks
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import AT_HANDLER, UNDECIDED, Clock, State
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.seeing import is_hidden_from, office_sees
from shanzhi.cases.services.calls import called, ended, open_lead
from shanzhi.cases.services.engine import Change, Moment, decides, limited, required
from shanzhi.cases.services.routes import route_of
from shanzhi.cases.turns import rates
from shanzhi.lib.clocks import Span
from shanzhi.lib.errors import Conflict, Invalid

SHORTEST_PATH: Final = WIDTH
MOST_HELPERS: Final = 8


@decides(Act.ACCEPT)
def accept(moment: Moment, *, text: str = "") -> Change:
    """The level in charge takes the case on. Where the kind has a route that needs nobody's decision, it goes there."""
    case = moment.case
    if any(route.auto for route in moment.kind.routes):
        target = route_of(case, moment.at, moment.calendar)
        if target is not None and target.auto:
            helpers = [
                unit for unit in target.helpers if unit.area_id == case.owner_id and not is_hidden_from(case, unit)
            ]
            change = dispatch(moment, area=target.area, unit=target.unit, helpers=helpers[:MOST_HELPERS], text=text)
            change.changes["holder_id"] = target.user_id
            change.target = f"按规则派给{change.target}"
            return change
    return Change(State.ACCEPTED, moment.clock_for(State.ACCEPTED), text=limited(text), changes=moment.to_owner())


@decides(Act.REJECT)
def reject(moment: Moment, *, text: str) -> Change:
    """The level in charge does not take it on, and says why; the case ends."""
    return Change(State.REJECTED, text=required(text, "请写明为什么不予受理，反映人会看到。"))


@decides(Act.DISPATCH)
def dispatch(
    moment: Moment, *, area: Area | None = None, unit: Unit | None = None, helpers: Sequence[Unit] = (),
    limit: Span | None = None, text: str = "",
) -> Change:  # fmt: skip
    """Give the case to a grid, a lower level or a unit, with a time limit; further units help it beside.

    Without a limit the kind's own holds.
    """
    case = moment.case
    target = _checked_target(case, area, unit)
    helping = _checked_helpers(case, unit, helpers)
    span = _checked_limit(limit or moment.span(Clock.HANDLE))
    clock = clocks.started(span, moment.at, moment.calendar)
    words = "，".join([target.name, *(f"{helper.name}配合" for helper in helping), span.words()])
    places: dict[str, Any] = {
        "handler_area_id": area.id if area else None, "handler_unit_id": unit.id if unit else None,
        "turn_area_id": area.id if area else None, "turn_unit_id": unit.id if unit else None,
    }  # fmt: skip
    creates = [called(moment, area=area, unit=unit, clock=clock)]
    creates += [called(moment, unit=helper, clock=clock, role=Assignment.Role.HELPER) for helper in helping]
    changes = {**places, "holder_id": None, "stage": ""}
    return Change(State.DISPATCHED, clock, text=limited(text), target=words, changes=changes, creates=creates)


def _checked_target(case: Case, area: Area | None, unit: Unit | None) -> Area | Unit:
    """Exactly one of both, still there, and directly below the level in charge."""
    sentence = "请选一个网格、下级或单位来处理。"
    if (area is None) == (unit is None):
        raise Invalid(sentence, code="target_required", fields={"target": [sentence]})
    target: Area | Unit
    if area is not None:
        target, fits = area, area.parent_id == case.owner_id
    else:
        assert unit is not None
        target, fits = unit, unit.area_id == case.owner_id
    if not fits or target.valid_to is not None:
        sentence = f"{target.name}现在不能接这件事，请重新选。"
        raise Invalid(sentence, code="target_outside", fields={"target": [sentence]})
    if is_hidden_from(case, target):
        sentence = f"{target.name}的人看不到这一类事，请选看得到的单位或下级，或者先改类别。"
        raise Invalid(sentence, code="target_hidden", fields={"target": [sentence]})
    return target


def _checked_helpers(case: Case, lead: Unit | None, helpers: Sequence[Unit]) -> list[Unit]:
    """Open units of the level in charge, each once, without the one that leads."""
    if len(helpers) > MOST_HELPERS:
        sentence = f"配合的单位最多 {MOST_HELPERS} 个，请去掉几个。"
        raise Invalid(sentence, code="too_many_helpers", fields={"helpers": [sentence]})
    kept = {helper.id: helper for helper in helpers if lead is None or helper.id != lead.id}
    for helper in kept.values():
        if helper.area_id != case.owner_id or helper.valid_to is not None or is_hidden_from(case, helper):
            sentence = f"{helper.name}现在不能配合这件事，请重新选。"
            raise Invalid(sentence, code="helper_outside", fields={"helpers": [sentence]})
    return list(kept.values())


def _checked_limit(span: Span) -> Span:
    """Between 10 minutes and 180 days, whatever the unit."""
    days = span.amount if span.unit.value.endswith("days") else span.amount / 86_400
    if not 600 / 86_400 <= days <= 180:
        sentence = "时限要在 10 分钟到 180 天之间，请重新选。"
        raise Invalid(sentence, code="limit", fields={"limit": [sentence]})
    return span


@decides(Act.START)
def start(moment: Moment, *, text: str = "") -> Change:
    """The handler takes it up; the time limit runs on unchanged. A kind with stages enters its first, or goes on where
    it was when it was put back into the bin."""
    user_id = moment.actor.user_id or None
    code = moment.case.stage or moment.kind.first_stage
    changes = {"holder_id": user_id, "stage": code, **moment.to_handler()}
    lead = open_lead(moment.case)
    then = [lambda: lead.update(state=Assignment.State.ARRIVED, arrived_at=moment.at, arrived_name=moment.actor.name)]
    stage = moment.kind.stage_label(code)
    return Change(State.HANDLING, text=limited(text), target=stage, changes=changes, then=then)


@decides(Act.HANDLE)
def handle(moment: Moment, *, text: str, photo_ids: Sequence[int] = ()) -> Change:
    """Whoever has the turn reports what was done; the level in charge verifies it next."""
    words = required(text, "请写明怎么处理的、结果怎么样。")
    return Change(
        State.HANDLED, moment.clock_for(State.HANDLED), text=words, photo_ids=photo_ids,
        changes={**moment.to_owner(), "stage": ""}, then=[ended(moment, Assignment.State.DONE)],
    )  # fmt: skip


@decides(Act.RETURN)
def give_back(moment: Moment, *, text: str) -> Change:
    """One step back, with a reason: handler → level in charge; handled → handler again; escalated → level below."""
    case = moment.case
    words = required(text, "请写明为什么退回，对方会看到。")
    if case.state in AT_HANDLER:
        changes = {
            "handler_area_id": None, "handler_unit_id": None, "holder_id": None, "stage": "", **moment.to_owner()
        }  # fmt: skip
        return Change(
            State.RETURNED, moment.clock_for(State.RETURNED), text=words, target=f"退给{case.owner.name}",
            changes=changes, then=[ended(moment, Assignment.State.RETURNED)],
        )  # fmt: skip
    if case.state in UNDECIDED:
        below = _level_below(case)
        changes = {
            "owner_id": below.id, "owner_path": below.path, "raised": case.raised - 1, "turn_area_id": below.id
        }  # fmt: skip
        clock = moment.clock_for(State.RETURNED)
        return Change(State.RETURNED, clock, text=words, target=f"退给{below.name}", changes=changes)
    clock = moment.clock_for(State.DISPATCHED)
    again = called(moment, area_id=case.handler_area_id, unit_id=case.handler_unit_id, clock=clock)
    again.state, again.arrived_at = Assignment.State.ARRIVED, moment.at
    changes = {**moment.to_handler(), "stage": moment.kind.first_stage}
    return Change(State.HANDLING, clock, text=words, target="重新处理", changes=changes, creates=[again])


def _level_below(case: Case) -> Area:
    """The level that the case was escalated from: the one below the owner, on the way to where the case is."""
    below = Area.objects.filter(path=case.area_path[: len(case.owner_path) + WIDTH]).first()
    if case.raised == 0 or below is None or below.path == case.owner_path:
        raise Conflict("这件事不是下级报上来的，没有上一步可退。", code="nothing_to_return")
    _checked_office(case, below)
    return below


def _checked_office(case: Case, level: Area) -> None:
    if not office_sees(case.seen_by, level.level):
        raise Conflict(f"{level.name}的人看不到这一类事，不能交过去；要交过去，请先改类别。", code="office_hidden")


@decides(Act.ESCALATE)
def escalate(moment: Moment, *, text: str) -> Change:
    """Village → township → county: the level above takes over and has to accept it."""
    case = moment.case
    words = required(text, "请写明为什么要上级办。")
    above = case.owner.parent
    if above is None:
        raise Conflict("已经在县里，没有更高的上级。", code="no_level_above")
    _checked_office(case, above)
    changes = {
        "owner_id": above.id, "owner_path": above.path, "raised": case.raised + 1, "turn_area_id": above.id,
        "turn_unit_id": None,
    }  # fmt: skip
    clock = moment.clock_for(State.REPORTED)
    return Change(State.REPORTED, clock, text=words, target=above.name, changes=changes)


@decides(Act.VERIFY)
def verify(moment: Moment, *, text: str = "") -> Change:
    """The level in charge finds the matter handled; the reporter is asked, seven days of silence close it."""
    clock = moment.clock_for(State.VERIFIED)
    return Change(State.VERIFIED, clock, text=limited(text), changes=moment.to_owner())


@decides(Act.CLOSE)
def close(moment: Moment, *, satisfied: bool | None = None, text: str = "") -> Change:
    """Close it, with the reporter's rating if the reporter does it. Not satisfied: back to the level in charge.

    Only the reporter rates; a rating by anyone else is refused.
    """
    case = moment.case
    if satisfied is not None and not rates(moment.actor, case):
        sentence = "只有反映人能评价，请直接办结。"
        raise Invalid(sentence, code="not_the_reporter", fields={"satisfied": [sentence]})
    if satisfied is False:
        words = required(text, "请写明哪里不满意，办事的人会看到。")
        changes = {"handler_area_id": None, "handler_unit_id": None, "holder_id": None, **moment.to_owner()}
        return Change(
            State.RETURNED, moment.clock_for(State.RETURNED), act=Act.RETURN, text=words, satisfied=False,
            target=f"退给{case.owner.name}", changes=changes,
        )  # fmt: skip
    return Change(State.CLOSED, text=limited(text), satisfied=satisfied)
