"""Which township, village and grid a position lies in; each process keeps the county's outlines in memory.

Before each use one small row is read (`map_stamp`); only when it has changed is everything built anew. On a border the
lowest code wins, on every machine.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from shanzhi.areas.models import Area, Outline
from shanzhi.areas.selectors.outlines import map_stamp
from shanzhi.lib.locating import Locator
from shanzhi.lib.shapes import to_shape
from shanzhi.tenancy.context import current

COUNTIES_KEPT: Final = 16
NEAR_M: Final = 500.0
LEVELS: Final = (Area.Level.COUNTY, Area.Level.TOWNSHIP, Area.Level.VILLAGE, Area.Level.GRID)


@dataclass(frozen=True, slots=True)
class Layer:
    """The open outlines of a level in the order of their codes."""

    locator: Locator
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The places that a position lies in, by level; `metres` is how far off the village is if none holds it."""

    places: dict[str, Area] = field(default_factory=dict)
    metres: int = 0

    @property
    def deepest(self) -> Area | None:
        return next((self.places[level] for level in reversed(LEVELS) if level in self.places), None)


_kept: OrderedDict[int, tuple[int, dict[str, Layer]]] = OrderedDict()
_lock = Lock()


def layers() -> dict[str, Layer]:
    """The current county's, built if its stamp is not the one that they were built under."""
    county, now = current(), map_stamp()
    with _lock:
        kept = _kept.get(county)
        if kept is not None and kept[0] == now:
            _kept.move_to_end(county)
            return kept[1]
    built = _build()
    with _lock:
        _kept[county] = (now, built)
        _kept.move_to_end(county)
        while len(_kept) > COUNTIES_KEPT:
            _kept.popitem(last=False)
    return built


def _build() -> dict[str, Layer]:
    rows = Outline.objects.filter(valid_to__isnull=True).order_by("area__code", "id")
    found: dict[str, list[tuple[int, list[list[list[list[int]]]]]]] = {}
    for level, area_id, shape in rows.values_list("area__level", "area_id", "shape"):
        found.setdefault(level, []).append((area_id, shape))
    return {
        level: Layer(Locator([to_shape(shape) for _, shape in pairs]), tuple(area_id for area_id, _ in pairs))
        for level, pairs in found.items()
    }


def whereabouts(lon: int, lat: int) -> Whereabouts:
    """The places at a position in 1e-7 degree, each with its parent.

    In the county but in no village (a gap, a lake): the nearest village within 500 m, and no grid.
    """
    here = layers()
    ids: dict[str, int] = {}
    for level in LEVELS:
        if level in here and (at := here[level].locator.at(lon, lat)) >= 0:
            ids[level] = here[level].ids[at]
    metres = 0
    inside = bool(ids) or Area.Level.COUNTY not in here
    if inside and not ids.keys() & {Area.Level.VILLAGE, Area.Level.GRID} and Area.Level.VILLAGE in here:
        layer = here[Area.Level.VILLAGE]
        if near := layer.locator.nearest(lon, lat, NEAR_M):
            ids[Area.Level.VILLAGE], metres = layer.ids[near[0]], max(1, round(near[1]))
    rows = Area.objects.filter(id__in=ids.values(), valid_to__isnull=True).select_related("parent")
    return Whereabouts({row.level: row for row in rows}, metres)
