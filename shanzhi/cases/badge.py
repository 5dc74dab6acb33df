"""What the badge of a clock says, in its own unit and by the calendar: pure, given row, moment and calendar."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from shanzhi.cases.catalogue import ENDED, State
from shanzhi.lib.clocks import Calendar, Unit, elapsed
from shanzhi.lib.times import local, show_span
from shanzhi.ui import words
from shanzhi.ui.words import ClockWords

HOUR: Final = 3600
NO_BADGE: Final = ClockWords("none", "")
PAUSES: Final = {
    Unit.WORKING_DAYS: "周末和节假日不算",
    Unit.WORKING_HOURS: "只算上班时间",
    Unit.DAYS: "从第二天算起，到那天结束",
}


class Clocked(Protocol):
    """A case, an assignment or a supervision, as far as its badge goes."""

    clock_unit: str
    due_at: datetime | None


def badge_of(row: Clocked, now: datetime, calendar: Callable[[], Calendar]) -> ClockWords:
    """剩余 2 个工作日, 剩余 5 个工作小时, 今天 17:30 到期, 已超 3 小时; late begins the moment after `due_at`.

    `calendar` is asked only for what is counted in working time.
    """
    due = row.due_at
    unit = Unit(row.clock_unit) if row.clock_unit else Unit.HOURS
    if due is None:
        return words.clock(None, now)
    if due < now:
        return ClockWords("late", _late(due, now, unit, calendar))
    if local(due).date() == local(now).date():
        return _today(due, now)
    if unit is Unit.WORKING_DAYS:
        return ClockWords("ok", f"剩余 {elapsed(now, due, unit, calendar())} 个工作日")
    if unit is Unit.WORKING_HOURS:
        left = elapsed(now, due, unit, calendar())
        return ClockWords("soon" if left <= 4 * HOUR else "ok", f"剩余 {_working_time(left)}")
    if unit is Unit.DAYS:
        return ClockWords("ok", f"剩余 {elapsed(now, due, unit, NO_CALENDAR)} 天")
    return words.clock(due, now)


def case_badge(row: Clocked, state: str, now: datetime, calendar: Callable[[], Calendar]) -> ClockWords:
    """The badge of a case: while it is suspended the day on which it goes on; when it has ended no time at all."""
    if state == State.SUSPENDED:
        return ClockWords("paused", f"已挂账，{day_words(row.due_at, now)}恢复" if row.due_at else "已挂账")
    if state in ENDED:
        return words.clock(row.due_at, now, state="done") if state == State.CLOSED else NO_BADGE
    return badge_of(row, now, calendar)


def badge_title(row: Clocked, state: str, now: datetime) -> str:
    """The whole truth for whoever points at the badge: when exactly, and what is not counted."""
    if row.due_at is None or state in ENDED:
        return ""
    if state == State.SUSPENDED:
        return f"{moment_words(row.due_at, now)} 自动恢复办理，时限从那时接着算"
    counted = PAUSES.get(Unit(row.clock_unit), "") if row.clock_unit else ""
    return f"要在 {words.when(row.due_at, now)} 前办完{f'（{counted}）' if counted else ''}"


def day_words(moment: datetime, now: datetime) -> str:
    """12月1日, with the year if it is another one: for what is written down, so never 今天."""
    here = local(moment)
    day = f"{here.month}月{here.day}日"
    return day if here.year == local(now).year else f"{here.year}年{day}"


def moment_words(moment: datetime, now: datetime) -> str:
    """12月1日 17:30; a whole day without the time."""
    here = local(moment)
    whole = (here.hour, here.minute) == (23, 59)
    return day_words(moment, now) if whole else f"{day_words(moment, now)} {here:%H:%M}"


NO_CALENDAR: Final = Calendar()  # natural days are counted without one


def _today(due: datetime, now: datetime) -> ClockWords:
    here = local(due)
    if (here.hour, here.minute) == (23, 59):
        return ClockWords("soon", "今天到期")
    if (due - now).total_seconds() < HOUR:
        return words.clock(due, now)
    return ClockWords("soon", f"今天 {here:%H:%M} 到期")


def _late(due: datetime, now: datetime, unit: Unit, calendar: Callable[[], Calendar]) -> str:
    if (now - due).total_seconds() < 60:
        return "刚超期"
    if unit is Unit.WORKING_DAYS:
        days = elapsed(due, now, unit, calendar())
        if days:
            return f"已超 {days} 个工作日"
    if unit is Unit.WORKING_HOURS:
        used = elapsed(due, now, unit, calendar())
        if used >= HOUR:
            return f"已超 {_working_time(used)}"
    return f"已超 {show_span(now - due)}"


def _working_time(seconds: int) -> str:
    return f"{seconds // HOUR} 个工作小时" if seconds >= HOUR else f"{max(seconds // 60, 1)} 个工作分钟"
