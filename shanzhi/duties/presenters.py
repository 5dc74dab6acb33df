"""What pages show of instructions and lines: plain values, no statement but those that are named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.cases.badge import moment_words
from shanzhi.duties.acts import acts_for
from shanzhi.duties.catalogue import SHAPES, WITH_ISSUER, WITH_RECEIVER, Act, State
from shanzhi.duties.models import Duty, Line, LineStep
from shanzhi.duties.offices import holders
from shanzhi.duties.selectors import COUNTED, Counts
from shanzhi.duties.specs import BY_ACT
from shanzhi.files.models import StoredFile
from shanzhi.files.selectors import photo_strip
from shanzhi.ui import words
from shanzhi.ui.pages import url_with
from shanzhi.ui.parts import PhotoItem, Tile, TimelineItem
from shanzhi.ui.words import ClockWords

ICONS: Final[dict[str, str]] = {
    **{act.value: spec.icon for act, spec in BY_ACT.items()}, Act.ISSUE: "send", Act.PASS: "arrows-join-2",
}  # fmt: skip
VACANT: Final = "没有人在岗"
DEFINITIONS: Final = {
    "issued": "交办出去的行数，一家一行；撤回的不算。",
    "received": "已经签收的行数。",
    "done": "已报结和已销号的行数。",
    "struck": "交办单位已经销号的行数。",
    "rate": "销号率 = 已销号 ÷ 交办的行数，撤回的不算。",
    "late": "时限已过、还在承办单位手里的行数；报结后等销号的不算。",
    "waiting": "等交办单位决定的行数：报结待销号、说不归自己办、申请延期。",
}


def due_words(due_at: datetime, now: datetime) -> str:
    """12月2日 24:00前 for a whole day, else 12月2日 17:30前."""
    words_of = moment_words(due_at, now)
    return f"{words_of}前" if ":" in words_of else f"{words_of} 24:00前"


def who_words(names: Sequence[str]) -> str:
    """王桂兰、李明, 王桂兰、李明、张强等 7 人; a vacant office says so."""
    if len(names) > 4:
        return f"{'、'.join(names[:3])}等 {len(names)} 人"
    return "、".join(names) or VACANT


def percent(counts: Counts) -> str:
    """83.3 %, or nothing where nothing was issued."""
    return "" if counts.rate is None else f"{counts.rate * 100:.1f}".removesuffix(".0")


def tiles_of(counts: Counts, query: QueryDict) -> list[Tile]:
    """Each figure opens the lines that it counts."""

    def tile(label: str, name: str, value: int) -> Tile:
        url = url_with(query, state=COUNTED[name])
        return Tile(label, words.thousands(value), "行", "", url, DEFINITIONS[name])

    rate = percent(counts)
    return [
        tile("交办", "issued", counts.issued),
        tile("已签收", "received", counts.received),
        tile("已报结", "done", counts.done),
        tile("已销号", "struck", counts.struck),
        Tile(
            "销号率",
            rate,
            "%" if rate else "",
            f"{counts.struck:,} ÷ {counts.issued:,} 行" if rate else "",
            url_with(query, state=COUNTED["issued"]),
            DEFINITIONS["rate"],
        ),
        tile("超期", "late", counts.late),
        tile("等交办单位", "waiting", counts.waiting),
    ]


def clock_of(line: Line, now: datetime) -> ClockWords | None:
    """The limit while the receiver has it; then whether it was reported in time; nothing once it was withdrawn."""
    if line.state in WITH_RECEIVER:
        return words.clock(line.due_at, now)
    if line.reported_at is not None and line.state in (State.DONE, State.STRUCK):
        return ClockWords("donelate", "超期报结") if line.came_late else ClockWords("done", "按期报结")
    return None


@dataclass(frozen=True, slots=True)
class DutyRow:
    """An instruction in the ledger, with the counts of the lines that are shown of it."""

    duty: Duty
    url: str
    counts: Counts
    shape: str
    state: str


def duty_rows(duties: Iterable[Duty], counts: Mapping[int, Counts]) -> list[DutyRow]:
    found = []
    for duty in duties:
        own = counts.get(duty.id, Counts())
        if not own.issued:
            shape, state = "hold", "全部撤回"
        elif own.struck == own.issued:
            shape, state = "done", "全部销号"
        else:
            shape, state = "run", f"还有 {own.issued - own.struck} 行"
        found.append(DutyRow(duty, reverse("duties:duty", args=[duty.county_id, duty.id]), own, shape, state))
    return found


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line in a table or on a card."""

    line: Line
    url: str
    shape: str
    state: str
    clock: ClockWords | None
    who: str
    due: str
    asked: str
    act: str = ""
    act_url: str = ""

    @property
    def late(self) -> bool:
        return self.clock is not None and self.clock.kind in ("late", "donelate")

    @property
    def value(self) -> str:
        """What a box that ticks it sends."""
        return f"{self.line.id}:{self.line.version}"


