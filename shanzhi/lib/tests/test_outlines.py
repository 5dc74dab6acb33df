"""Points and outlines: inside, outside, holes, edges; and the real outlines of the counties."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.outlines import is_inside, is_near

SQUARE = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 0.0]]
HOLE = [[4.0, 4.0], [6.0, 4.0], [6.0, 6.0], [4.0, 6.0], [4.0, 4.0]]
DATA = Path(__file__).parents[3] / "data/county-boundaries.geojson"


def test_a_square_with_a_hole() -> None:
    assert is_inside(5, 5, [SQUARE])
    assert not is_inside(5, 5, [SQUARE, HOLE])
    assert is_inside(2, 5, [SQUARE, HOLE])
    assert not is_inside(11, 5, [SQUARE])
    assert not is_inside(5, 5, [])


@given(st.floats(-20, 30), st.floats(-20, 30))
def test_as_the_numbers_say(lon: float, lat: float) -> None:
    edges = {0.0, 10.0}
    if lon not in edges and lat not in edges:
        assert is_inside(lon, lat, [SQUARE]) is (0 < lon < 10 and 0 < lat < 10)


@given(st.floats(0.001, 9.999), st.floats(0.001, 9.999))
def test_neither_turn_nor_direction_of_a_ring_matters(lon: float, lat: float) -> None:
    assert is_inside(lon, lat, [SQUARE[::-1]])
    turned = SQUARE[2:-1] + SQUARE[:3]
    assert is_inside(lon, lat, [turned])


def test_close_to_an_edge() -> None:
    assert is_near(10.009, 5, [SQUARE], degrees=0.01)
    assert not is_near(10.02, 5, [SQUARE], degrees=0.01)
    assert is_near(5, -0.009, [SQUARE], degrees=0.01)
    assert not is_near(5, 5, [SQUARE], degrees=0.01)
    assert is_near(0, 0, [[[0.0, 0.0], [0.0, 0.0]]], degrees=0.0)


@pytest.fixture(scope="module")
def outlines() -> dict[str, Any]:
    found = json.loads(DATA.read_text(encoding="utf-8"))["features"]
    return {one["properties"]["name"]: one["geometry"]["coordinates"] for one in found}


@pytest.mark.parametrize(
    ("name", "lon", "lat"),
    [("天长市", 118.95, 32.65), ("巢湖市", 117.87, 31.6), ("临沭县", 118.65, 34.92), ("台前县", 115.87, 35.97)],
)
def test_seats_lie_in_their_counties_and_in_no_other(
    outlines: dict[str, Any], name: str, lon: float, lat: float
) -> None:
    assert [other for other, rings in outlines.items() if is_inside(lon, lat, rings)] == [name]
