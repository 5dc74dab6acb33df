"""The map of a board, drawn by the server: places in the colour of what is open there, each opening what it is about.

Coordinates are 1e-7 degree (`Outline.shape`); in a county the earth is flat enough, north is up. A picture of a few
hundred units needs no more points than it can show, so that points closer than half a unit are left out.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, cos, radians
from typing import Any, Final

from django.db.models import CharField, Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from shanzhi.areas.models import Area, Outline
from shanzhi.areas.paths import WIDTH as PATH

WIDTH: Final = 540
HEIGHT: Final = 400
MARGIN: Final = 14
DEGREE: Final = 10_000_000
NEAR: Final = 0.6  # units; closer points are one
CLASSES: Final = 4
LETTER, DIGIT, LINE = 12.5, 7.0, 16  # of a label
DEEPER: Final[dict[str, tuple[str, ...]]] = {
    Area.Level.COUNTY: (Area.Level.TOWNSHIP,),
    Area.Level.TOWNSHIP: (Area.Level.VILLAGE, Area.Level.GRID),
    Area.Level.VILLAGE: (Area.Level.GRID,),
}
Rings = list[list[list[list[int]]]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A place with its outline, and how many grids it has now."""

    code: str
    name: str
    level: str
    path: str
    rings: Rings
    synthetic: bool
    grids: int = 0


def shapes_of(area: Area) -> list[Shape]:
    """Outlines of now: of the place itself and of what is drawn inside it; one statement."""
    inside = Q(area__path__gte=area.path, area__path__lt=area.path + "~", area__level__in=DEEPER.get(area.level, ()))
    rows = Outline.objects.filter(inside | Q(area_id=area.id), valid_to=None, area__valid_to=None)
    below = Concat(OuterRef("area__path"), Value("~"), output_field=CharField())
    grids: Any = Area.objects.filter(level=Area.Level.GRID, valid_to=None, path__gt=OuterRef("area__path"))
    counted = grids.filter(path__lt=below).order_by().values("county_id").annotate(many=Count("id")).values("many")
    found = rows.annotate(grids=Coalesce(Subquery(counted, output_field=IntegerField()), 0)).order_by("area__path")
    columns = ("area__code", "area__name", "area__level", "area__path", "shape", "synthetic", "grids")
    return [Shape(*row) for row in found.values_list(*columns)]


@dataclass(frozen=True, slots=True)
class Patch:
    """A place on the map: `d` its outline, `tone` 0 (nothing) to 4, `words` what it says to who does not see it."""

    d: str
    tone: int
    words: str
    url: str
    warn: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    name: str


@dataclass(frozen=True, slots=True)
class Key:
    """A line of the legend."""

    tone: int
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """`borders` lie over the patches, `outside` around them all; `missing` places have no outline to be drawn."""

    patches: Sequence[Patch]
    borders: Sequence[str]
    outside: str
    labels: Sequence[Label]
    keys: Sequence[Key]
    words: str
    missing: int = 0
    synthetic: bool = False
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Load:
    """What a place of the map says: open and overdue cases, of how many grids, and what a tap opens."""

    open: int
    overdue: int
    grids: int
    url: str

    @property
    def weight(self) -> float:
        """Open cases for each grid; a place without grids counts as one."""
        return self.open / max(self.grids, 1)


def limits_of(weights: Iterable[float]) -> list[float]:
    """The least weight of each of the four colours: 1, 2, 3, 4 where there are so few, else even steps of the most."""
    found = list(weights)
    most = max(found, default=0)
    if any(weight != int(weight) for weight in found):
        return [most * n / CLASSES for n in range(CLASSES)]
    return [1, 2, 3, 4] if most <= CLASSES else [1 + (most - 1) * n / CLASSES for n in range(CLASSES)]


def tone_of(weight: float, limits: Sequence[float]) -> int:
    """0 for nothing at all; else at least the first colour."""
    if weight <= 0:
        return 0
    return max(1, sum(1 for limit in limits if weight >= limit))


def keys_of(limits: Sequence[float], *, whole: bool) -> list[Key]:
    """In words: 0, 1, 2, 3, 4 件以上; or 1–3 and so on. Weights that are no whole numbers are said to one place."""
    if whole and list(limits) == [1, 2, 3, 4]:
        return [Key(0, "0"), Key(1, "1"), Key(2, "2"), Key(3, "3"), Key(4, "4 件以上")]
    if whole:
        edges = [max(1, ceil(limit)) for limit in limits]
        said = [f"{low}–{high - 1}" if high - 1 > low else f"{low}" for low, high in itertools.pairwise(edges)]
        return [Key(0, "0"), *(Key(n, words) for n, words in enumerate(said, 1)), Key(4, f"{edges[-1]} 件以上")]
    low, *more = (f"{limit:.2g}" if limit < 10 else f"{limit:.0f}" for limit in limits[1:])
    said = [f"不到 {low}", f"{low} 起", f"{more[0]} 起", f"{more[1]} 件以上"]
    return [Key(0, "0"), *(Key(n, words) for n, words in enumerate(said, 1))]


