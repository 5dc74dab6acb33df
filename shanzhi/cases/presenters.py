"""A case as pages show it: rows of lists, cards of the phone, facts of the case page. Nothing here decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from django.urls import NoReverseMatch, reverse

from shanzhi.access.actor import Actor
from shanzhi.cases.acts import RULES, SIDE, Act, acts_for, is_open_to_all, is_possible
from shanzhi.cases.badge import badge_title, case_badge
from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.forms.specs import SPECS
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.places import place_name
from shanzhi.cases.selectors import COUNTED
from shanzhi.cases.turns import rates
from shanzhi.lib.clocks import Calendar
from shanzhi.ui.parts import StepItem
from shanzhi.ui.words import ClockWords

SHOWN_ACTS: Final = 5
NEXT_OF_CALL: Final = {Assignment.State.CALLED: Act.ARRIVE, Assignment.State.ARRIVED: Act.FINISH}
PHONE_CHARACTERS: Final = 12
SHAPES: Final = {State.REPORTED: "new", State.ACCEPTED: "run", State.DISPATCHED: "run", State.HANDLING: "run",
                 State.RETURNED: "back", State.HANDLED: "check", State.VERIFIED: "check", State.CLOSED: "done",
                 State.REJECTED: "hold", State.SUSPENDED: "hold", State.MERGED: "hold"}  # fmt: skip
SOURCE_ICONS: Final = {
    Source.SNAP: "camera", Source.RESIDENT: "message", Source.PHONE: "phone", Source.COUNTER: "user",
    Source.BOX: "inbox", Source.PAPER: "file-text", Source.MEDIA: "speakerphone", Source.DESK: "edit",
    Source.VISIT: "users",
    Source.API: "world", Source.PART: "arrows-split-2",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list or a card of a phone."""

    number: str
    title: str
    url: str
    place: str
    kind: str
    shape: str
    state: str
    badge: ClockWords
    badge_title: str
    clock: str
    urgent: bool
    act: str = ""
    act_url: str = ""
    labels: tuple[str, ...] = ()
    lon: str = ""
    lat: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """An act on the case page; a direct one is posted at once, the others open a small form."""

    label: str
    url: str
    icon: str
    direct: bool
    css: str


@dataclass(frozen=True, slots=True)
class Buttons:
    """The next step, what is shown beside it, and the rest behind the three dots."""

    primary: Button | None
    shown: tuple[Button, ...]
    more: tuple[Button, ...]


def stages_of(kind: KindBody, case: Case) -> list[StepItem]:
    """The stages of the kind as a bar of steps, while the case is being handled; empty for a kind without any."""
    if not case.stage or case.state != State.HANDLING:
        return []
    codes = [stage.code for stage in kind.stages]
    here = codes.index(case.stage) if case.stage in codes else 0
    return [
        StepItem(stage.label, state="done" if number < here else "now" if number == here else "")
        for number, stage in enumerate(kind.stages)
    ]


def count_words(count: int, cap: int = COUNTED) -> str:
    """1000+ for what is counted no further."""
    return f"{cap}+" if count > cap else str(count)


def state_shape(state: str) -> str:
    return SHAPES[State(state)]


def is_late(case: Case, now: datetime) -> bool:
    """Whether its step should have been done by now; what is put aside is not late."""
    return case.is_open and case.state != State.SUSPENDED and case.due_at is not None and case.due_at < now


def clock_state(case: Case) -> str:
    """For the badge: a closed case says so, a rejected one has no badge at all (its status says it)."""
    if case.is_open:
        return "open"
    return "done" if case.state == State.CLOSED else "none"


def rows_of(
    cases: Sequence[Case], now: datetime, calendar: Callable[[], Calendar], actor: Actor | None = None
) -> list[Row]:
    """Lines in the order given, with the next act of this person. The cases come from `list_rows`, so that no query is
    made here. `calendar` is asked only if a clock counts working time.
    """
    return [_row(case, base, place_name(case.area), now, calendar, actor) for base in _base(cases) for case in cases]


def cards_of(actor: Actor, cases: Sequence[Case], now: datetime, calendar: Callable[[], Calendar]) -> list[Row]:
    """Cards of a phone: the place in the reporter's words, and the next act of this person as the card's foot."""
    return [
        _row(case, base, case.place or place_name(case.area), now, calendar, actor)
        for base in _base(cases)
        for case in cases
    ]


def _base(cases: Sequence[Case]) -> list[str]:
    """The address below which the cases lie, looked up once for all of them."""
    return [reverse("cases:list", args=[cases[0].county_id])] if cases else []


def _row(
    case: Case, base: str, place: str, now: datetime, calendar: Callable[[], Calendar], actor: Actor | None
) -> Row:
    act = next_act(actor, case) if actor is not None else None
    return Row(
        number=case.number,
        title=case.title,
        url=f"{base}{case.number}/",
        place=place,
        kind=kind_of(case).label,
        shape=SHAPES[State(case.state)],
        state=State(case.state).label,
        badge=case_badge(case, case.state, now, calendar),
        badge_title=badge_title(case, case.state, now),
        clock=clock_state(case),
        urgent=case.urgent,
        act=act_label(actor, case, act).rstrip("…") if actor is not None and act is not None else "",
        act_url=f"{base}{case.number}/{SPECS[act].resource}/" if act is not None else "",
        labels=labels_of(case),
        lon=degrees(case.lon),
        lat=degrees(case.lat),
    )


