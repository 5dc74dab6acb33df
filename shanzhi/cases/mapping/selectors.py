"""What lies in a part of the map, always as somebody: the same cases as the work list under the same filters.

Cases are joined by squares of about 80 pixels (`lib.quadtree`). A list that reads its rows by an index of its own (what
waits for me, a village, a search) is read and joined here; one of a township or a county is counted square by square,
each from the index up to `IN_SQUARE`, so that it costs the same however many cases there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Outline
from shanzhi.areas.paths import WIDTH
from shanzhi.areas.selectors.outlines import on_day
from shanzhi.cases import permissions
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.selectors import CaseFilter, Cases, Tab, call_list_for, case_list_for, in_box
from shanzhi.lib.georead import Box
from shanzhi.lib.quadtree import SHIFT, bits_for, squares_in
from shanzhi.lib.times import local

SQUARES: Final = 200
IN_SQUARE: Final = 99
READ: Final = 2_000
WHISTLES: Final = 200
CALLS: Final = 8 * WHISTLES
WIDE_TABS: Final = (Tab.OPEN, Tab.OVERDUE, Tab.ENDED)
TOWNSHIP: Final = 2 * WIDTH
FIGURES: Final = (
    "count(*) || ' ' || CAST(avg(lon) AS bigint) || ' ' || CAST(avg(lat) AS bigint) || ' ' || min(lon) || ' '"
    " || min(lat) || ' ' || max(lon) || ' ' || max(lat) || ' ' || min(id)"
)
# What a single case shows on the map.
POINT: Final = (
    "county_id", "number", "title", "kind", "definition", "state", "urgent", "due_at", "ended_at", "lon", "lat",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cases of one square: how many (`more` for at least as many), their middle and the rectangle around them."""

    count: int
    lon: int
    lat: int
    box: Box
    more: bool
    case_id: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A part of the map. Every case in it is in exactly one cluster or is one of the points; `more` says that `total`
    is what was counted, and that there are more."""

    clusters: tuple[Cluster, ...]
    points: tuple[Case, ...]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class Whistle:
    """A case to which units were called that have not arrived; `absent` of them should have by now."""

    case: Case
    units: tuple[str, ...]
    absent: int


def seen_on_map(actor: Actor, wanted: CaseFilter, box: Box, zoom: int, *, now: datetime) -> Seen:
    """Clusters and single cases; two statements, three where a list turns out longer than it looked."""
    bits = bits_for(box, zoom, SQUARES)
    clusters = None if is_wide(actor, wanted) else _read(actor, replace(wanted, box=box), bits, now)
    if clusters is None:
        clusters = _counted(actor, wanted, box, bits, now)
    clusters = apart(clusters, (1 << bits) // 2)
    alone = [one.case_id for one in clusters if one.count == 1]
    points = tuple(Case.objects.filter(id__in=alone).only(*POINT).order_by("id")) if alone else ()
    joined = tuple(one for one in clusters if one.count > 1)
    total = sum(one.count for one in clusters)
    return Seen(joined, points, total, any(one.more for one in joined))


def apart(clusters: Sequence[Cluster], near: int) -> list[Cluster]:
    """Clusters that would lie upon one another become one: what is nearer than this to a larger one is joined to it."""
    kept: list[Cluster] = []
    for one in sorted(clusters, key=lambda one: (-one.count, one.box)):
        beside = (n for n, other in enumerate(kept) if abs(other.lon - one.lon) < near > abs(other.lat - one.lat))
        at = next(beside, None)
        if at is None:
            kept.append(one)
        else:
            kept[at] = _both(kept[at], one)
    return kept


def _both(one: Cluster, other: Cluster) -> Cluster:
    count = one.count + other.count
    lon = (one.lon * one.count + other.lon * other.count) // count
    lat = (one.lat * one.count + other.lat * other.count) // count
    low, high = map(min, one.box[:2], other.box[:2]), map(max, one.box[2:], other.box[2:])
    west, south, east, north = (*low, *high)
    return Cluster(count, lon, lat, (west, south, east, north), one.more or other.more, one.case_id)


def is_wide(actor: Actor, wanted: CaseFilter) -> bool:
    """Whether it is a list of townships or of the county, which may be long and has indexes for its squares."""
    scope = actor.scope(permissions.VIEW)
    paths = [part.lo for part in scope.ranges] if wanted.area is None else [wanted.area.path]
    whole = not scope.unit_ids and all(len(path) <= TOWNSHIP for path in paths)
    return wanted.tab in WIDE_TABS and not wanted.query.strip() and whole


def _read(actor: Actor, wanted: CaseFilter, bits: int, now: datetime) -> list[Cluster] | None:
    """Every case of the rectangle, joined here; None if there are more than are read."""
    rows = case_list_for(actor, wanted, now=now).order_by()
    positions = list(rows.values_list("spot", "id", "lon", "lat")[: READ + 1])
    if len(positions) > READ:
        return None
    found: dict[int, list[tuple[int, int, int]]] = {}
    for spot, case_id, lon, lat in positions:
        found.setdefault(spot >> 2 * (bits - SHIFT), []).append((case_id, lon or 0, lat or 0))
    return [_joined(members) for _, members in sorted(found.items())]


def _joined(members: Sequence[tuple[int, int, int]]) -> Cluster:
    lons, lats = [lon for _, lon, _ in members], [lat for _, _, lat in members]
    count = len(members)
    box = (min(lons), min(lats), max(lons), max(lats))
    return Cluster(count, sum(lons) // count, sum(lats) // count, box, False, min(one for one, _, _ in members))


def _counted(actor: Actor, wanted: CaseFilter, box: Box, bits: int, now: datetime) -> list[Cluster]:
    """Each square from the index, as far as it is counted; one statement."""
    rows = case_list_for(actor, replace(wanted, box=None), now=now).filter(in_box(box))
    rows = rows.filter(spot__gte=RawSQL("square.lo", ()), spot__lt=RawSQL("square.hi", ()))
    squares = list(squares_in(box, bits))
    told = each_of(
        "square(lo, hi)", [square.spots for square in squares], rows, ("id", "lon", "lat"), FIGURES, IN_SQUARE
    )
    return [_cluster(words) for words in told if words]


def _cluster(words: str) -> Cluster:
    count, lon, lat, west, south, east, north, case_id = map(int, words.split())
    more = count > IN_SQUARE
    return Cluster(min(count, IN_SQUARE), lon, lat, (west, south, east, north), more, case_id)


def each_of(
    heads: str, values: Sequence[tuple[Any, ...]], rows: Cases, columns: Sequence[str], figures: str, most: int
) -> list[Any]:
    """`figures` of the first `most` + 1 of the rows, for each of the values, which the rows name; one statement."""
    if not values:
        return []
    try:
        sql, params = rows.order_by().values(*columns)[: most + 1].query.sql_with_params()
    except EmptyResultSet:
        return []
    places = ", ".join(f"({', '.join(['%s'] * len(values[0]))})" for _ in values)
    statement = (
        f"WITH {heads} AS (VALUES {places}) "  # noqa: S608
        f"SELECT (SELECT {figures} FROM ({sql}) AS found) FROM {heads.partition('(')[0]}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(one for value in values for one in value), *params])
        return [row[0] for row in cursor.fetchall()]


def whistles_on_map(actor: Actor, box: Box, *, now: datetime) -> tuple[list[Whistle], bool]:
    """Cases in the rectangle to which units were called and have not come, and whether there are more than are told;
    one statement over the open whistles, which are few."""
    west, south, east, north = box
    rows = call_list_for(actor).filter(
        state=Assignment.State.CALLED, ended_at=None, case__lon__gte=west, case__lon__lte=east, case__lat__gte=south,
        case__lat__lte=north,
    )  # fmt: skip
    calls: dict[int, list[Assignment]] = {}
    read = list(rows.order_by("-called_at", "-id")[: CALLS + 1])
    for row in read[:CALLS]:
        calls.setdefault(row.case_id, []).append(row)
    found = [_whistle(members, now) for members in calls.values()]
    return found[:WHISTLES], len(found) > WHISTLES or len(read) > CALLS


def _whistle(calls: Iterable[Assignment], now: datetime) -> Whistle:
    calls = list(calls)
    return Whistle(calls[0].case, tuple(call.who for call in calls), sum(call.is_absent(now) for call in calls))


def placed_at(rows: Cases) -> list[tuple[int, int]]:
    """Positions of some of these cases, for a map of a county without outlines."""
    found = rows.filter(spot__isnull=False).order_by().values_list("lon", "lat")[:READ]
    return [(lon, lat) for lon, lat in found if lon is not None and lat is not None]


def surroundings(case: Case) -> list[Outline]:
    """The outline of the case's place and of those beside it, as they were on the day of its report; one statement."""
    day = local(case.received_at).date()
    beside = Q(area_id=case.area_id)
    if case.area.parent_id is not None:
        beside |= Q(area__parent_id=case.area.parent_id)
    return list(Outline.objects.filter(on_day(day), beside).select_related("area").order_by("area__code", "-id"))
