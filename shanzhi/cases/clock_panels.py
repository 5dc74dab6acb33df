"""What the case page says about its time beside the badge: put aside until when, who wants more, who an answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shanzhi.cases.acts import Act
from shanzhi.cases.badge import Clocked, badge_of, day_words, moment_words
from shanzhi.cases.catalogue import State
from shanzhi.cases.covering import NONE, Covers
from shanzhi.cases.models import Case, Extension, Step, Supervision
from shanzhi.cases.selectors.clocks import extensions_of, supervisions_of
from shanzhi.lib.clocks import Calendar, Span, Unit
from shanzhi.ui.words import ClockWords


@dataclass(frozen=True, slots=True)
class SupervisionRow:
    """One demand with its own clock, and the answer if there is one."""

    by: str
    at: datetime
    text: str
    badge: ClockWords
    due: str
    answer: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """One request for more time and what became of it."""

    by: str
    at: datetime
    amount: str
    reason: str
    state: str
    shape: str
    words: str
    decided_by: str
    decided_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        return self.decided_at is None


@dataclass(frozen=True, slots=True)
class Suspension:
    """Since when it is put aside, why and by whom, and when it goes on by itself."""

    until: str
    since: datetime | None
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class ClockPanels:
    """Empty parts are not shown."""

    supervisions: tuple[SupervisionRow, ...] = ()
    extensions: tuple[ExtensionRow, ...] = ()
    suspension: Suspension | None = None


def clock_panels(
    case: Case, now: datetime, steps: Sequence[Step], *, calendar: Callable[[], Calendar], covers: Covers = NONE
) -> ClockPanels:
    """Two statements at most, and none for a case whose steps know no such act; `steps` newest first, as this reader
    reads them: what is kept of the same words beside them is covered by the same covers."""
    acts = {step.act for step in steps}
    supervised = supervisions_of(case) if Act.SUPERVISE in acts else []
    asked = extensions_of(case) if Act.ASK in acts else []
    for row in supervised:
        row.text, row.answer = covers.text(row.text), covers.text(row.answer)
    for one in asked:
        one.reason, one.words = covers.text(one.reason), covers.text(one.words)
    return ClockPanels(
        tuple(_supervision(row, now, calendar) for row in supervised),
        tuple(_extension(row) for row in asked),
        _suspension(case, steps, now),
    )


def _supervision(row: Supervision, now: datetime, calendar: Callable[[], Calendar]) -> SupervisionRow:
    return SupervisionRow(
        by=row.by, at=row.opened_at, text=row.text, badge=_answer_badge(row, now, calendar),
        due=f"{moment_words(row.due_at, now)} 前回复" if row.due_at is not None else "", answer=row.answer,
        answered_by=row.answered_by, answered_at=row.answered_at,
    )  # fmt: skip


def _answer_badge(row: Supervision, now: datetime, calendar: Callable[[], Calendar]) -> ClockWords:
    answered: Clocked = row
    if row.answered_at is None:
        return badge_of(answered, now, calendar)
    late = row.due_at is not None and row.answered_at > row.due_at
    return ClockWords("donelate", "超期回复") if late else ClockWords("done", "按期回复")


SHAPES = {
    Extension.State.ASKED: "new", Extension.State.GRANTED: "done", Extension.State.REFUSED: "back",
    Extension.State.LAPSED: "hold",
}  # fmt: skip


def _extension(row: Extension) -> ExtensionRow:
    state = Extension.State(row.state)
    return ExtensionRow(
        by=row.asked_by, at=row.asked_at, amount=Span(Unit(row.clock_unit), row.amount).words(), reason=row.reason,
        state=state.label, shape=SHAPES[state], words=row.words, decided_by=row.decided_by, decided_at=row.decided_at,
    )  # fmt: skip


def _suspension(case: Case, steps: Sequence[Step], now: datetime) -> Suspension | None:
    if case.state != State.SUSPENDED:
        return None
    step = next((step for step in steps if step.act == Act.SUSPEND), None)
    until = day_words(case.due_at, now) if case.due_at is not None else ""
    if step is None:
        return Suspension(until, None, "", "")
    return Suspension(until, step.at, step.text, f"{step.actor_name}，{step.actor_title}")
