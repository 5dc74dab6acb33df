"""Starting, stopping and moving the clock of a case, an assignment or a supervision; pure, given the calendar.

Each function returns the columns of `Timed` that change. A clock warns three times: when half of the allowed time is
used, when all of it is, and when three times as much is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shanzhi.cases.models.timed import Timed
from shanzhi.lib.clocks import Calendar, Span, Unit, due_at, elapsed

KEPT: Final[Mapping[str, Any]] = {}
STOPPED: Final[Mapping[str, Any]] = {"running_since": None, "due_at": None, "watch_at": None}
HALF, DUE, TRIPLE = 1, 2, 3


def started(span: Span, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """A new clock that runs from `at`."""
    return {
        "clock_unit": span.unit.value,
        "allowed": span.amount,
        "spent": 0,
        "running_since": at,
        "due_at": due_at(at, span.amount, span.unit, calendar),
        "watch_at": _watch(span.unit, span.amount, 0, at, 0, calendar),
        "warned": 0,
    }


def paused(row: Timed, at: datetime, calendar: Calendar, *, until: datetime | None = None) -> dict[str, Any]:
    """What ran so far is spent; the clock stands until it is resumed, at `until` at the latest."""
    return {"spent": spent(row, at, calendar), "running_since": None, "due_at": until, "watch_at": until}


def resumed(row: Timed, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """It runs on from `at` with what is left; what was overspent stays overdue since `at`."""
    return _running(row, at, calendar, row.allowed, row.spent)


def extended(row: Timed, amount: int, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """`amount` more, in the clock's own unit; spent time and the warnings of the old limit are kept in mind."""
    used = spent(row, at, calendar)
    return {"allowed": row.allowed + amount, **_running(row, at, calendar, row.allowed + amount, used)}


def recomputed(row: Timed, calendar: Calendar) -> dict[str, Any]:
    """The same clock under another calendar; nothing for one that stands still."""
    if row.running_since is None or not row.clock_unit:
        return {}
    return _running(row, row.running_since, calendar, row.allowed, row.spent, warned=row.warned)


def spent(row: Timed, at: datetime, calendar: Calendar) -> int:
    """What is used up at `at`, in the clock's own unit."""
    if row.running_since is None or not row.clock_unit:
        return row.spent
    return row.spent + elapsed(row.running_since, max(at, row.running_since), Unit(row.clock_unit), calendar)


def _running(
    row: Timed, at: datetime, calendar: Calendar, allowed: int, used: int, *, warned: int | None = None
) -> dict[str, Any]:
    unit = Unit(row.clock_unit)
    due = due_at(at, allowed - used, unit, calendar) if used < allowed else at
    told = warned if warned is not None else min(row.warned, HALF) if used < allowed else row.warned
    return {
        "spent": used,
        "running_since": at,
        "due_at": due,
        "watch_at": _watch(unit, allowed, used, at, told, calendar),
        "warned": told,
    }


def _watch(unit: Unit, allowed: int, used: int, at: datetime, warned: int, calendar: Calendar) -> datetime | None:
    """When the next of the three warnings falls; None when all were given."""
    marks = {HALF: allowed // 2, DUE: allowed, TRIPLE: 3 * allowed}
    for level, mark in marks.items():
        if level > warned:
            return due_at(at, mark - used, unit, calendar) if mark > used else at
    return None


def next_watch(row: Timed, warned: int, calendar: Calendar) -> datetime | None:
    """When to look again after `warned` warnings."""
    if row.running_since is None:
        return None
    return _watch(Unit(row.clock_unit), row.allowed, row.spent, row.running_since, warned, calendar)
