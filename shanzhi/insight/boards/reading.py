"""Everything that a board shows of a period, read in one statement: the places, the period before, and the days.

The same numbers as `insight.reading`, which a test compares. One statement sees one state of the roll-ups, so nothing
has to be read again; marks that wait are counted on top, as there. What the roll-ups can't tell is counted there, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import BigIntegerField, CharField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast

from shanzhi.access.actor import Actor
from shanzhi.access.indicators import indicators_for
from shanzhi.areas.models import Area
from shanzhi.cases.rates.periods import Period
from shanzhi.insight import reading, rolled
from shanzhi.insight.live import Facts, Reader, summed
from shanzhi.insight.models import PlaceDay, PlacePair
from shanzhi.insight.shares import DAILY, Sums
from shanzhi.insight.values import PlaceValues, values_of  # fmt: skip
from shanzhi.insight.values import Value as Figure

NOW, PAST, OPEN, WAS, DAY, PAIR, PAST_PAIR = "now", "past", "open", "was", "day", "pair", "past pair"
BOTH: Final = rolled.PAIR


@dataclass(frozen=True, slots=True)
class Numbers:
    """`places` directly below and what lies in none of them, their `total`, the same of the period before, and what
    came in and was closed on each day that has any."""

    places: Sequence[PlaceValues]
    total: Mapping[str, Figure]
    past: Mapping[str, Figure]
    days: Mapping[date, tuple[int, int]]


def numbers_of(
    actor: Actor, area: Area, period: Period, past: Period, at: Any, late: Mapping[str, int],
    pending: dict[int, Sums] | None = None,
) -> Numbers:  # fmt: skip
    """`late` is what is overdue now, by the path of the place directly below or of the area itself; `pending` what the
    page has read of the marks that wait (`rolled.steady_rows`)."""
    known, reader = indicators_for(actor), Reader(actor, area, at)
    try:
        found = _read(reader, period, past, {} if pending is None else pending)
    except rolled.Unknown:
        return _counted(actor, area, period, past, at)
    below, before, days = found
    for path, many in late.items():
        below.setdefault(path, {})["overdue"] = many
    return Numbers(
        reading.place_values(known, area, below), values_of(known, summed(below.values())), values_of(known, before),
        _busy({day: (facts.get("reported", 0), facts.get("closed", 0)) for day, facts in days.items()}),
    )  # fmt: skip


def _counted(actor: Actor, area: Area, period: Period, past: Period, at: Any) -> Numbers:
    """From the cases themselves."""
    rows = reading.by_area(actor, area, period, at)
    days = reading.by_day(actor, area, period, at, ("reported", "closed"))
    by_day: dict[date, tuple[int, int]] = {one.day: (one.value.numerator, 0) for one in days.get("reported", [])}
    for one in days.get("closed", []):
        by_day[one.day] = (by_day.get(one.day, (0, 0))[0], one.value.numerator)
    total, before = (reading.figures(actor, area, one, at) for one in (period, past))
    return Numbers(rows, total, before, _busy(by_day))


def _busy(days: Mapping[date, tuple[int, int]]) -> dict[date, tuple[int, int]]:
    """Only those on which something came in or was closed, however they were read."""
    return {day: both for day, both in days.items() if any(both)}


def _read(
    reader: Reader, period: Period, past: Period, known: dict[int, Sums]
) -> tuple[dict[str, Facts], Facts, dict[date, Facts]]:
    rows, pending = rolled.steady_rows(lambda: _rows(reader.area.path, period, past), known)
    return _told(reader, period, past, rows, pending)


def _rows(own: str, period: Period, past: Period) -> list[rolled.Row]:
    """(what, key, roles, number…) of everything, in one statement."""
    days = PlaceDay.objects.order_by()
    pairs = PlacePair.objects.order_by()
    now, then = (period.first, period.last), (past.first, past.last)
    here, under = Q(path=own), Q(up=own)
    parts = []
    for where in (here, under):
        parts.append(_sums(days.filter(where, day__range=now), NOW, "path", DAILY))
        parts.append(_open(days.filter(where, day__lte=period.last), OPEN))
        parts.append(_sums(pairs.filter(where, called_on__range=now, rated_on__range=now), PAIR, "path", BOTH))
    parts += [
        _sums(days.filter(here, day__range=then), PAST, "path", DAILY),
        _open(days.filter(here, day__lte=past.last), WAS),
        _sums(pairs.filter(here, called_on__range=then, rated_on__range=then), PAST_PAIR, "path", BOTH),
        _sums(days.filter(here, day__range=now), DAY, "day", DAILY),
        rolled.state(len(DAILY)),
    ]
    return list(parts[0].union(*parts[1:], all=True))


def _shaped(rows: QuerySet[Any], what: str, key: str, sums: Mapping[str, Any]) -> Any:
    """As wide as the widest: a union's parts have the same columns."""
    blank = {f"n{number}": Value(0, BigIntegerField()) for number in range(len(sums), len(DAILY))}
    columns = {f"n{number}": one for number, one in enumerate(sums.values())}
    named = rows.annotate(what=Value(what, CharField()), key=Cast(key, CharField())).values("what", "key", "shown")
    return named.annotate(**columns, **blank).values_list(
        "what", "key", "shown", *(f"n{number}" for number in range(len(DAILY)))
    )


def _sums(rows: QuerySet[Any], what: str, key: str, columns: Sequence[str]) -> Any:
    return _shaped(rows, what, key, {name: Cast(Sum(name), BigIntegerField()) for name in columns})


def _open(rows: QuerySet[Any], what: str) -> Any:
    return _shaped(rows, what, "path", {"open": Cast(Sum(F("reported") - F("ended")), BigIntegerField())})


def _told(
    reader: Reader, period: Period, past: Period, rows: Sequence[rolled.Row], pending: Sums
) -> tuple[dict[str, Facts], Facts, dict[date, Facts]]:
    """The rows with what waits, by place, of the period before, and by day."""
    below: dict[Any, Facts] = {}
    before: dict[Any, Facts] = {}
    days: dict[Any, Facts] = {}
    into = {NOW: (below, DAILY), OPEN: (below, ("open",)), PAIR: (below, BOTH), PAST: (before, DAILY),
            WAS: (before, ("open",)), PAST_PAIR: (before, BOTH), DAY: (days, DAILY)}  # fmt: skip
    for what, key, shown, *numbers in rows:
        found, columns = into[what]
        rolled.take(found, reader, [(key, shown, *numbers[: len(columns)])], columns)
    rolled.add_waiting(below, reader, period, pending, below=True)
    rolled.add_waiting(before, reader, past, pending, below=False)
    own, low, high = reader.area.path, period.first.toordinal(), period.last.toordinal()
    for (path, shown, day), waits in pending.days.items():
        if path == own and low <= day <= high:
            rolled.take(days, reader, [(str(date.fromordinal(day)), shown, *waits[: rolled.ALL])], DAILY)
    places = rolled.rest({path: rolled.derived(facts) for path, facts in below.items()}, own)
    return places, rolled.derived(before.get(own, {})), {date.fromisoformat(day): one for day, one in days.items()}
