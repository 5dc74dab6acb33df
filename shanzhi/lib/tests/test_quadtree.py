"""Squares and spots: every position is in exactly one square of a size, and a square is exactly one range of spots."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shanzhi.lib.georead import Box
from shanzhi.lib.quadtree import (
    LARGEST,
    MOST_RANGES,
    SHIFT,
    SOUTH,
    WEST,
    Square,
    bits_for,
    how_many,
    ranges_of,
    spot_of,
    squares_in,
)

lons = st.integers(730_000_000, 1_350_000_000)
lats = st.integers(180_000_000, 540_000_000)
boxes = st.tuples(lons, lats, st.integers(0, 90_000_000), st.integers(0, 90_000_000)).map(
    lambda told: (told[0], told[1], told[0] + told[2], told[1] + told[3])
)


def inside(box: Box, lon: int, lat: int) -> bool:
    return box[0] <= lon <= box[2] and box[1] <= lat <= box[3]


@settings(max_examples=25)
@given(lon=lons, lat=lats, bits=st.integers(SHIFT, LARGEST))
def test_a_position_is_in_the_square_whose_range_holds_its_spot(lon: int, lat: int, bits: int) -> None:
    (square,) = squares_in((lon, lat, lon, lat), bits)
    west, south, east, north = square.box
    assert west <= lon < east
    assert south <= lat < north
    lo, hi = square.spots
    assert lo <= spot_of(lon, lat) < hi
    assert hi - lo == 4 ** (bits - SHIFT)
    for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        other = Square(bits, square.x + dx, square.y + dy)
        if other.x >= 0 and other.y >= 0:
            low, high = other.spots
            assert high <= lo or hi <= low


@settings(max_examples=25)
@given(box=boxes, lon=lons, lat=lats, share=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_the_ranges_hold_the_rectangle_and_are_few(box: Box, lon: int, lat: int, share: tuple[float, float]) -> None:
    ranges = ranges_of(box)
    assert 1 <= len(ranges) <= MOST_RANGES
    assert all(one[1] < two[0] for one, two in pairwise(ranges))
    within = (box[0] + int((box[2] - box[0]) * share[0]), box[1] + int((box[3] - box[1]) * share[1]))
    for x, y in (within, box[:2], box[2:]):
        assert any(lo <= spot_of(x, y) < hi for lo, hi in ranges)
    if not inside(box, lon, lat):  # not much more: nothing that is farther off than the sides are long, twice
        far = max(box[2] - box[0], box[3] - box[1], 1 << SHIFT) * 4
        off = max(box[0] - lon, lon - box[2], box[1] - lat, lat - box[3])
        assert off <= far or not any(lo <= spot_of(lon, lat) < hi for lo, hi in ranges)


@settings(max_examples=25)
@given(box=boxes, zoom=st.integers(0, 22), most=st.integers(4, 400))
def test_squares_are_no_more_than_are_wanted(box: Box, zoom: int, most: int) -> None:
    bits = bits_for(box, zoom, most)
    assert SHIFT <= bits <= LARGEST
    count = how_many(box, bits)
    assert count <= most
    assert len({(one.x, one.y) for one in squares_in(box, bits)}) == count


def test_the_corners_of_the_earth_have_spots_too() -> None:
    assert spot_of(WEST, SOUTH) == 0
    assert spot_of(-WEST, -SOUTH) < 2**42
    assert how_many((WEST, SOUTH, -WEST, -SOUTH), LARGEST) == 1


def test_a_square_halves_with_each_zoom() -> None:
    near = (1_189_000_000, 326_000_000, 1_189_010_000, 326_010_000)
    sizes = [bits_for(near, zoom, 400) for zoom in range(8, 23)]
    assert sizes == [max(30 - zoom, SHIFT) for zoom in range(8, 23)]
