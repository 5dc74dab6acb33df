"""Counting what the rates are made of: for a place, and side by side for everything directly below it.

Six statements whatever the number of places, each along the index of the moment that it counts by. A place counts
what lies in it, whoever is in charge of it. Parts of a split case count nowhere (the whole does); what was rejected or
merged counts as reported and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Q

from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import CallBack, Case

DAY: Final = timedelta(hours=24)
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
    for query in (_received, _due, _dispatched, _closed, _rated):
        _add(found, query(_rows(area, shown), start, end).values(group), group)
    _add(found, _called(area, start, end, called if called is not None else _under_case(shown)), f"case__{group}")
    return found


def _under_case(shown: Q) -> Q:
    """The public condition for rows that hang on a case; whoever has another one gives both."""
    if shown != ANYBODY:
        raise ValueError("say what of the call-backs may be counted, too")
    return Q(case__is_public=True)


def _add(found: dict[str, Counts], rows: Any, group: str) -> None:
    for row in rows:
        path = row.pop(group)
        found[path] = found.get(path, Counts()).plus(_derived(row))


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


def counts_as(prefix: str = "") -> Q:
    """Neither a part, nor rejected, nor merged."""
    ended = Q((f"{prefix}state__in", (State.REJECTED, State.MERGED)))
    return Q((f"{prefix}parent", None)) & ~ended


COUNTING: Final = counts_as()


def _rows(area: Area, shown: Q) -> Any:
    return Case.objects.filter(below(area), shown, parent=None).order_by()


def _received(rows: Any, start: datetime, end: datetime) -> Any:
    taken = COUNTING & Q(accepted_at__isnull=False)
    return _Counted(
        rows.filter(received_at__gte=start, received_at__lt=end),
        reported=Count("id"), accepted=Count("id", filter=taken),
    )  # fmt: skip


def _due(rows: Any, start: datetime, end: datetime) -> Any:
    closed = Q(state=State.CLOSED)
    late = Q(handled_at__gt=F("close_by"))
    soon = Q(contacted_at__lte=F("received_at") + DAY)
    return _Counted(
        rows.filter(COUNTING, close_by__gte=start, close_by__lt=end).exclude(state=State.SUSPENDED),
        due=Count("id"), finished=Count("id", filter=closed), in_time=Count("id", filter=closed & ~late),
        to_contact=Count("id", filter=Q(reachable=True)), contacted=Count("id", filter=Q(reachable=True) & soon),
    )  # fmt: skip


def _dispatched(rows: Any, start: datetime, end: datetime) -> Any:
    return _Counted(
        rows.filter(COUNTING, dispatched_at__gte=start, dispatched_at__lt=end),
        dispatched=Count("id"), accurate=Count("id", filter=Q(redispatched=False)),
        returned=Count("id", filter=Q(handed_back=True)),
    )  # fmt: skip


def _closed(rows: Any, start: datetime, end: datetime) -> Any:
    return _Counted(
        rows.filter(COUNTING, closed_at__gte=start, closed_at__lt=end),
        closed=Count("id"), reopened=Count("id", filter=Q(reopened__gt=0)),
    )  # fmt: skip


def _rated(rows: Any, start: datetime, end: datetime) -> Any:
    return _Counted(
        rows.filter(COUNTING, rated_at__gte=start, rated_at__lt=end),
        rated=Count("id"), satisfied=Count("id", filter=Q(satisfied=True)),
    )  # fmt: skip


def _called(area: Area, start: datetime, end: datetime, shown: Q) -> Any:
    both = Q(case__rated_at__gte=start, case__rated_at__lt=end)
    rows = CallBack.objects.filter(below(area, "case__"), counts_as("case__"), shown, state=CallBack.State.DONE)
    return (
        rows.filter(at__gte=start, at__lt=end)
        .order_by()
        .values(f"case__{group_of(area)}")
        .annotate(
            called=Count("id"), solved=Count("id", filter=Q(solved=True)),
            called_satisfied=Count("id", filter=Q(satisfied=True)), both=Count("id", filter=both),
            both_satisfied=Count("id", filter=both & Q(case__satisfied=True)),
        )
    )  # fmt: skip


class _Counted:
    """Rows that wait for what they are grouped by."""

    def __init__(self, rows: Any, **counts: Any) -> None:
        self.rows, self.counts = rows, counts

    def values(self, group: str) -> Any:
        return self.rows.values(group).annotate(**self.counts)
