"""Outlines as files write them, and what is recognised in them."""

import json

import pytest
import shapely

from shanzhi.lib.datums import Datum, wgs84_to_bd09, wgs84_to_gcj02
from shanzhi.lib.georead import Unreadable, foreign_crs, geometry_of, placed, polygon_of, text_geometry

SQUARE = [[118.8, 32.6], [118.9, 32.6], [118.9, 32.7], [118.8, 32.7], [118.8, 32.6]]
BOX = (1_186_000_000, 324_000_000, 1_192_000_000, 330_000_000)
WHOLE = shapely.box(1_188_000_000, 326_000_000, 1_189_000_000, 327_000_000)


def read(value: object) -> str:
    with pytest.raises(Unreadable) as caught:
        geometry_of(value)
    return str(caught.value)


def test_a_polygon_and_a_multipolygon() -> None:
    one = geometry_of({"type": "Polygon", "coordinates": [SQUARE]})
    assert one.equals(shapely.box(118.8, 32.6, 118.9, 32.7))
    both = geometry_of({"type": "MultiPolygon", "coordinates": [[SQUARE], [[[1, 1], [2, 1], [2, 2]]]]})
    assert both.geom_type == "MultiPolygon"


def test_a_ring_that_was_left_open_is_closed() -> None:
    assert geometry_of({"type": "Polygon", "coordinates": [SQUARE[:-1]]}).area == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "没有图形"),
        ({"type": "Point", "coordinates": [1, 2]}, "图形是 Point"),
        ({"type": "MultiPolygon", "coordinates": []}, "没有坐标"),
        ({"type": "Polygon", "coordinates": None}, "没有坐标"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [1, 2]]]}, "少于三个点"),
        ({"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4]]]}, "[经度, 纬度]"),
        ({"type": "Polygon", "coordinates": [[[True, False], [1, 2], [3, 4]]]}, "[经度, 纬度]"),
        ({"type": "Polygon", "coordinates": ["x"]}, "坐标写得不对"),
        ({"type": "Polygon", "coordinates": [[[1e300, 2], [1, 2], [3, 4]]]}, "[经度, 纬度]"),
    ],
)
def test_what_is_no_outline_gets_a_sentence(value: object, says: str) -> None:
    assert says in read(value)


@pytest.mark.parametrize(
    "text",
    [
        "POLYGON ((118.8 32.6, 118.9 32.6, 118.9 32.7, 118.8 32.7, 118.8 32.6))",
        "SRID=4490;POLYGON ((118.8 32.6, 118.9 32.6, 118.9 32.7, 118.8 32.7, 118.8 32.6))",
        "MULTIPOLYGON (((118.8 32.6, 118.9 32.6, 118.9 32.7, 118.8 32.7, 118.8 32.6)))",
        "POLYGON Z ((118.8 32.6 5, 118.9 32.6 5, 118.9 32.7 5, 118.8 32.7 5, 118.8 32.6 5))",
        "118.8 32.6, 118.9 32.6, 118.9 32.7, 118.8 32.7",
        "118.8,32.6;118.9,32.6;118.9,32.7;118.8,32.7",
        "118.8，32.6；118.9，32.6；118.9，32.7；118.8，32.7",
        json.dumps({"type": "Polygon", "coordinates": [SQUARE]}),
    ],
)
def test_texts_of_one_square(text: str) -> None:
    assert placed(text_geometry(text), box=BOX).shape.equals(WHOLE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "没有填"), ("POLYGON ((1 2, 3", "不是正确的 WKT"), ("POINT (1 2)", "要用 POLYGON"),
        ("POLYGON EMPTY", "空的"), ("{", "不是正确的 GeoJSON"), ("1 2, 3 4", "少于三个点"), ("（空）", "要写成 WKT"),
        ("1 2, 3 4, 5 6 & 7", "要写成 WKT"), ('{"type": "Point"}', "图形是 Point"),
    ],
)  # fmt: skip
def test_texts_that_are_none(text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        text_geometry(text)


def test_the_wrong_way_round_is_put_right_and_said() -> None:
    turned = polygon_of([[(y, x) for x, y in SQUARE]])
    found = placed(turned, box=BOX)
    assert found.shape.equals(WHOLE)
    assert found.notes == ["经度和纬度写反了，已换过来"]
    assert placed(polygon_of([[(x, y) for x, y in SQUARE]]), box=BOX).notes == []


def test_web_mercator_is_recognised_by_the_county() -> None:
    metres = [(13_224_755, 3_842_800), (13_235_000, 3_842_800), (13_235_000, 3_855_000)]
    with pytest.raises(Unreadable, match="EPSG:3857"):
        placed(polygon_of([metres]), box=BOX)


def test_other_metres_are_refused() -> None:
    gauss = [(39_575_000.0, 3_610_000.0), (39_576_000.0, 3_610_000.0), (39_576_000.0, 3_611_000.0)]
    with pytest.raises(Unreadable, match="投影坐标的米"):
        placed(polygon_of([gauss]), box=BOX)


def test_elsewhere_is_said_with_the_place() -> None:
    with pytest.raises(Unreadable, match=r"东经 1.33°、北纬 1.33° 一带，不在本县"):
        placed(shapely.box(1, 1, 1.66, 1.66), box=BOX)
    assert placed(shapely.box(1, 1, 2, 2)).shape.area > 0  # nobody knows where the county is


@pytest.mark.parametrize(("datum", "shift"), [(Datum.GCJ02, wgs84_to_gcj02), (Datum.BD09, wgs84_to_bd09)])
def test_files_of_other_datums_come_back_to_a_centimetre(datum: Datum, shift: object) -> None:
    moved = polygon_of([[shift(x, y) for x, y in SQUARE]])  # type: ignore[operator]
    found = placed(moved, datum=datum, box=BOX).shape
    for x, y in shapely.get_coordinates(found).tolist():
        assert min(abs(x - 1_188_000_000), abs(x - 1_189_000_000)) <= 1
        assert min(abs(y - 326_000_000), abs(y - 327_000_000)) <= 1
    assert not placed(moved, box=BOX).shape.equals(WHOLE)


def crs(name: str) -> dict[str, object]:
    return {"crs": {"type": "name", "properties": {"name": name}}}


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4490"])
def test_geographic_systems_are_taken(name: str) -> None:
    assert foreign_crs(crs(name)) is None


def test_other_systems_are_named() -> None:
    assert foreign_crs({}) is foreign_crs([]) is foreign_crs({"crs": None}) is None
    assert "EPSG::3857" in (foreign_crs(crs("urn:ogc:def:crs:EPSG::3857")) or "")
    assert "4549" in (foreign_crs(crs("EPSG:4549")) or "")
