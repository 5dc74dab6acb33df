"""Periods in days of China: this month, the last, this quarter, this year, or any two days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from shanzhi.lib.errors import Invalid
from shanzhi.lib.times import SHANGHAI, local

MONTH, LAST_MONTH, QUARTER, YEAR, RANGE = "month", "last", "quarter", "year", "range"
LABELS: Final = {MONTH: "本月", LAST_MONTH: "上月", QUARTER: "本季度", YEAR: "今年", RANGE: "自定日期"}
LONGEST: Final = timedelta(days=366 * 3)
WRONG: Final = "日期没有选对：要从早到晚，最长三年。"


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of `first` to the end of `last`."""

    code: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        return midnight(self.last + timedelta(days=1))

    @property
    def words(self) -> str:
        """2026年11月, or 2026年10月1日到11月21日."""
        first, last = self.first, self.last
        if first.day == 1 and last == month_end(first):
            return f"{first.year}年{first.month}月"
        year = "" if last.year == first.year else f"{last.year}年"
        return f"{first.year}年{first.month}月{first.day}日到{year}{last.month}月{last.day}日"


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def month_end(day: date) -> date:
    """The last day of its month."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


def month_of(day: date) -> Period:
    return Period(MONTH, day.replace(day=1), month_end(day))


def named(code: str, at: datetime) -> Period:
    """One of the periods that have a name, as it is at this moment; an unknown one is this month."""
    today = local(at).date()
    if code == LAST_MONTH:
        day = today.replace(day=1) - timedelta(days=1)
        return Period(code, day.replace(day=1), day)
    if code == QUARTER:
        begins = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
        return Period(code, begins, month_end(date(today.year, begins.month + 2, 1)))
    if code == YEAR:
        return Period(code, date(today.year, 1, 1), date(today.year, 12, 31))
    return month_of(today)


def is_range(code: str, first: Any, last: Any) -> bool:
    """Whether days were asked for: said so, or named without a period. A named period goes before days."""
    return code == RANGE or (not code and bool(first or last))


def asked(code: str, first: date | None, last: date | None, by_name: Callable[[str], Period]) -> Period:
    """What a program asks for, read as a page reads its address. Invalid if the days make no period."""
    if not is_range(code, first, last):
        return by_name(code)
    found = between(str(first or ""), str(last or ""))
    if found is None:
        raise Invalid(WRONG, code="period", fields={"from": [WRONG]})
    return found


def right(wrong: str) -> None:
    """Invalid if there was something wrong with the days: what is printed or kept must not be of others."""
    if wrong:
        raise Invalid(WRONG, code="period", fields={"from": [WRONG]})


def between(first: str, last: str) -> Period | None:
    """The days between two that were typed, both included; None if one is no day, or they make no period."""
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    fits = days[0] <= days[1] and days[0].year >= 2000 and days[1].year <= 2100 and days[1] - days[0] <= LONGEST
    return Period(RANGE, *days) if fits else None
