"""Starting, stopping and moving the clock of a case, an assignment or a supervision; pure, given the calendar.

Each function returns the columns of `Timed` that change. A running clock always says the same thing twice: `due_at` is
`lib.clocks.due_at(running_since, allowed - spent)`, also when that lies in the past. It warns three times: when half of
the allowed time is used, when all of it is, and when three times as much is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shanzhi.cases.models.timed import Timed
from shanzhi.lib.clocks import Calendar, Span, Unit, due_at, elapsed, left_on_resuming

KEPT: Final[Mapping[str, Any]] = {}
STOPPED: Final[Mapping[str, Any]] = {"running_since": None, "due_at": None, "watch_at": None}
HALF, DUE, TRIPLE = 1, 2, 3


def started(span: Span, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """A new clock that runs from `at`."""
    return {"clock_unit": span.unit.value, **_running(span.unit, span.amount, 0, at, 0, calendar)}


def is_new(columns: Mapping[str, Any]) -> bool:
    """Whether these columns are those of a clock that was started, and not of one that goes on."""
    return "clock_unit" in columns


def paused(row: Timed, at: datetime, calendar: Calendar, *, until: datetime | None = None) -> dict[str, Any]:
    """What ran so far is spent; the clock stands until it is resumed, at `until` at the latest."""
    return {"spent": spent(row, at, calendar), "running_since": None, "due_at": until, "watch_at": until}


def resumed(row: Timed, at: datetime, calendar: Calendar, *, stopped: datetime) -> dict[str, Any]:
    """It runs on from `at` with what was left at `stopped`: late is late by the same, and in time stays in time.

    For the latter a little that was spent can be given back: at night there is nothing left of this working day. An end
    in days that would fall on days off moves behind them, as it always does; what is late by less than a whole day goes
    on until the close of the day on which it is resumed.
    """
    if not row.clock_unit:
        return {}
    unit = Unit(row.clock_unit)
    left = left_on_resuming(stopped, max(at, stopped), row.allowed - row.spent, unit, calendar)
    return _running(unit, row.allowed, row.allowed - left, max(at, stopped), row.warned, calendar)


def extended(row: Timed, amount: int, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """`amount` more, in the clock's own unit. What it warned of counts again, if the new end lies ahead."""
    return _moved(row, row.allowed + amount, at, calendar)


def recomputed(row: Timed, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """The same clock under another calendar; nothing for one that stands or to which days make no difference."""
    if row.running_since is None or not row.clock_unit:
        return {}
    columns = _moved(row, row.allowed, at, calendar)
    return columns if any(getattr(row, name) != value for name, value in columns.items()) else {}


def _moved(row: Timed, allowed: int, at: datetime, calendar: Calendar) -> dict[str, Any]:
    if row.running_since is None or not row.clock_unit:
        return {"allowed": allowed}
    unit = Unit(row.clock_unit)
    columns = _running(unit, allowed, row.spent, row.running_since, row.warned, calendar)
    if columns["due_at"] > at and row.warned > HALF:
        return _running(unit, allowed, row.spent, row.running_since, HALF, calendar)
    return columns


def spent(row: Timed, at: datetime, calendar: Calendar) -> int:
    """What is used up at `at`, in the clock's own unit."""
    if row.running_since is None or not row.clock_unit:
        return row.spent
    return row.spent + elapsed(row.running_since, max(at, row.running_since), Unit(row.clock_unit), calendar)


def _running(unit: Unit, allowed: int, used: int, since: datetime, warned: int, calendar: Calendar) -> dict[str, Any]:
    return {
        "allowed": allowed,
        "spent": used,
        "running_since": since,
        "due_at": due_at(since, allowed - used, unit, calendar),
        "watch_at": _watch(unit, allowed, used, since, warned, calendar),
        "warned": warned,
    }


def _watch(unit: Unit, allowed: int, used: int, since: datetime, warned: int, calendar: Calendar) -> datetime | None:
    """When the next of the three warnings falls, perhaps long ago; None when all were given."""
    marks = {HALF: (allowed + 1) // 2, DUE: allowed, TRIPLE: 3 * allowed}
    return next((due_at(since, mark - used, unit, calendar) for level, mark in marks.items() if level > warned), None)


def next_watch(row: Timed, warned: int, calendar: Calendar) -> datetime | None:
    """When to look again after `warned` warnings."""
    if row.running_since is None or not row.clock_unit:
        return None
    return _watch(Unit(row.clock_unit), row.allowed, row.spent, row.running_since, warned, calendar)
