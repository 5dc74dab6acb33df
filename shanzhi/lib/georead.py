"""Outlines as files write them: GeoJSON, WKT or a list of longitudes and latitudes, in one of three datums.

What is read comes out in whole units of 1e-7 degree of CGCS2000. Longitude and latitude the wrong way round are put
right (in China the one is always the larger); metres of a projection are recognised and refused, since nobody can know
which zone they are of.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import shapely
from shapely.geometry import Polygon

from shanzhi.lib.datums import Datum, to_national
from shanzhi.lib.shapes import DEGREE, areal, polygons

Box = tuple[int, int, int, int]  # west, south, east, north in 1e-7 degree
MERCATOR_M: Final = 6378137.0
NEAR: Final = 1_000_000  # a tenth of a degree: how far outside of the county still counts as near it
GEOGRAPHIC: Final = re.compile(r"(CRS84|4326|4490|4979)\b")
NUMBER: Final = r"[-+]?\d+(?:\.\d+)?"
PAIR: Final = re.compile(rf"({NUMBER})\s*[,，\s]\s*({NUMBER})")
MOST_READ: Final = 200_000


class Unreadable(ValueError):
    """What is wrong with it, as a sentence."""


@dataclass
class Placed:
    """An outline in whole units, and what was put right about it."""

    shape: Any
    notes: list[str] = field(default_factory=list)


def geometry_of(value: Any) -> Any:
    """The polygons of a GeoJSON geometry as it writes them; Unreadable with a sentence."""
    if not isinstance(value, dict):
        raise Unreadable("没有图形，请检查 geometry。")
    kind, told = value.get("type"), value.get("coordinates")
    if kind == "Polygon":
        told = [told]
    elif kind != "MultiPolygon":
        raise Unreadable(f"图形是 {str(kind)[:20]}，边界要用 Polygon 或 MultiPolygon。")
    if not isinstance(told, list) or not told:
        raise Unreadable("图形里没有坐标，请检查 coordinates。")
    return areal(_polygon(rings) for rings in told)


def _polygon(rings: Any) -> Any:
    if not isinstance(rings, list) or not rings:
        raise Unreadable("图形里没有坐标，请检查 coordinates。")
    return polygon_of([[_position(point) for point in _listed(ring)] for ring in rings])


def _listed(ring: Any) -> list[Any]:
    if not isinstance(ring, list) or len(ring) > MOST_READ:
        raise Unreadable("坐标写得不对，每一圈要是一串 [经度, 纬度]。")
    return ring


def _position(point: Any) -> tuple[float, float]:
    right = isinstance(point, list) and len(point) >= 2 and all(
        isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < 1e12 for number in point[:2]
    )  # fmt: skip
    if not right:
        raise Unreadable("坐标写得不对，每一点要是 [经度, 纬度] 两个数。")
    return float(point[0]), float(point[1])


def polygon_of(rings: Sequence[Sequence[tuple[float, float]]]) -> Any:
    """A polygon of rings that may be left open; Unreadable where one has fewer than three points."""
    closed = [[*ring, ring[0]] if ring and ring[0] != ring[-1] else list(ring) for ring in rings]
    if any(len(set(ring)) < 3 for ring in closed):
        raise Unreadable("有一圈少于三个点，围不成一块地方。")
    return Polygon(closed[0], closed[1:])


def text_geometry(text: str) -> Any:
    """WKT, GeoJSON, or a list such as `118.1 32.5, 118.2 32.5, 118.2 32.6`; Unreadable with a sentence."""
    text = text.strip()
    if not text:
        raise Unreadable("边界没有填，请补上。")
    if text.startswith("{"):
        try:
            return geometry_of(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise error if isinstance(error, Unreadable) else Unreadable("边界不是正确的 GeoJSON，请检查。") from None
    if text[0].isalpha():
        return _wkt(text)
    pairs = [(float(lon), float(lat)) for lon, lat in PAIR.findall(text)]
    left = PAIR.sub("", text)
    if not pairs or re.search(r"[^\s,;，；|]", left):
        raise Unreadable("边界要写成 WKT，或“经度 纬度, 经度 纬度, …”这样的一串。")
    return areal([polygon_of([pairs])])


def _wkt(text: str) -> Any:
    if len(text) > MOST_READ * 40:
        raise Unreadable("边界太长，请先简化。")
    try:
        read = shapely.force_2d(shapely.from_wkt(text.split(";", 1)[-1] if text.upper().startswith("SRID=") else text))
    except shapely.errors.ShapelyError:
        raise Unreadable("边界不是正确的 WKT，请检查括号和逗号。") from None
    if read is None or read.geom_type not in ("Polygon", "MultiPolygon"):
        raise Unreadable("边界要用 POLYGON 或 MULTIPOLYGON。")
    found = polygons(read)
    if not found or not all(math.isfinite(number) for number in read.bounds):
        raise Unreadable("边界是空的，请补上坐标。")
    return areal(found)


def foreign_crs(value: Any) -> str | None:
    """A sentence if a GeoJSON file names coordinates other than longitude and latitude."""
    crs = value.get("crs") if isinstance(value, dict) else None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if not name or GEOGRAPHIC.search(name):
        return None
    return f"文件的坐标系是 {name[:60]}，请先转成 CGCS2000 经纬度（EPSG:4490）再导入。"


def placed(geometry: Any, *, datum: Datum = Datum.CGCS2000, box: Box | None = None) -> Placed:
    """In whole units of CGCS2000; `box` is around the county. Unreadable where it can't be there."""
    west, south, east, north = geometry.bounds
    notes: list[str] = []
    if max(abs(west), abs(south), abs(east), abs(north)) > 180:
        raise Unreadable(_projected(geometry, box))
    if west < 60 and east < 60 and south > 70:
        geometry = shapely.transform(geometry, lambda points: points[:, ::-1])
        notes.append("经度和纬度写反了，已换过来")
    if datum != Datum.CGCS2000:
        geometry = shapely.transform(
            geometry, lambda points: [to_national(datum, float(x), float(y)) for x, y in points]
        )
    shape = shapely.transform(geometry, lambda points: (points * DEGREE).round())
    if box is not None and not _is_near(shape.bounds, box):
        lon, lat = (shape.bounds[0] + shape.bounds[2]) / 2 / DEGREE, (shape.bounds[1] + shape.bounds[3]) / 2 / DEGREE
        raise Unreadable(f"位置在东经 {lon:.2f}°、北纬 {lat:.2f}° 一带，不在本县，请检查坐标。")
    return Placed(shape, notes)


def _is_near(bounds: Sequence[float], box: Box) -> bool:
    west, south, east, north = bounds
    return (
        west >= box[0] - NEAR and south >= box[1] - NEAR and east <= box[2] + NEAR and north <= box[3] + NEAR
    )  # fmt: skip


def _projected(geometry: Any, box: Box | None) -> str:
    x, y = (geometry.bounds[0] + geometry.bounds[2]) / 2, (geometry.bounds[1] + geometry.bounds[3]) / 2
    lon = math.degrees(x / MERCATOR_M)
    lat = math.degrees(2 * math.atan(math.exp(min(y / MERCATOR_M, 50.0))) - math.pi / 2)
    at = (lon * DEGREE, lat * DEGREE)
    if box is not None and _is_near((*at, *at), box):
        return "坐标是网络墨卡托投影（EPSG:3857）的米，请先转成 CGCS2000 经纬度再导入。"
    return "坐标是投影坐标的米，不是经纬度，请先转成 CGCS2000 经纬度（EPSG:4490）再导入。"
