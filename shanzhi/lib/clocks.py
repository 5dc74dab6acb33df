"""Time limits in four units, counted as the Civil Code counts (articles 201 to 203), on Chinese clocks.

Hours run without a stop, working hours only inside the sessions of a working day. In the two day units the day on which
a period begins does not count: three working days end at the close of working hours of the third working day after it;
seven days end at 24:00 of the seventh, and if that one is a day off, of the next working day. 24:00 is written as
23:59:59, so that a badge, a list of what is due today and a paper all name the right day.

Laws, for any whole amount n (also a negative one: what was used up beyond the allowance) and any moments a, b, c:

- `elapsed(a, b) + elapsed(b, c) == elapsed(a, c)`: a pause at any moment neither loses nor gains, however often.
- `elapsed(a, due_at(a, n)) == n`, save for DAYS: there it is n plus the days off from the last day on, over which the
  end moved to the next working day.
- `due_at(b, n - elapsed(a, b)) == due_at(a, n)`, b in whole seconds: resuming at once after a pause changes nothing,
  and what was late before a pause is late by the same after it.
- `due_at` never falls when n or the beginning grows; it lies after the beginning if n is positive.

With nothing left (n == 0) the end is the one that came last: in a session now, else its close; the close of this
working day, or of the last one. A clock that stops on its last working day, in time, could so be late when it goes on
at night or on a day off; `left_on_resuming` gives it that day again.

Seconds are counted where they tick over; parts of a second in the beginning are kept in the end, and never add up.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Final

from shanzhi.lib.times import SHANGHAI, local

SECOND: Final = 1_000_000  # microseconds
ONE_SECOND: Final = timedelta(seconds=1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAY_END: Final = time(23, 59, 59)
LONGEST_DAYS: Final = 3660
SESSIONS: Final = ((time(8, 30), time(12, 0)), (time(14, 0), time(17, 30)))


class Unit(StrEnum):
    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    DAYS = "days"


# What a file says → the unit, and how much of its amount one is; the larger one first.
_WRITTEN: Final[dict[str, tuple[Unit, int]]] = {
    "hours": (Unit.HOURS, 3600),
    "minutes": (Unit.HOURS, 60),
    "seconds": (Unit.HOURS, 1),
    "working hours": (Unit.WORKING_HOURS, 3600),
    "working minutes": (Unit.WORKING_HOURS, 60),
    "working seconds": (Unit.WORKING_HOURS, 1),
    "working days": (Unit.WORKING_DAYS, 1),
    "days": (Unit.DAYS, 1),
}
_WORDS: Final[dict[str, str]] = {
    "hours": "小时",
    "minutes": "分钟",
    "seconds": "秒",
    "working hours": "个工作小时",
    "working minutes": "个工作分钟",
    "working seconds": "个工作秒",
    "working days": "个工作日",
    "days": "天",
}
_UNITS: Final = (
    {name: name for name in _WRITTEN}
    | {name.removesuffix("s"): name for name in _WRITTEN}
    | {words: name for name, words in _WORDS.items()}
    | {words.removeprefix("个"): name for name, words in _WORDS.items()}
)
_SPAN: Final = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*(.*)")
_HINT: Final = "请写成“30 minutes”“24 hours”“4 working hours”“3 working days”或“7 days”这样的形式"


@dataclass(frozen=True)
class Span:
    """A limit as people state it. `amount`: whole seconds for the two hour units, whole days for the two day units."""

    unit: Unit
    amount: int

    def __post_init__(self) -> None:
        longest = LONGEST_DAYS * (86400 if self.unit in (Unit.HOURS, Unit.WORKING_HOURS) else 1)
        if self.amount <= 0:
            raise ValueError("期限要大于 0，请改成 1 或更大的数。")
        if self.amount > longest:
            raise ValueError("期限太长，最长 10 年，请检查数字和单位。")

    @classmethod
    def parse(cls, text: str) -> Span:
        """From `3 working days`, `1 hour` or `3 个工作日`; else a ValueError whose sentence says what to write."""
        written = " ".join(str(text).lower().split())
        found = _SPAN.fullmatch(written)
        if found is None:
            raise ValueError(f"看不懂期限“{written}”，{_HINT}。" if written else f"期限是空的，{_HINT}。")
        number, unit = found.groups()
        if not unit:
            raise ValueError(f"期限“{written}”没有写单位，{_HINT}。")
        if unit not in _UNITS:
            raise ValueError(f"不认识期限“{written}”里的单位“{unit}”，{_HINT}。")
        if "." in number:
            raise ValueError(f"期限“{written}”里不能有小数，请换成小一级的单位，例如把 1.5 hours 写成 90 minutes。")
        if len(number) > 12:
            raise ValueError("期限太长，最长 10 年，请检查数字和单位。")
        known, one = _WRITTEN[_UNITS[unit]]
        return cls(known, int(number) * one)

    def text(self) -> str:
        """The one way in which it is written in a file: the largest unit without a remainder, always in the plural."""
        number, name = self._largest()
        return f"{number} {name}"

    def words(self) -> str:
        """For readers: 30 分钟, 24 小时, 4 个工作小时, 3 个工作日, 7 天."""
        number, name = self._largest()
        return f"{number} {_WORDS[name]}"

    def _largest(self) -> tuple[int, str]:
        return next(
            (self.amount // one, name)
            for name, (unit, one) in _WRITTEN.items()
            if unit is self.unit and self.amount % one == 0
        )


@dataclass(frozen=True)
class Calendar:
    """Which days are worked, and when. Without a table: Monday to Friday.

    `holidays` are days off beyond Saturday and Sunday (those in it do no harm), `workdays` the Saturdays and Sundays
    that are worked instead; a day in both is off. `until`: the last day for which the official table is known.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    sessions: tuple[tuple[time, time], ...] = SESSIONS
    until: date | None = None

    def __post_init__(self) -> None:
        edges = [edge for session in self.sessions for edge in session]
        if not edges or any(early >= late for early, late in pairwise(edges)):
            raise ValueError("上班时间要从早到晚、互不重叠，例如 08:30-12:00、14:00-17:30。")
        if any(edge.tzinfo is not None or edge.microsecond for edge in edges):
            raise ValueError("the edges of a session are whole seconds on Chinese clocks")

    def is_workday(self, day: date) -> bool:
        return self._worked(day.toordinal())

    def knows(self, day: date) -> bool:
        """Whether the official table reaches this day; beyond it Monday to Friday is a guess."""
        return self.until is not None and day <= self.until

    def workday_from(self, day: date) -> date:
        """This day, or the first working day after it."""
        return date.fromordinal(self._worked_from(day.toordinal()))

    # Days are counted as ordinals: day 1 of the calendar was a Monday, so ordinal % 7 is 1 for Monday, 0 for Sunday.

    @cached_property
    def _off(self) -> frozenset[int]:
        return frozenset(day.toordinal() for day in self.holidays if day.weekday() < 5)

    @cached_property
    def _made_up(self) -> frozenset[int]:
        return frozenset(day.toordinal() for day in self.workdays - self.holidays if day.weekday() >= 5)

    @cached_property
    def _off_sorted(self) -> list[int]:
        return sorted(self._off)

    @cached_property
    def _made_up_sorted(self) -> list[int]:
        return sorted(self._made_up)

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        """The sessions in microseconds since midnight."""
        return [(_of_day(opens), _of_day(closes)) for opens, closes in self.sessions]

    @cached_property
    def _day_length(self) -> int:
        return sum(closes - opens for opens, closes in self._spans)

    def _worked(self, ordinal: int) -> bool:
        if 1 <= ordinal % 7 <= 5:
            return ordinal not in self._off
        return ordinal in self._made_up

    def _worked_from(self, ordinal: int) -> int:
        while not self._worked(ordinal):
            ordinal += 1
        return ordinal

    def _moved(self, ordinal: int) -> int:
        """Working days beyond Monday to Friday, up to and with this day."""
        return bisect_right(self._made_up_sorted, ordinal) - bisect_right(self._off_sorted, ordinal)

    def _count(self, ordinal: int) -> int:
        """Working days up to and with this day, since the beginning of the calendar; one step a working day."""
        weeks, rest = divmod(ordinal, 7)
        return weeks * 5 + min(rest, 5) + self._moved(ordinal)

    def _nth(self, number: int) -> int:
        """The working day up to which `_count` is this number: a jump by weeks, then a walk over holidays nearby."""
        ordinal = _weekday(number)
        ordinal = _weekday(number - self._moved(ordinal))
        count = self._count(ordinal)
        while count >= number:
            count -= self._worked(ordinal)
            ordinal -= 1
        while count < number:
            ordinal += 1
            count += self._worked(ordinal)
        return ordinal

    def _worked_time(self, ordinal: int, clock: int) -> int:
        """Working microseconds from the beginning of the calendar to this time of this day."""
        whole = self._count(ordinal) * self._day_length
        if not self._worked(ordinal):
            return whole
        return whole - sum(closes - max(opens, min(clock, closes)) for opens, closes in self._spans)

    def _worked_until(self, total: int) -> datetime:
        """The first moment at which so much working time has passed."""
        days, rest = divmod(total, self._day_length)
        if rest == 0:
            days, rest = days - 1, self._day_length
        midnight = datetime.combine(date.fromordinal(self._nth(days + 1)), time(), SHANGHAI)
        for opens, closes in self._spans:
            if rest <= closes - opens:
                return midnight + timedelta(microseconds=opens + rest)
            rest -= closes - opens
        raise AssertionError("a day of work is as long as its sessions")

    def _close(self, ordinal: int) -> datetime:
        return datetime.combine(date.fromordinal(ordinal), self.sessions[-1][1], SHANGHAI)


