"""Outlines for the small tree of the tests: rectangles in hundredths of a degree from a corner of the county."""

from datetime import date, timedelta
from typing import Any

import shapely

from shanzhi.areas import services
from shanzhi.areas.models import Area, Outline
from shanzhi.areas.selectors.examining import Wish
from shanzhi.areas.selectors.outlines import outline_at, outlines_of
from shanzhi.areas.tests.factories import BEIDANG, COUNTY, GUANGLING, REASON, SINCE, XIAOGUAN, YANGCUN, ZHANGPU, Tree
from shanzhi.lib.shapes import to_shape

STEP = 100_000
WEST, SOUTH = 1_188_000_000, 326_000_000
LAND: dict[str, tuple[float, float, float, float]] = {
    COUNTY: (0, 0, 40, 20),
    YANGCUN: (0, 0, 20, 20),
    ZHANGPU: (20, 0, 40, 20),
    XIAOGUAN: (0, 0, 10, 20),
    BEIDANG: (10, 0, 20, 20),
    GUANGLING: (20, 0, 40, 20),
}


def at(x: float, y: float) -> tuple[int, int]:
    """A position in 1e-7 degree."""
    return round(WEST + x * STEP), round(SOUTH + y * STEP)


def box(west: float, south: float, east: float, north: float) -> Any:
    return shapely.box(*at(west, south), *at(east, north))


def ring(*points: tuple[float, float]) -> Any:
    return shapely.Polygon([at(*point) for point in points])


def degrees(shape: Any) -> dict[str, Any]:
    """A GeoJSON polygon."""
    told = [[[x / 1e7, y / 1e7] for x, y in line.coords] for line in (shape.exterior, *shape.interiors)]
    return {"type": "Polygon", "coordinates": told}


def put(tree: Tree, shapes: dict[str, Any], **changes: Any) -> list[Outline]:
    """Outlines by the code of their place, as the system draws them over what is there now."""
    wishes = [Wish(tree.area(code), shape) for code, shape in shapes.items()]
    now = outlines_of(wish.area.id for wish in wishes)
    seen = {area_id: row.id for area_id, row in now.items()}
    day = SINCE + timedelta(days=2)
    values: dict[str, Any] = {"actor": tree.system, "seen": seen, "on": day, "reason": REASON}
    return services.outlines_put(wishes=wishes, **{**values, **changes})


def settle(tree: Tree, *, grids: bool = True) -> Tree:
    """The whole county with its outlines; 小关社区 in two grids beside each other."""
    put(tree, {code: box(*sides) for code, sides in LAND.items()})
    if grids:
        first, second = tree.grid(XIAOGUAN), tree.grid(XIAOGUAN, "第二网格")
        put(tree, {first.code: box(0, 0, 10, 10), second.code: box(0, 10, 10, 20)})
    return tree


def grid_codes(village: str = XIAOGUAN) -> list[str]:
    rows = Area.objects.filter(parent__code=village, level="grid", valid_to=None).order_by("code")
    return list(rows.values_list("code", flat=True))


def shape_of(tree: Tree, code: str, day: date | None = None) -> Any:
    """The shape of a place now (or on a day); None without one."""
    row = selected(tree, code, day)
    return to_shape(row.shape) if row is not None else None


def selected(tree: Tree, code: str, day: date | None = None) -> Outline | None:
    return outline_at(tree.area(code), day)


def same(one: Any, other: Any) -> bool:
    """Equal within a few square metres."""
    return one is not None and one.symmetric_difference(other).area < 1e-6 * other.area