def degrees(number: int | None) -> str:
    """1e-7 degree as the browser reads it; empty for no position."""
    return "" if number is None else f"{number / 10_000_000:.7f}"


def labels_of(case: Case) -> tuple[str, ...]:
    """What stands on a line beside its state, in words; `is_whistled` comes with the rows of a list."""
    marks = {
        "督办": case.supervised > 0,
        "吹哨": getattr(case, "is_whistled", False),
        "分件": case.parent_id is not None,
        "有分件": case.parts > 0,
    }
    also = (f"另有 {case.joined} 人反映",) if case.joined else ()
    return (*(words for words, holds in marks.items() if holds), *also)


@cache
def _next_acts() -> tuple[Act, ...]:
    """What may come next, in order; whether somebody was called is not known of a line of a list."""
    return tuple(act for act in RULES if act in SPECS and act not in {*SIDE, Act.ARRIVE, Act.FINISH})


def next_act(actor: Actor, case: Case) -> Act | None:
    """What this person does next with it; `my_call` of a list's row says how the call to the own unit stands."""
    call = getattr(case, "my_call", None)
    if call in NEXT_OF_CALL and RULES[NEXT_OF_CALL[call]].posts(actor, case):
        return NEXT_OF_CALL[call]
    return next(
        (act for act in _next_acts() if case.state in RULES[act].states and is_possible(case, act)
         and RULES[act].posts(actor, case)),
        None,
    )  # fmt: skip


def act_url(case: Case, act: Act) -> str:
    return reverse(f"cases:{act.value}-create", args=[case.county_id, case.number])


def public_url(case: Case) -> str:
    """What the public sees of it; empty where it sees nothing. The page lies above: it is asked for by name."""
    if not is_open_to_all(case):
        return ""
    try:
        return reverse("portal:public-case", args=[case.county_id, case.number])
    except NoReverseMatch:
        return ""


def act_label(actor: Actor, case: Case, act: Act) -> str:
    """The verb on the button, as it is meant for this person on this case."""
    if act == Act.CLOSE and rates(actor, case):
        return "评价并办结"
    if act == Act.RETURN and case.state == State.HANDLED:
        return "退回重新处理"
    if act == Act.ESCALATE and not any(post.area_id == case.owner_id for post in actor.posts):
        return "提到本级办"
    return act.label


def buttons_of(actor: Actor, case: Case, calls: Sequence[Assignment] = ()) -> Buttons:
    """What this person may do now, the next step first; the same guard as the services'.

    The next step is whose turn it is: to pull a case up from below is possible, but not what comes next.
    """
    acts = [act for act in acts_for(actor, case, calls) if act in SPECS]
    beside = [act for act in acts if act in SIDE - {Act.ESCALATE}]
    main = [act for act in acts if act not in beside]
    rest = [_button(actor, case, act, False) for act in beside]
    buttons = [_button(actor, case, act, number == 0 and act not in SIDE) for number, act in enumerate(main)]
    if not buttons:
        return Buttons(None, (), tuple(rest))
    shown = _fitting(buttons) if actor.works_on_phone else SHOWN_ACTS
    return Buttons(buttons[0], tuple(buttons[1:shown]), (*buttons[shown:], *rest))


def _button(actor: Actor, case: Case, act: Act, primary: bool) -> Button:
    spec = SPECS[act]
    css = "btn-primary" if primary else "btn-danger" if spec.danger else "btn-outline"
    label = act_label(actor, case, act)
    if actor.works_on_phone and act == Act.RETURN:
        label = "退回"
    return Button(label, act_url(case, act), spec.icon, spec.direct, css)


def _fitting(buttons: Sequence[Button]) -> int:
    """How many buttons stand side by side on a phone: three at most, and no more than it is wide."""
    return next(
        number for number in (3, 2, 1) if sum(len(button.label) for button in buttons[:number]) <= PHONE_CHARACTERS
        or number == 1
    )  # fmt: skip


def position_words(case: Case) -> str:
    """东经 118.95123°，北纬 32.70988°，误差约 12 米; empty without a position."""
    if case.lon is None or case.lat is None:
        return ""
    words = f"东经 {case.lon / 1e7:.5f}°，北纬 {case.lat / 1e7:.5f}°"
    return f"{words}，误差约 {case.accuracy} 米" if case.accuracy is not None else words


def turn_words(case: Case) -> str:
    """Whose next step it is; the reporter may rate what was verified, unless it is a part, which nobody reported."""
    if not case.is_open:
        return ""
    if case.state == State.VERIFIED and case.parent_id is None:
        return "等反映人评价，7 天没有评价自动办结"
    turn = case.turn_unit or case.turn_area
    return turn.name if turn is not None else ""


def handler_words(case: Case) -> str:
    handler: object = case.handler_unit or case.handler_area
    return str(handler) if handler is not None else ""