def due_at(start: datetime, amount: int, unit: Unit, calendar: Calendar) -> datetime:
    """The end of a period of `amount` (seconds or days, as `Span` has it) that begins at `start`; naive: ValueError."""
    here = local(start)
    if unit is Unit.HOURS:
        return (here.astimezone(UTC) + timedelta(seconds=amount)).astimezone(SHANGHAI)
    ordinal = here.toordinal()
    if unit is Unit.DAYS:
        last = calendar._worked_from(ordinal + amount)
        return datetime.combine(date.fromordinal(last), DAY_END, SHANGHAI)
    if unit is Unit.WORKING_HOURS:
        return calendar._worked_until(calendar._worked_time(ordinal, _of_day(here)) + amount * SECOND)
    return calendar._close(calendar._nth(calendar._count(ordinal) + amount))


def elapsed(start: datetime, end: datetime, unit: Unit, calendar: Calendar) -> int:
    """How much of a period is used up from `start` to `end`; negative if `end` is before. A day counts as it begins."""
    first, last = local(start), local(end)
    if unit is Unit.HOURS:
        return (last - EPOCH) // ONE_SECOND - (first - EPOCH) // ONE_SECOND
    if unit is Unit.DAYS:
        return last.toordinal() - first.toordinal()
    if unit is Unit.WORKING_DAYS:
        return calendar._count(last.toordinal()) - calendar._count(first.toordinal())
    used = [calendar._worked_time(moment.toordinal(), _of_day(moment)) // SECOND for moment in (first, last)]
    return used[1] - used[0]


def left_on_resuming(stopped: datetime, at: datetime, left: int, unit: Unit, calendar: Calendar) -> int:
    """What is left of a clock that stopped at `stopped` with `left` and goes on at `at`: the same, except that what
    stopped in time has the least more with which it is in time again (for working days: another day)."""
    if due_at(stopped, left, unit, calendar) < stopped:
        return left
    while due_at(at, left, unit, calendar) < at:
        left += 1
    return left


def _of_day(clock: time | datetime) -> int:
    """Microseconds since midnight."""
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * SECOND + clock.microsecond


def _weekday(number: int) -> int:
    """The ordinal of the n-th day from Monday to Friday since the beginning of the calendar."""
    weeks, rest = divmod(number - 1, 5)
    return weeks * 7 + rest + 1
