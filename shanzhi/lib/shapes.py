"""Outlines of places as whole numbers of 1e-7 degree (about a centimetre): their form, size, faults and neighbours.

Kept as polygons → rings → [longitude, latitude], the outer ring anticlockwise and first, holes clockwise (RFC 7946).
Areas and widths are metres on the ellipsoid of CGCS2000, good to a thousandth for a county. What is thinner than a
metre on average is no overlap and no gap: that is how two surveys of one border differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import cos, radians
from typing import Any, Final

import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon
from shapely.ops import split as cut

DEGREE: Final = 10_000_000
MOST_POINTS: Final = 2_000
SIMPLIFIED_M: Final = (1, 2, 5, 10)
THIN_M: Final = 1.0
SMALL_M2: Final = 100.0
Parts = list[list[list[list[int]]]]


@cache
def _metres_at(tenth: int) -> tuple[float, float]:
    """Metres in a degree of longitude and of latitude, by tenths of a degree of latitude."""
    phi = radians(tenth / 10)
    return (
        111412.84 * cos(phi) - 93.5 * cos(3 * phi) + 0.118 * cos(5 * phi),
        111132.92 - 559.82 * cos(2 * phi) + 1.175 * cos(4 * phi),
    )


def metres_per_unit(y: float) -> tuple[float, float]:
    """Metres in 1e-7 degree of longitude and of latitude at this latitude (in the same unit)."""
    east, north = _metres_at(round(y / DEGREE * 10))
    return east / DEGREE, north / DEGREE


def _in_metres(shape: Any) -> Any:
    west, south, _, north = shape.bounds
    east_m, north_m = metres_per_unit((south + north) / 2)
    return affinity.affine_transform(shape, (east_m, 0, 0, north_m, -west * east_m, -south * north_m))


def square_metres(shape: Any) -> float:
    return 0.0 if shape.is_empty else float(_in_metres(shape).area)


def width_m(shape: Any) -> float:
    """How wide it is on average: of a strip its width, of a square half its side."""
    if shape.is_empty:
        return 0.0
    flat = _in_metres(shape)
    return float(2 * flat.area / flat.length) if flat.length else 0.0


def matters(shape: Any, least_m2: float = 0.0) -> bool:
    """Whether an overlap, a gap or a piece outside is more than two surveys differ by."""
    return any(width_m(one) > THIN_M and square_metres(one) > least_m2 for one in polygons(shape))


def polygons(shape: Any) -> list[Any]:
    """The polygons of whatever an overlay gives; points and lines have no area and are left out."""
    if shape.is_empty:
        return []
    if shape.geom_type == "Polygon":
        return [shape]
    return [one for part in getattr(shape, "geoms", ()) for one in polygons(part)]


def areal(shapes: Iterable[Any]) -> Any:
    """One polygon or multipolygon of all polygons among these."""
    found = [one for shape in shapes for one in polygons(shape)]
    return found[0] if len(found) == 1 else MultiPolygon(found)


def to_shape(parts: Parts) -> Any:
    return areal(Polygon(rings[0], rings[1:]) for rings in parts)


def to_parts(shape: Any) -> Parts:
    """Rounded to whole units, every ring closed and turned the right way, the largest polygon first."""
    found = sorted(polygons(shape), key=lambda one: (-one.area, one.bounds))
    turned = [shapely.orient_polygons(one) for one in found]
    return [[_ring(ring) for ring in (one.exterior, *one.interiors)] for one in turned]


def _ring(ring: Any) -> list[list[int]]:
    points: list[list[int]] = []
    for x, y in ring.coords:
        at = [round(x), round(y)]
        if not points or points[-1] != at:
            points.append(at)
    return points


def count_points(parts: Parts) -> int:
    return sum(len(ring) for rings in parts for ring in rings)


def bounds(shape: Any) -> tuple[int, int, int, int]:
    """West, south, east, north."""
    west, south, east, north = shape.bounds
    return round(west), round(south), round(east), round(north)


def as_geojson(parts: Parts) -> dict[str, Any]:
    """A GeoJSON geometry in degrees."""
    told = [[[[x / DEGREE, y / DEGREE] for x, y in ring] for ring in rings] for rings in parts]
    return {"type": "Polygon", "coordinates": told[0]} if len(told) == 1 else {
        "type": "MultiPolygon", "coordinates": told,
    }  # fmt: skip


def fault_of(shape: Any) -> tuple[str, tuple[float, float] | None] | None:
    """What makes it no outline, in words, and where; None if nothing does."""
    if shape.is_empty or (shape.is_valid and not shape.area):
        return "没有围成一块地方，请至少画三个点。", None
    if shape.is_valid:
        return None
    reason = shapely.is_valid_reason(shape)
    at = None
    if "[" in reason:
        x, y = map(float, reason.split("[")[1].rstrip("]").split())
        at = (x, y)
    spot = f"，在东经 {at[0] / DEGREE:.5f}°、北纬 {at[1] / DEGREE:.5f}° 处" if at else ""
    if "Hole" in reason or "nested" in reason.lower() or "interior" in reason.lower():
        return f"里面的空洞或几块之间互相碰到了{spot}，请分开后再试。", at
    return f"边界自己和自己交叉{spot}，请改成不交叉的一圈。", at


@dataclass
class Fitted:
    """An outline fit to be kept, what was mended about it, in words, and whether a ring was turned."""

    shape: Any
    parts: Parts
    notes: list[str] = field(default_factory=list)
    turned: bool = False


def fitted(shape: Any, *, most: int = MOST_POINTS) -> Fitted | str:
    """A valid outline with whole units, wrongly turned rings mended, and not too many points; a sentence if not."""
    notes: list[str] = []
    parts = to_parts(shape)
    if count_points(parts) > most:
        before = count_points(parts)
        for tolerance in SIMPLIFIED_M:
            parts = to_parts(simplified(shape, tolerance))
            if count_points(parts) <= most:
                notes.append(f"点太多（{before:,} 个），已按 {tolerance} 米以内的误差简化为 {count_points(parts):,} 个")
                break
        else:
            return f"有 {before:,} 个点，简化后还多于 {most:,} 个，请先分块或简化。"
    turned = any(not one.exterior.is_ccw or any(ring.is_ccw for ring in one.interiors) for one in polygons(shape))
    kept = to_shape(parts)
    if fault_of(kept):
        kept = shapely.make_valid(kept)  # rounding to a centimetre closed a narrow passage
        parts = to_parts(kept)
        kept = to_shape(parts)
    if fault := fault_of(kept):
        return fault[0]
    return Fitted(kept, parts, notes, turned)


def simplified(shape: Any, tolerance_m: float) -> Any:
    _, north = metres_per_unit(shape.bounds[1])
    return shape.simplify(tolerance_m / north, preserve_topology=True)


def joined(one: Any, other: Any) -> Any:
    """Both together; a slit between them that is thinner than two surveys differ by is closed."""
    found = shapely.union(one, other, grid_size=1)
    _, north = metres_per_unit(one.bounds[1])
    slits = any(matters_not(Polygon(ring)) for part in polygons(found) for ring in part.interiors)
    if len(polygons(found)) < len(polygons(one)) + len(polygons(other)) and not slits:
        return areal([found])
    near = shapely.snap(other, one, THIN_M / north)
    if near.is_valid and near.area:
        found = shapely.union(one, near, grid_size=1)
    return areal(
        Polygon(part.exterior, [ring for ring in part.interiors if not matters_not(Polygon(ring))])
        for part in polygons(found)
    )


def matters_not(shape: Any) -> bool:
    return not matters(shape)


def without(one: Any, other: Any) -> Any:
    """What is left of `one`; slivers along the common border go too."""
    left = shapely.difference(one, other, grid_size=1)
    return areal(part for part in polygons(left) if matters(part))


def common(one: Any, other: Any) -> Any:
    return shapely.intersection(one, other, grid_size=1)


def halves(shape: Any, line: Sequence[Sequence[int]]) -> tuple[Any, Any] | None:
    """The two pieces that a line makes of a place, the larger first; None if it makes one or more than two."""
    if len(line) < 2:
        return None
    ways = cut(shape, shapely.LineString(line)) if shape.geom_type == "Polygon" else None
    pieces = sorted(polygons(ways), key=lambda one: -one.area) if ways is not None else []
    if len(pieces) != 2:
        return None
    first, second = (areal([shapely.set_precision(piece, 1)]) for piece in pieces)
    return (first, second) if first.area and second.area else None
