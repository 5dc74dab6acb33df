"""Figures for a reader: of a place and a period, of the places below side by side, and day by day.

The figures are those of this very moment. Days are days of China; a day counts whole, today as well: what is due later
today is among what is due, as on the page of rates. What stands open is meant at the end of the period, or now if that
is not over; what is overdue is always counted now.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.access.indicators import Indicator, indicators_for
from shanzhi.areas.models import Area
from shanzhi.areas.selectors import children
from shanzhi.cases.rates.board import BELOW, OWN
from shanzhi.cases.rates.periods import Period
from shanzhi.insight import live, rolled
from shanzhi.insight.live import Facts, Reader, summed
from shanzhi.insight.values import DayValue, PlaceValues, Value, value_of, values_of

DAY: Final = timedelta(days=1)


def figures(actor: Actor, area: Area, period: Period, at: datetime) -> dict[str, Value]:
    """Every indicator that the actor may see, by code. The area has to lie in the actor's scope (`area_for`)."""
    reader = Reader(actor, area, at)
    return values_of(indicators_for(actor), summed(_places(reader, period, below=False).values()))


def by_area(actor: Actor, area: Area, period: Period, at: datetime) -> list[PlaceValues]:
    """The same for each place directly below. Empty for a grid."""
    if area.level not in BELOW:
        return []
    return place_values(indicators_for(actor), area, _places(Reader(actor, area, at), period))


def place_values(wanted: Mapping[str, Indicator], area: Area, found: Mapping[str, Facts]) -> list[PlaceValues]:
    """Open places directly below, abolished ones only if they have something, and last what lies in none of them."""
    rows = []
    for place in children(area, closed=True):
        facts = {name: number for name, number in found.get(place.path, {}).items() if number}
        if place.is_open or facts:
            rows.append(PlaceValues(place, place.name, values_of(wanted, facts)))
    own = {name: number for name, number in found.get(area.path, {}).items() if number}
    return [*rows, PlaceValues(None, OWN, values_of(wanted, own))] if own else rows


def by_day(
    actor: Actor, area: Area, period: Period, at: datetime, codes: Iterable[str]
) -> Mapping[str, list[DayValue]]:
    """A value for each day of the period; empty for what is not known day by day. Unknown codes are left out."""
    reader, known = Reader(actor, area, at), indicators_for(actor)
    wanted = {code: known[code] for code in codes if code in known}
    days = _days(reader, period)
    found: dict[str, list[DayValue]] = {code: [] for code in wanted}
    for number in range((period.last - period.first).days + 1):
        day = period.first + DAY * number
        for code, indicator in _of_days(wanted).items():
            found[code].append(DayValue(day, value_of(indicator, days.get(day, {}))))
    return found


def _of_days(wanted: Mapping[str, Indicator]) -> dict[str, Indicator]:
    return {code: indicator for code, indicator in wanted.items() if indicator.has_days}


def _places(reader: Reader, period: Period, *, below: bool = True) -> dict[str, Facts]:
    try:
        found = rolled.by_place(reader, period, below=below)
    except rolled.Unknown:
        found = live.by_place(reader, period)
    for path, many in live.late(reader).items():
        found.setdefault(path, {})["overdue"] = many
    return found


def _days(reader: Reader, period: Period) -> dict[date, Facts]:
    try:
        return rolled.by_day(reader, period)
    except rolled.Unknown:
        return live.by_day(reader, period)
