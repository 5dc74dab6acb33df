"""Whistles (吹哨报到): a grid or a level in charge calls units; each reports in within its time and stays until it is done.

Who was called, who came when and who did not come stays on record. The same acts serve the helpers of a dispatch.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from shanzhi.areas.models import Unit
from shanzhi.cases import clocks
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import Clock
from shanzhi.cases.models import Assignment
from shanzhi.cases.seeing import is_hidden_from
from shanzhi.cases.selectors.calls import open_calls, whistle_units
from shanzhi.cases.services.calls import called
from shanzhi.cases.services.engine import Change, Moment, decides, limited, required
from shanzhi.lib.clocks import Span, due_at
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.lib.times import show_span

MOST: Final = 8
TASK: Final = 300


@decides(Act.WHISTLE)
def whistle(
    moment: Moment, *, units: Sequence[Unit], text: str, within: Span | None = None, limit: Span | None = None
) -> Change:
    """Call up to eight units of the township or the county to the place; each has its own clocks.

    `within` is the time to report in, `limit` the time for its part; the kind's own hold without.
    """
    task = required(text, "请写明请他们来做什么。")[:TASK]
    chosen = list({unit.id: unit for unit in units}.values())
    if not chosen or len(chosen) > MOST:
        sentence = "请选要叫来的单位。" if not chosen else f"一次最多叫 {MOST} 个单位，请去掉几个。"
        raise Invalid(sentence, code="units_required", fields={"units": [sentence]})
    _check(moment, chosen)
    report_in = within or moment.span(Clock.WHISTLE)
    arrive_by = due_at(moment.at, report_in.amount, report_in.unit, moment.calendar)
    clock = clocks.started(limit or moment.span(Clock.HANDLE), moment.at, moment.calendar)
    calls = []
    for unit in chosen:
        call = called(moment, unit=unit, clock=clock, role=Assignment.Role.HELPER, whistled=True, task=task)
        call.arrive_by = arrive_by
        calls.append(call)
    words = f"{'、'.join(unit.name for unit in chosen)}，{report_in.words()}内报到"
    return Change(text=task, target=words, creates=calls)


def _check(moment: Moment, chosen: Sequence[Unit]) -> None:
    """Open units of the township or the county of the case that are not there already."""
    possible = {unit.id for unit in whistle_units(moment.case)}
    there = {call.unit_id for call in open_calls(moment.case)} | {moment.case.handler_unit_id}
    for unit in chosen:
        if is_hidden_from(moment.case, unit):
            sentence = f"{unit.name}的人看不到这一类事，不能叫来。"
            raise Invalid(sentence, code="unit_hidden", fields={"units": [sentence]})
        if unit.id not in possible:
            sentence = f"{unit.name}不是这里的乡镇或县里的单位，或者已撤销，请重新选。"
            raise Invalid(sentence, code="unit_outside", fields={"units": [sentence]})
        if unit.id in there:
            sentence = f"{unit.name}已经在办这件事，不用再叫。"
            raise Invalid(sentence, code="unit_there", fields={"units": [sentence]})


def _mine(moment: Moment, state: Assignment.State) -> Assignment:
    """The open call of one of the actor's units in this state; Conflict if there is none."""
    units = {post.unit_id for post in moment.actor.posts if post.unit_id is not None}
    for call in open_calls(moment.case):
        if call.unit_id in units and call.state == state:
            moment.post = next(post for post in moment.actor.posts if post.unit_id == call.unit_id)
            return call
    if state == Assignment.State.CALLED:
        raise Conflict("没有等你们单位报到的吹哨，可能已经报到或者已经撤回，请刷新后再看。", code="not_called")
    raise Conflict("你们单位还没有报到，或者已经办完，请刷新后再看。", code="not_there")


@decides(Act.ARRIVE)
def arrive(moment: Moment, *, text: str = "", photo_ids: Sequence[int] = ()) -> Change:
    """A called unit reports in; a late one too, and the record says by how much."""
    call = _mine(moment, Assignment.State.CALLED)
    late = call.arrive_by is not None and moment.at > call.arrive_by
    assert call.unit is not None
    words = call.unit.name
    if call.arrive_by is not None and late:
        words += f"，晚到 {show_span(moment.at - call.arrive_by)}"
    changed = {"state": Assignment.State.ARRIVED, "arrived_at": moment.at, "arrived_name": moment.actor.name}
    return Change(
        text=limited(text), target=words, photo_ids=photo_ids, then=[lambda: _move(call, changed)],
        data={"call": call.id},
    )  # fmt: skip


@decides(Act.FINISH)
def finish(moment: Moment, *, text: str, photo_ids: Sequence[int] = ()) -> Change:
    """A unit that reported in has done its part and may go."""
    words = required(text, "请写明你们单位做了什么、结果怎么样。")
    call = _mine(moment, Assignment.State.ARRIVED)
    assert call.unit is not None
    changed = {
        "state": Assignment.State.DONE, "done_at": moment.at, "ended_at": moment.at, "result": words,
        "running_since": None, "watch_at": None,
    }  # fmt: skip
    return Change(
        text=words, target=call.unit.name, photo_ids=photo_ids, then=[lambda: _move(call, changed)],
        data={"call": call.id},
    )  # fmt: skip


@decides(Act.DISMISS)
def dismiss(moment: Moment, *, units: Sequence[Unit], text: str = "") -> Change:
    """Whoever may whistle lets units go before they are done, or that never came."""
    wanted = {unit.id for unit in units}
    calls = [call for call in open_calls(moment.case) if call.unit_id in wanted]
    if not calls:
        sentence = "请选要让哪个单位离场。"
        raise Invalid(sentence, code="units_required", fields={"units": [sentence]})
    changed = {
        "state": Assignment.State.LEFT, "ended_at": moment.at, "running_since": None, "watch_at": None,
    }  # fmt: skip
    words = "、".join(call.who for call in calls)
    return Change(text=limited(text), target=words, then=[partial(_move, call, changed) for call in calls])


def _move(call: Assignment, changed: dict[str, object]) -> None:
    """By compare-and-swap: the case's row is locked, so this only fails if somebody went around the engine."""
    rows = Assignment.objects.filter(id=call.id, version=call.version, ended_at=None)
    if rows.update(version=call.version + 1, **changed) != 1:
        raise Conflict("这个单位的状态刚刚变了，请刷新后再看。", code="stale_call")
