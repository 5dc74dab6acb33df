"""Indicators on the wire."""

from datetime import date
from typing import Any

from ninja import Schema
from pydantic import Field

from shanzhi.access.indicators import Indicator
from shanzhi.cases.rates.schemas import RateQuery
from shanzhi.insight.showing import Look, PlaceLine
from shanzhi.insight.values import DayValue, Value


class FigureQuery(RateQuery):
    """Which place, and which days."""


class FactOut(Schema):
    fact: str
    name: str


class IndicatorOut(Schema):
    """A figure by definition. `few`: over fewer records a rate says little."""

    code: str
    name: str
    unit: str
    definition: str
    counts_by: str
    numerator: FactOut
    denominator: FactOut | None
    few: int
    lower_is_better: bool
    is_stock: bool = Field(description="what there is at the end of the period, not what came in it")
    has_days: bool = Field(description="known day by day")

    @classmethod
    def of(cls, one: Indicator) -> "IndicatorOut":
        return cls(**_definition(one))


def _definition(one: Indicator) -> dict[str, Any]:
    facts = [FactOut(fact=fact, name=words) for fact, words in one.facts]
    return {
        "code": one.code, "name": one.name, "unit": one.unit, "definition": one.definition, "counts_by": one.counts_by,
        "numerator": facts[0], "denominator": facts[1] if one.is_rate else None, "few": one.few,
        "lower_is_better": one.lower_is_better, "is_stock": one.is_stock, "has_days": one.has_days,
    }  # fmt: skip


class IndicatorListOut(Schema):
    items: list[IndicatorOut]


class ValueOut(Schema):
    """`value` is null for "no value", never zero; `denominator` is null for a plain number."""

    value: str | None = Field(description="decimal text: a number, or per cent to one place")
    numerator: int
    denominator: int | None
    few: bool

    @classmethod
    def of(cls, value: Value) -> "ValueOut":
        return cls(**_value(value))


def _value(value: Value) -> dict[str, Any]:
    return {
        "value": value.text or None, "numerator": value.numerator, "denominator": value.denominator, "few": value.small
    }  # fmt: skip


class PlaceValueOut(ValueOut):
    """A place below; `code` is empty for what lies at the place itself and in none of them."""

    name: str
    code: str
    records: str = Field(description="address of the list of what the numerator counts")

    @classmethod
    def line(cls, line: PlaceLine) -> "PlaceValueOut":
        return cls(name=line.place.name, code=line.place.code, records=line.records, **_value(line.value))


class DayValueOut(ValueOut):
    day: date

    @classmethod
    def one(cls, one: DayValue) -> "DayValueOut":
        return cls(day=one.day, **_value(one.value))


class RecordsOut(Schema):
    fact: str
    name: str
    url: str


class FigureDetailOut(IndicatorOut):
    """An indicator with its value for a place and a period, side by side below, and day by day."""

    area: str
    area_name: str
    first: date
    last: date
    value: ValueOut
    records: list[RecordsOut]
    places: list[PlaceValueOut]
    days: list[DayValueOut]

    @classmethod
    def detail(
        cls, look: Look, one: Indicator, value: Value, places: list[PlaceLine], days: list[DayValue]
    ) -> "FigureDetailOut":
        return cls(
            **_definition(one), area=look.area.code, area_name=look.area.name, first=look.period.first,
            last=look.period.last, value=ValueOut.of(value),
            records=[RecordsOut(fact=fact, name=words, url=url) for words, url, fact in look.records(one)],
            places=[PlaceValueOut.line(line) for line in places], days=[DayValueOut.one(day) for day in days],
        )  # fmt: skip
