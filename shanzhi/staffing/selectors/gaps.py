"""What is missing: needed less those in office, for each place and role, counted from the records as of a day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count as Counted
from django.db.models import Q, QuerySet

from shanzhi.access.actor import PathRange
from shanzhi.accounts.models import Post
from shanzhi.accounts.selectors.actors import place_name
from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.staffing.catalogue import BY_POST, LEADER, OFFICES, RANKS, ROLES
from shanzhi.staffing.models import Assignment
from shanzhi.staffing.selectors.asof import SOON, AsOf
from shanzhi.staffing.selectors.rules import Rule, rule_on

GRID_STAFF: Final = tuple(post for post, code in BY_POST.items() if code not in OFFICES)


@dataclass(slots=True)
class Count:
    """Of one role at one place: in office, of these with a term that ends within 30, 60, 90 days; lately over."""

    live: int = 0
    soon: tuple[int, ...] = (0, 0, 0)
    lapsed: int = 0

    def __add__(self, other: "Count") -> "Count":
        soon = tuple(a + b for a, b in zip(self.soon, other.soon, strict=True))
        return Count(self.live + other.live, soon, self.lapsed + other.lapsed)


@dataclass(frozen=True, slots=True)
class Place:
    """A place that was open on the day, as it hangs in the tree now."""

    id: int
    code: str
    name: str
    level: str
    path: str
    parent: str = ""

    @property
    def words(self) -> str:
        return place_name(self.level, self.name, self.parent)


@dataclass(frozen=True, slots=True)
class Gap:
    """So many are missing of a role at a place."""

    place: Place
    role: str
    needed: int
    held: int

    @property
    def missing(self) -> int:
        return self.needed - self.held

    @property
    def label(self) -> str:
        return ROLES[self.role].label


@dataclass(frozen=True)
class Standing:
    """All that is counted below a place on a day; `counts` by (area, role).

    `tops` lie directly below and have places that were open, though one may have come only since.
    """

    area: Area
    asof: AsOf
    rule: Rule
    places: tuple[Place, ...] = ()
    tops: tuple[Place, ...] = ()
    counts: Mapping[tuple[int, str], Count] = field(default_factory=dict)

    def held(self, place: Place, role: str) -> Count:
        return self.counts.get((place.id, role), Count())

    def gaps(self) -> Iterator[Gap]:
        """In the order of the tree, then of the roles."""
        for place in self.places:
            needs = self.rule.needs(place.level, place.id)
            for role in sorted(needs, key=RANKS.__getitem__):
                held = self.held(place, role).live
                if held < needs[role]:
                    yield Gap(place, role, needs[role], held)


def standing_of(area: Area, asof: AsOf) -> Standing:
    """Four statements (five for a day past), whatever the number of places.

    Somebody whose place was merged into another counts where it went. A past day shows the places that were open then,
    under the places that they belong to now.
    """
    below = PathRange.below(area.path)
    columns = ("id", "code", "name", "level", "path", "parent__name", "valid_from", "valid_to", "successor_id")
    here = Q(path__gte=below.lo, path__lt=below.hi)
    rows = {row.id: row for row in Area.objects.filter(here | Q(valid_to__isnull=False)).order_by("path")
            .values_list(*columns, named=True)}  # fmt: skip
    day = asof.day

    def is_open(row: Any) -> bool:
        return bool(row.valid_from <= day and (row.valid_to is None or row.valid_to > day))

    inside = [(row, Place(row.id, row.code, row.name, row.level, row.path, row.parent__name or ""))
              for row in rows.values() if row.path in below]  # fmt: skip
    places = {place.id: place for row, place in inside if is_open(row)}
    used = {top_of(place.path, area.path) for place in places.values()} - {area.path}
    tops = tuple(place for _, place in inside if place.path in used)

    def at(area_id: int) -> int | None:
        seen: set[int] = set()
        row = rows.get(area_id)
        while row is not None and not is_open(row) and row.id not in seen:
            seen.add(row.id)
            row = rows.get(row.successor_id)
        return row.id if row is not None and row.id in places else None

    counts: dict[tuple[int, str], Count] = {}
    for area_id, role, found in _counted(below, asof):
        place = at(area_id)
        if place is not None:
            counts[place, role] = counts.get((place, role), Count()) + found
    return Standing(area, asof, rule_on(day), tuple(places.values()), tops, counts)


def _counted(below: PathRange, asof: AsOf) -> Iterator[tuple[int, str, Count]]:
    here = Q(area_path__gte=below.lo, area_path__lt=below.hi)
    if asof.is_past:  # a place that has gone since lies where it lay
        here |= Q(area__path__gte=below.lo, area__path__lt=below.hi)
    posts = Post.objects.filter(here, role__in=GRID_STAFF, area_id__isnull=False)
    for area_id, role, *numbers in _grouped(posts, asof.posts_kept(), asof):
        yield area_id, BY_POST[role], _count(numbers)
    for area_id, role, *numbers in _grouped(Assignment.objects.filter(here), asof.own_kept(), asof):
        yield area_id, role, _count(numbers)


def _grouped(rows: QuerySet[Any], kept: Q, asof: AsOf) -> Iterator[tuple[Any, ...]]:
    figures = {"live": Counted("id", filter=asof.within_term())}
    figures |= {f"in{days}": Counted("id", filter=asof.ending(days)) for days in SOON}
    figures["lapsed"] = Counted("id", filter=asof.lapsed())
    grouped = rows.filter(kept).values("area_id", "role").annotate(**figures).order_by("area_id", "role")
    yield from grouped.values_list("area_id", "role", *figures)


def _count(numbers: list[int]) -> Count:
    return Count(numbers[0], tuple(numbers[1 : 1 + len(SOON)]), numbers[-1])


def gaps_of(standing: Standing, *, role: str = "", level: str = "") -> list[Gap]:
    """What is missing, narrowed to a role or a level."""
    return [
        gap for gap in standing.gaps()
        if (not role or gap.role == role) and (not level or gap.place.level == level)
    ]  # fmt: skip


def without_leader(gaps: Iterable[Gap]) -> int:
    """Grids that have none at all, where the rule asks for one."""
    return sum(1 for gap in gaps if gap.role == LEADER and gap.held == 0)


def top_of(path: str, above: str) -> str:
    """The place directly below `above` in whose subtree a path lies; `above` itself for its own."""
    return path[: len(above) + WIDTH]
