"""Counting what the rates are made of: for a place, and side by side for everything directly below it.

Six statements whatever the number of places, each along the index of the moment that it counts by. A place counts
what lies in it, whoever is in charge of it. Parts of a split case count nowhere (the whole does); what was rejected or
merged counts as reported and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.models import CallBack, Case
from shanzhi.cases.rates.facts import CALLED, CALLS, MOMENTS, between, facts_of
from shanzhi.lib.times import SHANGHAI

RATED: Final = tuple(moment for moment in MOMENTS if moment != "ended_at")
ANYBODY: Final = Q(is_public=True)  # what a public page counts
GROUPS: Final = {1: "town_path", 2: "village_path"}


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of cases; `rated` and `satisfied` take a call-back for a rating, and count each case once."""

    reported: int = 0
    accepted: int = 0
    due: int = 0
    finished: int = 0
    in_time: int = 0
    to_contact: int = 0
    contacted: int = 0
    dispatched: int = 0
    accurate: int = 0
    returned: int = 0
    closed: int = 0
    reopened: int = 0
    rated: int = 0
    satisfied: int = 0
    called: int = 0
    solved: int = 0

    def plus(self, more: Mapping[str, int]) -> "Counts":
        return Counts(**{one.name: getattr(self, one.name) + more.get(one.name, 0) for one in fields(self)})


def summed(counts: Iterable[Counts]) -> Counts:
    """All of them together: nothing lies in two places."""
    total = Counts()
    for one in counts:
        total = total.plus({field.name: getattr(one, field.name) for field in fields(one)})
    return total


def group_of(area: Area) -> str:
    """The column by which what lies below is told apart: townships, villages, then grids."""
    return GROUPS.get(len(area.path) // WIDTH, "area_path")


def counted(
    area: Area, start: datetime, end: datetime, *, shown: Q = ANYBODY, called: Q | None = None
) -> dict[str, Counts]:
    """Counts by the path of the place directly below `area` (or `area` itself), from `start` up to before `end`.

    `shown` says which cases may be counted, `called` the same for rows that have one under `case__`. Places without
    anything are absent.
    """
    found: dict[str, Counts] = {}
    group = group_of(area)
    for moment in RATED:
        _add(found, _by(moment, _rows(area, shown), start, end).values(group), group)
    _add(found, _called(area, start, end, called if called is not None else _under_case(shown)), f"case__{group}")
    return found


def counted_by_day(
    area: Area, start: datetime, end: datetime, *, shown: Q = ANYBODY, called: Q | None = None
) -> dict[date, Counts]:
    """The same for the place as a whole, by the days of China; each day as if it were the period."""
    found: dict[date, Counts] = {}
    for moment in RATED:
        rows = _by(moment, _rows(area, shown).annotate(counted_on=_day(moment)), start, end)
        _add(found, rows.values("counted_on"), "counted_on")
    calls = _calls(area, start, end, called if called is not None else _under_case(shown))
    calls = calls.annotate(counted_on=_day("at"), rated_on=_day("case__rated_at"))
    _add(found, _call_counts(calls, "counted_on", Q(rated_on=F("counted_on"))), "counted_on")
    return found


def _day(moment: str) -> TruncDate:
    return TruncDate(moment, tzinfo=SHANGHAI)


def _under_case(shown: Q) -> Q:
    """The public condition for rows that hang on a case; whoever has another one gives both."""
    if shown != ANYBODY:
        raise ValueError("say what of the call-backs may be counted, too")
    return Q(case__is_public=True)


def _add(found: dict[Any, Counts], rows: Any, group: str) -> None:
    for row in rows:
        key = row.pop(group)
        found[key] = found.get(key, Counts()).plus(_derived(row))


def _derived(row: dict[str, int]) -> dict[str, int]:
    """A case that was rated by its reporter and called back in one period is one: what was said on the phone counts."""
    if "both" in row:
        row["rated"] = row["called"] - row.pop("both")
        row["satisfied"] = row["called_satisfied"] - row.pop("both_satisfied")
    return row


def below(area: Area, prefix: str = "") -> Q:
    """At the place and below it, by equality with what the database keeps of a path."""
    depth = len(area.path) // WIDTH
    if depth == 1:
        return Q()
    if depth in (2, 3):
        return Q((f"{prefix}{GROUPS[depth - 1]}", area.path))
    return Q((f"{prefix}village_path", area.path[: 3 * WIDTH]), (f"{prefix}area_path", area.path))


def _rows(area: Area, shown: Q) -> Any:
    return Case.objects.filter(below(area), shown, parent=None).order_by()


def _by(moment: str, rows: Any, start: datetime, end: datetime) -> Any:
    """Rows that wait for what they are grouped by."""
    return _Counted(rows.filter(MOMENTS[moment], between(moment, start, end)), facts_of(moment))


def _called(area: Area, start: datetime, end: datetime, shown: Q) -> Any:
    calls = _calls(area, start, end, shown)
    return _call_counts(calls, f"case__{group_of(area)}", between("case__rated_at", start, end))


def _calls(area: Area, start: datetime, end: datetime, shown: Q) -> Any:
    return CallBack.objects.filter(below(area, "case__"), CALLED, shown, between("at", start, end)).order_by()


def _call_counts(calls: Any, group: str, both: Q) -> Any:
    """`both`: it was rated in the same period."""
    return calls.values(group).annotate(
        **_counts(CALLS), both=Count("id", filter=both),
        both_satisfied=Count("id", filter=both & Q(case__satisfied=True)),
    )  # fmt: skip


def _counts(conditions: Mapping[str, Q]) -> dict[str, Count]:
    return {name: Count("id", filter=condition or None) for name, condition in conditions.items()}


class _Counted:
    def __init__(self, rows: Any, conditions: Mapping[str, Q]) -> None:
        self.rows, self.counts = rows, _counts(conditions)

    def values(self, group: str) -> Any:
        return self.rows.values(group).annotate(**self.counts)
