"""The one timeline of a case: every step as it was, and in red each limit that passed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.forms.specs import SPECS
from shanzhi.cases.models import Case, Step
from shanzhi.cases.naming import person_words
from shanzhi.cases.presenters import SOURCE_ICONS
from shanzhi.files.models import StoredFile
from shanzhi.ui.parts import PhotoItem, TimelineItem

LIMITS: Final = {
    State.REPORTED: "超过受理时限",
    State.ACCEPTED: "超过分派时限",
    State.RETURNED: "超过分派时限",
    State.DISPATCHED: "超过处理时限",
    State.HANDLING: "超过处理时限",
    State.HANDLED: "超过核查时限",
}  # what was verified and not rated closes by itself: that is no delay
REPORTED: Final = {
    Source.SNAP: "随手拍上报",
    Source.RESIDENT: "居民反映",
    Source.PHONE: "来电登记",
    Source.COUNTER: "来访登记",
    Source.BOX: "意见箱来件登记",
    Source.PAPER: "来信登记",
    Source.MEDIA: "媒体网络反映登记",
    Source.DESK: "工作中发现登记",
    Source.VISIT: "走访时上报",
    Source.API: "接口上报",
    Source.PART: "拆分出来",
}

# What was done, then until when: 挂账，12月1日恢复.
PARTED: Final = frozenset({Act.REOPEN, Act.SUSPEND, Act.RESUME, Act.ASK, Act.GRANT, Act.SUPERVISE, Act.RECKON,
                           Act.CONTACT})  # fmt: skip

# What follows is a number: it stands apart.
SPACED: Final = frozenset({Act.PART, Act.SPLIT, Act.MERGE, Act.ABSORB})
Photos = Mapping[int, Sequence[StoredFile]]


INNER_ICONS: Final = {Act.REPORT: "message", Act.PASS: "git-merge", Act.PART: "circle-check", Act.ABSORB: "git-merge",
                      Act.RECKON: "calendar"}  # fmt: skip


def _icon(act: Act) -> str:
    return SPECS[act].icon if act in SPECS else INNER_ICONS.get(act, "point")


def photo_items(files: Sequence[StoredFile], what: str) -> tuple[PhotoItem, ...]:
    return tuple(
        PhotoItem(file.url, file.thumb_url, f"{what}，第 {number} 张照片") for number, file in enumerate(files, start=1)
    )


def timeline_of(
    actor: Actor, case: Case, steps: Sequence[Step], photos: Photos, *, now: datetime
) -> list[TimelineItem]:
    """`steps` newest first. A passed limit stands where it passed, just below the step that came late."""
    items: list[TimelineItem] = []
    marked: set[datetime] = set()
    if case.is_open and case.due_at is not None and case.due_at < now and case.state in LIMITS:
        items.append(_late(case.state, case.due_at, f"等{_turn(case)}办理"))
        marked.add(case.due_at)
    for number, step in enumerate(steps):
        newest = number == 0 and case.is_open
        items.append(_item(actor, case, step, photos.get(step.id, ()), newest=newest))
        late = step.was_due_at
        if late is not None and step.is_late and step.from_state in LIMITS and late not in marked:
            items.append(_late(step.from_state, late, ""))
            marked.add(late)
    return items


def _turn(case: Case) -> str:
    turn = case.turn_unit or case.turn_area
    return turn.name if turn is not None else ""


def _late(state: str, at: datetime, who: str) -> TimelineItem:
    return TimelineItem(LIMITS[State(state)], at, who=who, kind="late", icon="alert-triangle")


def _item(actor: Actor, case: Case, step: Step, files: Sequence[StoredFile], *, newest: bool) -> TimelineItem:
    title = step_title(case, step)
    reported = step.act == Act.REPORT
    return TimelineItem(
        title,
        step.at,
        who=person_words(actor, step.actor_name, step.actor_title, step.actor_id),
        note=step.text,
        kind="note" if step.act == Act.NOTE else "now" if newest else "done",
        icon=SOURCE_ICONS[Source(case.source)] if reported else _icon(Act(step.act)),
        photos=() if reported else photo_items(files, title),  # those of the report stand beside its words
        offline_at=step.done_at,
        happened_at=case.occurred_at if reported and case.occurred_at < case.received_at else None,
    )


def step_title(case: Case, step: Step) -> str:
    """What was done in a few words, with whom it went to: 派给第四网格，7 天."""
    act = Act(step.act)
    if act == Act.REPORT:
        return REPORTED[Source(case.source)]
    if act == Act.HANDLE and step.target:
        return f"{step.target}完毕"
    if act == Act.ESCALATE:
        return f"请{step.target}办"
    if act == Act.CLOSE and step.satisfied:
        return "反映人满意，办结"
    if act == Act.RETURN:
        words = step.target if step.target.startswith("退给") else f"退回{step.target}"
        return f"反映人不满意，{words}" if step.satisfied is False else words
    if act == Act.UNMERGE:
        words = f"不再并入 {step.target}" if step.from_state == State.MERGED else f"{step.target} 另行办理"
        return f"{act.done}，{words}"
    if act in (Act.ARRIVE, Act.FINISH):  # 城建中心报到，晚到 12 分钟
        who, _, late = step.target.partition("，")
        return "，".join(part for part in (f"{who}{act.done}", late) if part)
    if act in SPACED:
        return f"{act.done} {step.target}"
    if act in PARTED and step.target:
        return f"{act.done}，{step.target}"
    return f"{act.done}{step.target}"
