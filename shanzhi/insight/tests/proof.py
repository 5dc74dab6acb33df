"""The proof in three ways: what is read from the roll-ups, what is counted from the cases, and what a recount finds."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases.rates.periods import RANGE, Period
from shanzhi.insight import live, rolled
from shanzhi.insight.boards import backlog
from shanzhi.insight.boards.standing import kept
from shanzhi.insight.live import Facts, Reader
from shanzhi.insight.models import Touched
from shanzhi.insight.services import recount, roll
from shanzhi.insight.values import Value
from shanzhi.lib.times import local

DERIVED = frozenset({"ended", "pairs", "pairs_satisfied", "called_satisfied"})


def period(first: date, days: int) -> Period:
    return Period(RANGE, first, first + timedelta(days=days - 1))


def plain(places: dict[Any, Facts]) -> dict[Any, Facts]:
    """Without noughts, and without what only helps to count."""
    found = {}
    for key, facts in places.items():
        kept = {name: number for name, number in facts.items() if number and name not in DERIVED}
        if kept:
            found[key] = kept
    return found


def agrees(reader: Reader, during: Period) -> int:
    """By place, by day, and what stands open; returns how much there was to count: a test says that there was some."""
    from_rows, counted = plain(rolled.by_place(reader, during)), plain(live.by_place(reader, during))
    assert from_rows == counted, (reader.area.name, during)
    by_day, counted_by_day = plain(rolled.by_day(reader, during)), plain(live.by_day(reader, during))
    assert by_day == counted_by_day, (reader.area.name, during)
    counted_now = backlog.counted(reader.actor, reader.area, reader.at)
    assert kept(reader, {}) == counted_now, reader.area.name
    return sum(number for facts in counted.values() for number in facts.values())


def all_agree(
    actor: Actor, areas: Iterable[Area], begin: datetime, random: Random, *, at: datetime | None = None
) -> int:
    """For random periods around `begin`, at each of these places."""
    total, moment = 0, at or timezone.now()
    for area in areas:
        for days in (1, random.randrange(2, 9), 40):
            first = local(begin).date() + timedelta(days=random.randrange(-2, 20) if days < 40 else -5)
            total += agrees(Reader(actor, area, moment), period(first, days))
    return total


def proved(at: datetime | None = None) -> None:
    """A recount finds nothing to correct."""
    found = recount(at=at or timezone.now())
    assert not found.first
    assert found.agrees, found.samples


def some(random: Random, at: datetime) -> None:
    """The roller comes at random moments, sometimes for a few marks, sometimes not at all."""
    for _ in range(random.choice([0, 0, 1, 3])):
        roll(at=at, size=random.choice([1, 2, 1000]))


def built() -> None:
    """The county is counted in full, as by the first round of the roller."""
    assert recount(at=timezone.now()).first
    assert not Touched.objects.exists()


def numbers(values: dict[str, Value]) -> dict[str, Any]:
    """What is not nothing, as text."""
    return {code: one.text for code, one in values.items() if one.numerator or one.denominator}
