"""Squares that halve: every position in one of each size, each of them one range, a rectangle in at most nine."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanzhi.lib.quadtree import (
    LARGEST,
    MOST_RANGES,
    SHIFT,
    SOUTH,
    WEST,
    Square,
    bits_for,
    how_many,
    interleaved,
    ranges_of,
    spot_of,
    squares_in,
)

SIDE = 1 << SHIFT  # of the smallest square
EARTH = (WEST, SOUTH, -WEST, -SOUTH)
CHUZHOU = (1_180_000_000, 322_000_000, 1_190_000_000, 331_000_000)
lons, lats = st.integers(WEST, -WEST), st.integers(SOUTH, -SOUTH)
positions = st.tuples(lons, lats)


def box_of(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int, int, int]:
    west, east = sorted((one[0], other[0]))
    south, north = sorted((one[1], other[1]))
    return west, south, east, north


def held(ranges: list[tuple[int, int]], spot: int) -> int:
    """How many of the ranges hold the spot."""
    return sum(lo <= spot < hi for lo, hi in ranges)


@pytest.mark.parametrize(
    ("x", "y", "number"), [(0, 0, 0), (1, 0, 1), (0, 1, 2), (1, 1, 3), (2, 0, 4), (0, 2, 8), (3, 5, 39), (7, 7, 63)]
)  # fmt: skip
def test_bits_are_taken_in_turn_the_longitude_first(x: int, y: int, number: int) -> None:
    assert interleaved(x, y) == number


@pytest.mark.parametrize(
    ("lon", "lat"), [(WEST, SOUTH), (-WEST, -SOUTH), (WEST, -SOUTH), (-WEST, SOUTH), (0, 0), (-1, -1)]
)  # fmt: skip
def test_the_corners_of_the_earth_have_spots_in_the_one_square_of_it(lon: int, lat: int) -> None:
    lo, hi = Square(LARGEST, 0, 0).spots
    assert lo == 0
    assert lo <= spot_of(lon, lat) < hi
    assert hi < 1 << 63, "fits a bigint"


def test_neighbours_in_a_square_share_a_spot_and_the_first_of_the_next_does_not() -> None:
    lon, lat = WEST + 1000 * SIDE, SOUTH + 1000 * SIDE
    assert spot_of(lon, lat) == spot_of(lon + SIDE - 1, lat + SIDE - 1)
    assert len({spot_of(lon, lat), spot_of(lon + SIDE, lat), spot_of(lon, lat + SIDE), spot_of(lon - 1, lat)}) == 4


@pytest.mark.parametrize("bits", [SHIFT, SHIFT + 1, 17, 24, 31])
def test_the_box_of_a_square_holds_what_its_spots_hold(bits: int) -> None:
    (square,) = squares_in((*CHUZHOU[:2], *CHUZHOU[:2]), bits)
    west, south, east, north = square.box
    assert east - west == north - south == 1 << bits
    lo, hi = square.spots
    assert hi - lo == 4 ** (bits - SHIFT)
    for lon, lat in ((west, south), (east - 1, south), (west, north - 1), (east - 1, north - 1)):
        assert lo <= spot_of(lon, lat) < hi
    for lon, lat in ((west - 1, south), (east, south), (west, south - 1), (west, north)):
        assert not lo <= spot_of(lon, lat) < hi


def test_the_four_quarters_of_a_square_are_its_range_without_gap_or_overlap() -> None:
    square = Square(20, 345, 678)
    quarters = sorted(Square(19, 690 + x, 1356 + y).spots for x in (0, 1) for y in (0, 1))
    lo, hi = square.spots
    assert (quarters[0][0], quarters[-1][1]) == (lo, hi)
    assert all(one[1] == other[0] for one, other in pairwise(quarters))


def test_a_rectangle_across_an_edge_touches_the_squares_on_both_sides() -> None:
    bits, x, y = 20, 100, 200
    west, south, east, north = Square(bits, x, y).box
    inside = (west, south, east - 1, north - 1)
    assert list(squares_in(inside, bits)) == [Square(bits, x, y)]
    assert how_many((west, south, east, north), bits) == 4, "the edges in the east and north are of the next"
    across = (west - 1, south, west, south)
    assert {one.x for one in squares_in(across, bits)} == {x - 1, x}


def test_a_rectangle_of_no_area_is_one_square() -> None:
    lon, lat = CHUZHOU[:2]
    point = (lon, lat, lon, lat)
    assert how_many(point, SHIFT) == 1
    assert ranges_of(point) == [(spot_of(lon, lat), spot_of(lon, lat) + 1)]


@settings(max_examples=25)
@given(one=positions, other=positions, bits=st.integers(24, LARGEST))
def test_how_many_is_how_many_there_are(one: tuple[int, int], other: tuple[int, int], bits: int) -> None:
    box = box_of(one, other)
    found = list(squares_in(box, max(bits, bits_for(box, 22, 400))))
    assert len(found) == len(set(found)) == how_many(box, found[0].bits) <= 400


@settings(max_examples=25)
@given(one=positions, other=positions, within=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_whatever_lies_in_a_rectangle_is_in_exactly_one_of_its_ranges(
    one: tuple[int, int], other: tuple[int, int], within: tuple[float, float]
) -> None:
    west, south, east, north = box_of(one, other)
    ranges = ranges_of((west, south, east, north))
    assert len(ranges) <= MOST_RANGES
    inside = west + int((east - west) * within[0]), south + int((north - south) * within[1])
    for lon, lat in (inside, (west, south), (east, north), (west, north), (east, south)):
        assert held(ranges, spot_of(lon, lat)) == 1
    assert ranges == sorted(ranges)
    assert all(first[1] < second[0] for first, second in pairwise(ranges)), "neighbours are joined"


def test_the_whole_earth_is_one_range_and_a_county_leaves_the_rest_out() -> None:
    assert len(ranges_of(EARTH)) == 1
    ranges = ranges_of(CHUZHOU)
    for lon, lat in ((1_160_000_000, 399_000_000), (0, 0), (-1_180_000_000, 325_000_000), (1_180_000_000, 0)):
        assert held(ranges, spot_of(lon, lat)) == 0
    many = sum(hi - lo for lo, hi in ranges) * SIDE**2
    area = (CHUZHOU[2] - CHUZHOU[0]) * (CHUZHOU[3] - CHUZHOU[1])
    assert many < 6 * area, "not much more than the rectangle"


@pytest.mark.parametrize("zoom", range(23))
def test_a_square_is_about_eighty_pixels_but_never_more_of_them_than_asked_for(zoom: int) -> None:
    small = (*CHUZHOU[:2], CHUZHOU[0] + 1, CHUZHOU[1] + 1)
    bits = bits_for(small, zoom, 200)
    pixels = (1 << bits) / 10_000_000 * 256 * 2**zoom / 360
    assert 75 < pixels < 78 or bits == SHIFT
    assert how_many(EARTH, bits_for(EARTH, zoom, 200)) <= 200
    assert bits_for(EARTH, zoom, 1) == LARGEST


@pytest.mark.parametrize("zoom", [-5, 40, 1000])
def test_a_zoom_beyond_all_maps_is_the_largest_or_the_smallest_square(zoom: int) -> None:
    point = (0, 0, 0, 0)
    assert bits_for(point, zoom, 200) == (LARGEST if zoom < 0 else SHIFT)
