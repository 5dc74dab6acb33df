"""A figure as a value: what was counted, what it is in per cent, and whether that says little."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shanzhi.access.indicators import Indicator
from shanzhi.areas.models import Area
from shanzhi.cases.rates.registry import per_cent

Counted = Mapping[str, int]  # name of a fact → how many; what is absent is none


@dataclass(frozen=True, slots=True)
class Value:
    """Of a plain number `value` is the number, and the denominator is None. A rate over nothing has no value.
    `small`: counted from fewer than the indicator's small-number rule asks for."""

    numerator: int
    denominator: int | None
    value: Decimal | None
    small: bool

    @property
    def text(self) -> str:
        """As it is shown, without its unit; empty for no value."""
        return "" if self.value is None else f"{self.value:f}"


@dataclass(frozen=True, slots=True)
class PlaceValues:
    """A place directly below, or with `area` None what lies at the place itself and in nothing below it."""

    area: Area | None
    name: str
    values: Mapping[str, Value]

    @property
    def code(self) -> str:
        return self.area.code if self.area else ""


@dataclass(frozen=True, slots=True)
class DayValue:
    day: date
    value: Value


def value_of(indicator: Indicator, counted: Counted) -> Value:
    above = counted.get(indicator.numerator, 0)
    if not indicator.is_rate:
        return Value(above, None, Decimal(above), small=False)
    under = counted.get(indicator.denominator, 0)
    return Value(above, under, per_cent(above, under), small=0 < under < indicator.few)


def values_of(wanted: Mapping[str, Indicator], counted: Counted) -> dict[str, Value]:
    return {code: value_of(indicator, counted) for code, indicator in wanted.items()}
