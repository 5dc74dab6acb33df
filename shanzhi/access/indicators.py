"""Indicators: every figure that a page shows has one, declared by the app that keeps its records.

An app declares them in its `indicators.py`, which is found at start-up: what the figure is called, its unit and how it
is counted in words, which facts it divides, by which moment it counts, who may see it, and which list opens behind it.
None is of a person's activity.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from shanzhi.access.actor import Actor

PIECES: Final = "件"
PER_CENT: Final = "%"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records: those of one fact, in a place, from the first to the last day."""

    county: int
    fact: str
    area: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure by definition.

    `numerator` and `denominator` are names of facts, the words beside them what a page calls these; without a
    denominator it is a plain number. `counts_by` says in words which moment puts a record into a period. Over fewer
    than `few` records a rate says little, and is marked so. `is_stock`: what there is at the end of a period, not what
    came in it; `has_days`: whether it is known for every day that has passed. `records` makes the address of the list
    that holds exactly the records of a fact, as far as its reader may see them.
    """

    code: str
    name: str
    unit: str
    definition: str
    counts_by: str
    permission: str
    numerator: str
    above: str
    records: Callable[[Asked], str]
    denominator: str = ""
    under: str = ""
    few: int = 0
    lower_is_better: bool = False
    is_stock: bool = False
    has_days: bool = True

    @property
    def is_rate(self) -> bool:
        return bool(self.denominator)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """(fact, words) of what it is made of: each opens its records."""
        return ((self.numerator, self.above), (self.denominator, self.under))[: 2 if self.denominator else 1]


_indicators: dict[str, Indicator] = {}


def declare(indicators: Iterable[Indicator]) -> None:
    """Add indicators; a code that is declared twice is a programming error."""
    for one in indicators:
        if one.code in _indicators:
            raise ValueError(f"indicator {one.code} is declared twice")
        _indicators[one.code] = one


def indicators() -> dict[str, Indicator]:
    """All of them by code, in the order in which they were declared."""
    return dict(_indicators)


def indicators_for(actor: Actor) -> dict[str, Indicator]:
    """Those that this person may see."""
    return {code: one for code, one in _indicators.items() if actor.can(one.permission)}
