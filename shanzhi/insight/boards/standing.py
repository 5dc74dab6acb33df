"""What stands open now, read from the roll-ups: the same numbers as `backlog.counted`, which a test compares.

The roll-ups know days; what is due today is told apart by the hour from the cases themselves, which are few.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import BigIntegerField, CharField, Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce

from shanzhi.access.actor import BEYOND, Actor
from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.models import Case
from shanzhi.cases.rates.counting import below
from shanzhi.cases.seeing import seen
from shanzhi.insight import rolled
from shanzhi.insight.boards.backlog import AGES, AHEAD, Backlog, counted, midnight, place_column
from shanzhi.insight.live import Reader
from shanzhi.insight.models import PlaceDay
from shanzhi.insight.shares import COLUMNS, STANDING, Sums

# Class → the column of the roll-ups and the days from today on that it adds up, both ends included.
Span = tuple[str, int | None, int | None]
SPANS: Final[dict[str, Span]] = {
    "every": ("waiting", None, None),
    "never": ("endless", None, None),
    "paused": ("paused", None, None),
    "late": ("running", None, -1),
    **{code: ("running", first, last) for code, _, first, last in AHEAD},
    **{code: ("waiting", None if last is None else -last, -first or None) for code, _, first, last in AGES},
}
KEPT, TODAY = "kept", "today"
FIRST: Final = COLUMNS.index(next(iter(STANDING)))
LIMITED: Final = (*(code for code, *_ in AHEAD), "never", "paused")


def backlog(actor: Actor, area: Area, at: datetime, pending: dict[int, Sums] | None = None) -> dict[str, Backlog]:
    """By the path of where it lies, one level below `area`; in a township by grid, from which villages follow.

    Cases of kinds that this person may not see are not counted. `pending` is as in `rolled.steady_rows`.
    """
    try:
        return kept(Reader(actor, area, at), {} if pending is None else pending)
    except rolled.Unknown:
        return counted(actor, area, at)


def kept(reader: Reader, pending: dict[int, Sums]) -> dict[str, Backlog]:
    """In one statement, and a few more while marks wait; Unknown where the roll-ups can't say."""
    rows, waits = rolled.steady_rows(lambda: _rows(reader), pending)
    return _told(reader, rows, waits)


def _rows(reader: Reader) -> list[Sequence[Any]]:
    """(what, path, roles, number…): what is kept, what is due today, and the state of the roll-ups."""
    kept = [_kept(part, midnight(reader.at).date()) for part in _parts(reader.area)]
    return list(rolled.state(len(SPANS)).union(*kept, _today(reader), all=True))


def _parts(area: Area) -> Iterator[QuerySet[PlaceDay]]:
    """The place itself, and those below it that are told apart: of a township the villages and their grids."""
    rows = PlaceDay.objects.order_by()
    standing = ~Q(waiting=0) | ~Q(running=0)
    yield rows.filter(standing, path=area.path)
    if area.level == Area.Level.TOWNSHIP:
        yield rows.filter(standing, up__gte=area.path, up__lt=area.path + BEYOND)
    elif area.level != Area.Level.GRID:
        yield rows.filter(standing, up=area.path)


def _kept(rows: QuerySet[PlaceDay], today: date) -> Any:
    sums = {
        f"n{number}": Cast(Coalesce(Sum(span[0], filter=_within(span, today)), 0), BigIntegerField())
        for number, span in enumerate(SPANS.values())
    }
    named = rows.annotate(what=Value(KEPT, CharField()), key=Cast("path", CharField())).values("what", "key", "shown")
    return named.annotate(**sums).values_list("what", "key", "shown", *sums)


def _within(span: Span, today: date) -> Q | None:
    _, first, last = span
    days = Q()
    if first is not None:
        days &= Q(day__gte=today + timedelta(days=first))
    if last is not None:
        days &= Q(day__lte=today + timedelta(days=last))
    return days or None


def _today(reader: Reader) -> Any:
    """Of what is due today: how many are late already, and how many are not."""
    start, group = midnight(reader.at), place_column(reader.area)
    due = Case.objects.filter(
        below(reader.area), seen(reader.actor), STANDING["running"].condition,
        due_at__gte=start, due_at__lt=start + timedelta(days=1),
    ).order_by()  # fmt: skip
    blank = {f"n{number}": Value(0, BigIntegerField()) for number in range(2, len(SPANS))}
    named = due.annotate(what=Value(TODAY, CharField()), key=Cast(group, CharField()), none=Value("", CharField()))
    sums = named.values("what", "key", "none").annotate(
        n0=Count("id", filter=Q(due_at__lt=reader.at)), n1=Count("id", filter=Q(due_at__gte=reader.at)), **blank
    )  # fmt: skip
    return sums.values_list("what", "key", "none", *(f"n{number}" for number in range(len(SPANS))))


def _told(reader: Reader, rows: Sequence[Sequence[Any]], pending: Sums) -> dict[str, Backlog]:
    found: dict[Any, dict[str, int]] = {}
    codes = tuple(SPANS)
    rolled.take(found, reader, (row[1:] for row in rows if row[0] == KEPT), codes)
    for (path, shown, day), numbers in pending.days.items():
        if _is_wanted(path, reader.area):
            ahead = day - midnight(reader.at).date().toordinal()
            rolled.take(found, reader, [(path, shown, *_spread(numbers[FIRST:], ahead))], codes)
    here = {path: dict(one) for path, one in found.items()}
    for path, one in found.items():
        above = here.get(path[:-WIDTH])
        if above is not None:
            for code, number in one.items():
                above[code] -= number
    for what, path, _, late, soon, *_ in rows:
        if what == TODAY:
            one = here.setdefault(path, dict.fromkeys(codes, 0))
            one["late"] += late
            one["today"] = soon
    return {path: _backlog(one) for path, one in here.items() if any(one.values())}


def _is_wanted(path: str, area: Area) -> bool:
    """Whether this place is one of `_parts`."""
    below = len(path) - len(area.path)
    deepest = {Area.Level.TOWNSHIP: 2 * WIDTH, Area.Level.GRID: 0}.get(Area.Level(area.level), WIDTH)
    return path.startswith(area.path) and below <= deepest


def _spread(numbers: Sequence[int], ahead: int) -> list[int]:
    """What so many cases, so many days from today, add to each class."""
    kept = dict(zip(STANDING, numbers, strict=True))
    return [
        kept[column] if (first is None or ahead >= first) and (last is None or ahead <= last) else 0
        for column, first, last in SPANS.values()
    ]


def _backlog(one: Mapping[str, int]) -> Backlog:
    classes = ("today", *LIMITED, *(code for code, *_ in AGES))
    return Backlog(one["every"], {"overdue": one["late"], **{code: one.get(code, 0) for code in classes}})
