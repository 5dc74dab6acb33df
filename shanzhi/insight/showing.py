"""The pages of indicators as values: what somebody asked for, and the lines that page, paper, file and API show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import QueryDict

from shanzhi.access.actor import Actor
from shanzhi.access.indicators import Asked, Indicator, indicators_for
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.cases.rates.board import BELOW, area_for, period_of
from shanzhi.cases.rates.periods import Period
from shanzhi.insight.reading import by_area, by_day, figures
from shanzhi.insight.values import DayValue, PlaceValues, Value
from shanzhi.lib.times import local

MOST: Final = 40  # characters that are searched for
SORTS: Final = ("", "high", "low")


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at which place in which period; `wrong` says what was wrong with the days that were typed."""

    actor: Actor
    area: Area
    period: Period
    at: datetime
    wrong: str = ""

    @property
    def below(self) -> str:
        return BELOW.get(self.area.level, "")

    def records(self, indicator: Indicator, area: Area | None = None) -> list[tuple[str, str, str]]:
        """(words, address, fact) of the lists behind a figure of the place, or of one below it."""
        place, period = area or self.area, self.period
        return [
            (words, indicator.records(Asked(place.county_id, fact, place.code, period.first, period.last)), fact)
            for fact, words in indicator.facts
        ]


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator with its value."""

    indicator: Indicator
    value: Value


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place side by side with others; `records` opens what its numerator counts."""

    place: PlaceValues
    value: Value
    records: str


def look_of(actor: Actor, query: QueryDict, at: datetime) -> Look:
    """What an address asks for: NotFound for a place out of reach, this month for days that make no period."""
    period, wrong = period_of(query, at)
    return Look(actor, area_for(actor, query.get("area", "")), period, at, wrong)


def indicator_for(actor: Actor, code: str) -> Indicator:
    """NotFound for one that there is not, or that this person may not see."""
    found = indicators_for(actor).get(code)
    if found is None:
        raise not_found()
    return found


def lines_of(look: Look, search: str = "") -> list[Line]:
    """Every indicator, or those whose name or definition has all these words."""
    values, words = figures(look.actor, look.area, look.period, look.at), search[:MOST].split()
    return [
        Line(indicator, values[code])
        for code, indicator in indicators_for(look.actor).items()
        if all(word in indicator.name + indicator.definition for word in words)
    ]


def places_of(look: Look, indicator: Indicator, sort: str = "") -> list[PlaceLine]:
    """Places below side by side: in their order, or by value, what has no value last either way."""
    rows = [
        PlaceLine(
            row, row.values[indicator.code], look.records(indicator, row.area)[0][1] if row.area is not None else ""
        )
        for row in by_area(look.actor, look.area, look.period, look.at)
    ]
    if sort not in SORTS[1:]:
        return rows
    valued = [row for row in rows if row.value.value is not None]
    valued.sort(key=lambda row: (row.value.value, row.value.denominator or 0), reverse=sort == "high")
    return [*valued, *(row for row in rows if row.value.value is None)]


def days_of(look: Look, indicator: Indicator) -> Sequence[DayValue]:
    """Day by day; empty for what is not known so. Days to come are left out unless something falls due on them."""
    days = by_day(look.actor, look.area, look.period, look.at, [indicator.code])[indicator.code]
    today = local(look.at).date()
    return [
        one for one in days
        if one.day <= today or (not indicator.is_stock and (one.value.numerator or one.value.denominator))
    ]  # fmt: skip