class Frame:
    """From degrees to units of the picture: everything fits in, true to scale."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        xs = [point[0] for shape in shapes for part in shape.rings for point in part[0]]
        ys = [point[1] for shape in shapes for part in shape.rings for point in part[0]]
        self.west, self.north = min(xs), max(ys)
        self.narrow = cos(radians((self.north + min(ys)) / 2 / DEGREE))
        wide, high = (max(xs) - self.west) * self.narrow, self.north - min(ys)
        self.scale = min((WIDTH - 2 * MARGIN) / max(wide, 1), (HEIGHT - 2 * MARGIN) / max(high, 1))
        self.left = (WIDTH - wide * self.scale) / 2
        self.top = (HEIGHT - high * self.scale) / 2

    def at(self, point: Sequence[int]) -> tuple[float, float]:
        return (
            round(self.left + (point[0] - self.west) * self.narrow * self.scale, 1),
            round(self.top + (self.north - point[1]) * self.scale, 1),
        )

    def path(self, rings: Rings) -> str:
        return "".join(self._ring(ring) for part in rings for ring in part)

    def _ring(self, ring: Sequence[Sequence[int]]) -> str:
        kept: list[tuple[float, float]] = []
        for point in ring:
            here = self.at(point)
            if not kept or abs(here[0] - kept[-1][0]) + abs(here[1] - kept[-1][1]) >= NEAR:
                kept.append(here)
        return "M" + " ".join(f"{x:g},{y:g}" for x, y in kept) + "Z" if len(kept) > 2 else ""

    def middle(self, rings: Rings) -> tuple[float, float]:
        """The centre of gravity of the largest piece; of one without any area, the middle of its points."""
        ring = max((part[0] for part in rings), key=lambda one: abs(_area(one)))
        twice = _area(ring)
        if not twice:
            return self.at([sum(p[0] for p in ring) // len(ring), sum(p[1] for p in ring) // len(ring)])
        x0, y0 = ring[0]
        x = y = 0
        for one, two in zip(ring, [*ring[1:], ring[0]], strict=True):
            cross = (one[0] - x0) * (two[1] - y0) - (two[0] - x0) * (one[1] - y0)
            x += (one[0] + two[0] - 2 * x0) * cross
            y += (one[1] + two[1] - 2 * y0) * cross
        return self.at([x0 + x // (3 * twice), y0 + y // (3 * twice)])


def _area(ring: Sequence[Sequence[int]]) -> int:
    """Twice the area of a ring; whole numbers of 1e-7 degree stay exact."""
    x0, y0 = ring[0]
    following = [*ring[1:], ring[0]]
    return sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in zip(ring, following, strict=True))


def drawn(area: Area, shapes: Sequence[Shape], loads: Mapping[str, Load], *, labelled: bool = False) -> Drawing | None:
    """The map of a place; None where nothing inside of it has an outline. `loads` by path, of the places below and,
    in a township, of their grids; the grids are coloured where they are drawn. `labelled` puts numbers to names."""
    inside = [shape for shape in shapes if shape.path != area.path]
    if not inside:
        return None
    depth = len(area.path) + PATH
    direct = [shape for shape in inside if len(shape.path) == depth]
    grids = [shape for shape in inside if shape.level == Area.Level.GRID]
    coloured = [*grids, *(shape for shape in direct if not _grids_in(grids, shape.path))]
    frame = Frame([*inside, *(shape for shape in shapes if shape.path == area.path)])
    weights = {shape.path: loads[shape.path].weight for shape in coloured if shape.path in loads}
    limits = limits_of(weights.values())
    whole = all(weight == int(weight) for weight in weights.values())
    patches = [_patch(frame, shape, loads.get(shape.path), limits) for shape in coloured]
    own = next((frame.path(shape.rings) for shape in shapes if shape.path == area.path), "")
    return Drawing(
        patches, [frame.path(shape.rings) for shape in direct] if grids and direct != grids else [], own,
        _labels(frame, direct or grids, loads, numbers=labelled), keys_of(limits, whole=whole),
        f"{area.name} {len(coloured)} 处，按现在的在办件数着色",
        _missing([path for path in loads if len(path) == depth], direct, grids),
        any(shape.synthetic for shape in coloured),
    )  # fmt: skip


def _grids_in(grids: Sequence[Shape], path: str) -> int:
    """How many of the drawn grids are this place or lie in it."""
    return sum(1 for grid in grids if grid.path.startswith(path))


def _missing(places: Sequence[str], direct: Sequence[Shape], grids: Sequence[Shape]) -> int:
    """Places without an outline; and of a village of which some grids are drawn, the others."""
    without = set(places) - {shape.path for shape in direct}
    some = {shape.path: _grids_in(grids, shape.path) for shape in direct if shape.level != Area.Level.GRID}
    rest = sum(max(0, shape.grids - some[shape.path]) for shape in direct if some.get(shape.path))
    return sum(1 for path in without if not _grids_in(grids, path)) + rest


def _patch(frame: Frame, shape: Shape, load: Load | None, limits: Sequence[float]) -> Patch:
    if load is None:
        return Patch(frame.path(shape.rings), 0, f"{shape.name}：在办 0 件", "")
    words = f"{shape.name}：在办 {load.open} 件" + (f"，超期 {load.overdue} 件" if load.overdue else "")
    warn = frame.middle(shape.rings) if load.overdue else None
    return Patch(frame.path(shape.rings), tone_of(load.weight, limits), words, load.url, warn)


def _labels(frame: Frame, shapes: Sequence[Shape], loads: Mapping[str, Any], *, numbers: bool) -> list[Label]:
    """Names in the middle of their places, the busiest first; one that would lie on another is left to the table."""
    found: list[tuple[Label, float]] = []
    for shape in sorted(shapes, key=lambda one: -(loads[one.path].open if one.path in loads else 0)):
        name = f"{shape.name} {loads[shape.path].open}" if numbers and shape.path in loads else shape.name
        x, y = frame.middle(shape.rings)
        half = sum(DIGIT if sign.isascii() else LETTER for sign in name) / 2
        x = min(max(x, half + 2), WIDTH - half - 2)
        if all(abs(x - other.x) >= half + wide or abs(y + LINE - other.y) >= LINE for other, wide in found):
            found.append((Label(round(x, 1), round(y + LINE, 1), name), half))
    return [label for label, _ in found]
