"""Periods of a board: the last day, week, month or year, today included, or any days; and the period before."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from shanzhi.cases.rates import periods
from shanzhi.cases.rates.periods import RANGE, Period, between, is_range
from shanzhi.lib.times import local

DAY, WEEK, MONTH, YEAR = "day", "week", "month", "year"
LENGTHS: Final = {DAY: 1, WEEK: 7, MONTH: 30, YEAR: 365}
LABELS: Final = {DAY: "今天", WEEK: "最近 7 天", MONTH: "最近 30 天", YEAR: "最近一年"}
CODES: Final = (*LABELS, RANGE)
WRONG: Final = f"{periods.WRONG}现在显示的是最近 30 天。"
DAILY: Final = 62  # days that a plot shows one by one
WEEKLY: Final = 400
REST: Final = 3  # days that are too few for a week of their own


def last_days(code: str, at: datetime) -> Period:
    """So many days up to today; an unknown code is the last month."""
    code = code if code in LENGTHS else MONTH
    today = local(at).date()
    return Period(code, today - timedelta(days=LENGTHS[code] - 1), today)


def asked(query: Mapping[str, str], at: datetime) -> tuple[Period, str]:
    """The period of an address, and a sentence if its days make none: then it is the last month."""
    code = query.get("period", "")
    if is_range(code, query.get("from"), query.get("to")):
        found = between(query.get("from", ""), query.get("to", ""))
        return (found, "") if found is not None else (last_days(MONTH, at), WRONG)
    return last_days(code, at), ""


def before(period: Period) -> Period:
    """As many days, directly before."""
    length = (period.last - period.first).days + 1
    return Period(period.code, period.first - timedelta(days=length), period.first - timedelta(days=1))


def label(period: Period) -> str:
    return LABELS.get(period.code, period.words)


def label_before(period: Period) -> str:
    """What a change is measured against: 昨天, 前 7 天, 前一年."""
    length = (period.last - period.first).days + 1
    return {DAY: "昨天", YEAR: "前一年"}.get(period.code, f"前 {length} 天")


@dataclass(frozen=True, slots=True)
class Step:
    """Days that a plot shows as one point."""

    first: date
    last: date
    dated: bool = False  # with the year: the plot has this day twice

    @property
    def words(self) -> str:
        year = f"{self.first.year}年" if self.dated else ""
        first = f"{year}{self.first.month}月{self.first.day}日"
        return first if self.first == self.last else f"{first}到{self.last.month}月{self.last.day}日"


def steps_of(period: Period) -> tuple[str, list[Step]]:
    """每天, 每周 or 每月, with the steps in order. Weeks are counted back from the last day, so that the newest is
    whole; a few days that are left at the beginning belong to the first of them."""
    length = (period.last - period.first).days + 1
    if length <= DAILY:
        return "每天", [Step(day, day) for day in (period.first + timedelta(days=n) for n in range(length))]
    words, steps = ("每周", _weeks(period)) if length <= WEEKLY else ("每月", _months(period))
    return words, [replace(step, dated=length > LENGTHS[YEAR]) for step in steps]


def _weeks(period: Period) -> list[Step]:
    steps, last = [], period.last
    while (last - period.first).days + 1 > 7 + REST:
        steps.append(Step(last - timedelta(days=6), last))
        last -= timedelta(days=7)
    return [Step(period.first, last), *reversed(steps)]


def _months(period: Period) -> list[Step]:
    steps, first = [], period.first
    while first <= period.last:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        steps.append(Step(first, min(following - timedelta(days=1), period.last)))
        first = following
    return steps