def line_rows(lines: Sequence[Line], now: datetime, *, actor: Actor | None = None) -> list[LineRow]:
    """With the people of each office now (one statement); with an actor also their next act."""
    people = holders(lines, at=now)
    found = []
    for line in lines:
        names = people.get((line.area_id, line.unit_id, line.role), [])
        asked = f"申请延到{moment_words(line.asked_until, now)}" if line.asked_until is not None else ""
        act = next(iter(acts_for(actor, line)), None) if actor is not None else None
        found.append(
            LineRow(
                line, reverse("duties:line", args=[line.county_id, line.id]), SHAPES[line.state],
                State(line.state).label, clock_of(line, now), who_words(names),
                due_words(line.due_at, now), asked,
                act.label if act is not None else "", act_url(line, act) if act is not None else "",
            )
        )  # fmt: skip
    return found


def act_url(line: Line, act: Act) -> str:
    return reverse(f"duties:{act.value.replace('_', '-')}", args=[line.county_id, line.id])


@dataclass(frozen=True, slots=True)
class Button:
    """An act on the page of a line; `direct` is done by one tap."""

    act: Act
    label: str
    url: str
    icon: str
    css: str
    direct: bool


def buttons_of(actor: Actor, line: Line) -> list[Button]:
    """The first is the next step; what harms comes last and red."""
    found = []
    # Whoever received something reports it done first of all; progress comes behind.
    rank = {Act.RECEIVE: 0, Act.DONE: 1, Act.STRIKE: 1, Act.GRANT: 1}
    acts = sorted(acts_for(actor, line), key=lambda act: rank.get(act, 5))
    if line.state in WITH_ISSUER:
        acts.sort(key=lambda act: act is Act.WITHDRAW)
    for number, act in enumerate(acts):
        spec = BY_ACT[act]
        css = "btn-primary" if number == 0 and not spec.harms else "btn-outline"
        found.append(Button(act, act.label, act_url(line, act), spec.icon, css, spec.direct))
    return found


def photo_items(files: Iterable[StoredFile], what: str) -> list[PhotoItem]:
    return [PhotoItem(one.url, one.thumb_url, f"{what}，第 {n} 张") for n, one in enumerate(files, 1)]


def timeline_of(steps: Sequence[LineStep], now: datetime) -> list[TimelineItem]:
    """The newest first; photos with one statement."""
    strips = photo_strip("duties.linestep", [step.id for step in steps])
    return [_item(step, number == 0, strips.get(step.id, []), now) for number, step in enumerate(steps)]


def _item(step: LineStep, newest: bool, photos: Sequence[StoredFile], now: datetime) -> TimelineItem:
    act = Act(step.act)
    title = act.did
    if act is Act.ASK and step.asked_until is not None:
        title = f"申请延到{moment_words(step.asked_until, now)}"
    elif act is Act.GRANT:
        title = f"同意延期，时限改为{moment_words(step.due_at, now)}"
    elif act is Act.DONE and step.nothing:
        title = "报结：无此情况"
    late = act is Act.DONE and step.at > step.due_at
    return TimelineItem(
        title=f"{title}（超期）" if late else title, at=step.at,
        who=f"{step.actor_name}，{step.actor_title}" if step.actor_title else step.actor_name, note=step.text,
        kind="late" if late else "now" if newest else "done", icon=ICONS[act], photos=photo_items(photos, act.did),
    )  # fmt: skip


def facts_of(duty: Duty, now: datetime) -> dict[str, Any]:
    """What every page of an instruction says of it; photos with one statement."""
    photos = photo_strip("duties.duty", [duty.id]).get(duty.id, [])
    return {"duty": duty, "photos": photo_items(photos, duty.title), "due": due_words(duty.due_at, now)}
