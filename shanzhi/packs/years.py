"""A year's holiday table as people look at it: month by month, and which days a new table changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from shanzhi.packs.calendars import merged
from shanzhi.packs.holidays import HolidaysBody, show_day

OFF: Final = "off"
WORK: Final = "work"
WEEKEND: Final = "weekend"
MARKS: Final = {OFF: "休", WORK: "班", WEEKEND: "", "": ""}
_EFFECTS: Final = {(True, False): "不再算", (False, True): "改为算", (True, True): "照旧算", (False, False): "照旧不算"}


@dataclass(frozen=True, slots=True)
class Day:
    """One day: `kind` is off (by the table), work (a weekend that is worked), weekend, or empty for an ordinary one."""

    day: date
    kind: str
    name: str

    @property
    def mark(self) -> str:
        return MARKS[self.kind]

    @property
    def is_worked(self) -> bool:
        return self.kind in (WORK, "")

    @property
    def words(self) -> str:
        """What the day is: 春节放假, 补班, 周末休息, 上班."""
        return {OFF: f"{self.name}放假", WORK: "补班", WEEKEND: "周末休息", "": "上班"}[self.kind]


@dataclass(frozen=True, slots=True)
class Month:
    """`weeks` from Monday to Sunday; None where another month's days are."""

    number: int
    weeks: tuple[tuple[Day | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One day, or several in a row, that will be something else; `effect` says whether limits run differently."""

    first: date
    last: date
    before: str
    after: str
    effect: str

    @property
    def when(self) -> str:
        return show_day(self.first) if self.first == self.last else f"{show_day(self.first)} 至 {show_day(self.last)}"


def days_of(body: HolidaysBody) -> list[Day]:
    """Every day of the year, in order."""
    names = {day: off.name for off in body.days_off for day in off.days}
    worked = frozenset(body.workdays)
    return [_day(day, names, worked) for day in _year(body.year)]


def _day(day: date, names: dict[date, str], worked: frozenset[date]) -> Day:
    if day in names:
        return Day(day, OFF, names[day])
    if day.weekday() >= 5:
        return Day(day, WORK if day in worked else WEEKEND, "")
    return Day(day, "", "")


def _year(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def months_of(body: HolidaysBody) -> list[Month]:
    """The twelve months of the year."""
    months = []
    for number, found in groupby(days_of(body), key=lambda one: one.day.month):
        days = list(found)
        cells: list[Day | None] = [None] * days[0].day.weekday() + days
        cells += [None] * (-len(cells) % 7)
        months.append(Month(number, tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))))
    return months


def workdays_in(body: HolidaysBody) -> int:
    """How many days of the year are worked."""
    calendar = merged([body])
    return sum(calendar.is_workday(day) for day in _year(body.year))


def changes(before: HolidaysBody | None, after: HolidaysBody) -> list[Change]:
    """What another table of the same year changes, days in a row together; without a table before, against none."""
    old = days_of(before) if before else [_day(day, {}, frozenset()) for day in _year(after.year)]
    found: list[Change] = []
    for was, now in zip(old, days_of(after), strict=True):
        if was == now:
            continue
        one = Change(now.day, now.day, was.words, now.words, _EFFECTS[was.is_worked, now.is_worked])
        last = found[-1] if found else None
        if last and last.last + timedelta(days=1) == one.first and _same(last, one):
            found[-1] = Change(last.first, one.last, one.before, one.after, one.effect)
        else:
            found.append(one)
    return found


def _same(one: Change, other: Change) -> bool:
    return (one.before, one.after) == (other.before, other.after)
