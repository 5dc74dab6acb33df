"""What an act changes of the moments that the rates are counted from (`models/measured.py`).

Asked by the engine for every act, in the same commit. Pure but for the calendar, which the moment looks up once.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from shanzhi.cases import clocks
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import AT_HANDLER, Clock, State
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.models import Case
from shanzhi.lib.clocks import Calendar

# Whoever is in one of these was accepted: taken on, and not only passed about.
TAKEN_ON: Final = frozenset({
    State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.HANDLED, State.VERIFIED, State.CLOSED,
})  # fmt: skip
HAS_RESULT: Final = frozenset({State.HANDLED, State.VERIFIED, State.CLOSED, State.REJECTED, State.MERGED})


def measured(
    case: Case, act: Act, state: State, clock: dict[str, Any], *, at: datetime, kind: KindBody, calendar: Any,
    satisfied: bool | None,
) -> dict[str, Any]:  # fmt: skip
    """Columns that change when `act` takes the case to `state` with these columns of its clock.

    `calendar` is called when a deadline begins: few acts need it.
    """
    found: dict[str, Any] = {}
    if satisfied is not None:
        found |= {"rated_at": at, "satisfied": satisfied}
    if state in TAKEN_ON and case.accepted_at is None:
        found |= {"accepted_at": at, "close_by": round_end(kind, case, at, calendar())}
    if state == State.HANDLED and case.state != State.HANDLED:
        found["handled_at"] = at
    elif case.handled_at is not None and state not in HAS_RESULT:
        found["handled_at"] = None
    if state == State.CLOSED and case.closed_at is None:
        found["closed_at"] = at
    if act == Act.RETURN and case.state in AT_HANDLER:
        found["handed_back"] = True
    if act == Act.REOPEN or (act == Act.RETURN and satisfied is False):
        found |= {"dispatches": 0, "close_by": round_end(kind, case, at, calendar())}
    return found | _given(case, act, state, clock, at) | _moved(case, act, clock)


def round_end(kind: KindBody, case: Case, at: datetime, calendar: Calendar) -> datetime:
    """By when the result is due if nobody says otherwise: the kind's time for handling from now on."""
    due: datetime = clocks.started(kind.span(Clock.HANDLE, urgent=case.urgent), at, calendar)["due_at"]
    return due


def _given(case: Case, act: Act, state: State, clock: dict[str, Any], at: datetime) -> dict[str, Any]:
    """A dispatch counts; the first one of a round, or splitting before it, says by when the result is due."""
    first = {"close_by": clock["due_at"]} if case.dispatches == 0 and "due_at" in clock else {}
    if act == Act.SPLIT:
        return first
    if act not in (Act.ACCEPT, Act.DISPATCH) or state != State.DISPATCHED:
        return {}
    again = case.redispatched or case.dispatches > 0
    return {
        **first, "dispatches": case.dispatches + 1, "redispatched": again,
        "dispatched_at": case.dispatched_at or at,
    }  # fmt: skip


def _moved(case: Case, act: Act, clock: dict[str, Any]) -> dict[str, Any]:
    """More time that was granted, a pause and a new holiday table move the end by as much as the step's own clock."""
    new, old = clock.get("due_at"), _old_end(case, act)
    if case.close_by is None or new is None or old is None:
        return {}
    shift: timedelta = new - old
    return {"close_by": case.close_by + shift} if shift else {}


def _old_end(case: Case, act: Act) -> datetime | None:
    """Where the step's clock would have ended before the act; None for acts that move no deadline."""
    if act == Act.GRANT or (act == Act.RECKON and (case.state in AT_HANDLER or case.parts)):
        return case.due_at
    if act in (Act.RESUME, Act.UNMERGE):
        kept = case.before.get("due_at")
        return datetime.fromisoformat(kept) if kept else None
    return None
