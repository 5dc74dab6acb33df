"""The sketch: rounded, true to scale, everything in the frame, each number once."""

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.sketch import CELL, METRES, Dot, Point, distance, length_words, nice, rounded, sketch

WIDTH, HEIGHT, MARGIN, APART = 640, 480, 70, (104, 44)
FAR = (0, 0)  # nothing is joined but what lies on one point
LON, LAT = 1_189_512_345, 327_098_765
lons = st.integers(730_000_000, 1_350_000_000)
lats = st.integers(180_000_000, 535_000_000)
near = st.lists(
    st.tuples(st.integers(LON - 300_000, LON + 300_000), st.integers(LAT - 300_000, LAT + 300_000)),
    min_size=1, max_size=40,
)  # fmt: skip


def drawn(places: list[tuple[int, int]], apart: tuple[int, int] = APART):
    rows = [(number, lon, lat) for number, (lon, lat) in enumerate(places, 1)]
    made = sketch(rows, width=WIDTH, height=HEIGHT, margin=MARGIN, apart=apart)
    assert made is not None
    return made


class TestRounded:
    @given(lons, lats)
    def test_it_stays_within_the_cell(self, lon: int, lat: int) -> None:
        assert distance(Point(lon, lat), rounded(lon, lat)) <= hypot(CELL, CELL) / 2 + 1

    @given(lons, lats)
    def test_rounding_again_changes_nothing(self, lon: int, lat: int) -> None:
        once = rounded(lon, lat)
        assert rounded(once.lon, once.lat) == once

    @given(lons, lats, st.integers(-2_000, 2_000), st.integers(-2_000, 2_000))
    def test_neighbours_are_told_apart_by_the_cell_alone(self, lon: int, lat: int, east: int, north: int) -> None:
        """Whatever lies in one cell is one place: from the rounded one nobody tells which house it was."""
        one, other = rounded(lon, lat), rounded(lon + east, lat + north)
        assert one == other or distance(one, other) >= CELL * 0.9

    def test_a_hundred_metres(self) -> None:
        tall = round(CELL / METRES * 10_000_000)
        rows = {rounded(LON, LAT + north).lat for north in range(0, tall * 20, 100)}
        assert 19 <= len(rows) <= 21

    @given(st.integers(-1_800_000_000, 1_800_000_000), st.integers(-900_000_000, 900_000_000))
    def test_anywhere_on_earth(self, lon: int, lat: int) -> None:
        assert isinstance(rounded(lon, lat), Point)


class TestDistance:
    def test_a_degree_to_the_north_and_one_to_the_east(self) -> None:
        assert distance(Point(0, 0), Point(0, 10_000_000)) == pytest.approx(111_320)
        assert distance(Point(0, 600_000_000), Point(10_000_000, 600_000_000)) == pytest.approx(55_660, rel=0.01)

    @given(lons, lats, lons, lats)
    def test_the_way_back_is_as_long(self, a: int, b: int, c: int, d: int) -> None:
        assert distance(Point(a, b), Point(c, d)) == pytest.approx(distance(Point(c, d), Point(a, b)))


class TestSketch:
    def test_nothing_without_a_place(self) -> None:
        assert sketch([], width=WIDTH, height=HEIGHT, margin=MARGIN, apart=APART) is None

    @given(near)
    def test_everything_is_inside_the_margins(self, places: list[tuple[int, int]]) -> None:
        for dot in drawn(places, FAR).dots:
            assert MARGIN - 0.1 <= dot.x <= WIDTH - MARGIN + 0.1
            assert MARGIN - 0.1 <= dot.y <= HEIGHT - MARGIN + 0.1

    @given(near)
    def test_every_number_once(self, places: list[tuple[int, int]]) -> None:
        numbers = [number for dot in drawn(places).dots for number in dot.numbers]
        assert sorted(numbers) == list(range(1, len(places) + 1))

    @given(near)
    def test_no_dot_lies_on_another(self, places: list[tuple[int, int]]) -> None:
        dots = drawn(places).dots
        for place, one in enumerate(dots):
            for other in dots[:place]:
                assert abs(one.x - other.x) >= APART[0] or abs(one.y - other.y) >= APART[1]

    @given(near)
    def test_the_bar_is_true(self, places: list[tuple[int, int]]) -> None:
        """A length in the frame, measured by the bar, is the length on the ground."""
        made = drawn(places, FAR)
        for first, one in enumerate(made.dots):
            for other in made.dots[:first]:
                spots = [rounded(*places[dot.numbers[0] - 1]) for dot in (one, other)]
                metres = hypot(one.x - other.x, one.y - other.y) * made.bar_metres / made.bar
                assert metres == pytest.approx(distance(*spots), rel=0.02, abs=15)

    @given(near)
    def test_north_is_up_and_east_is_right(self, places: list[tuple[int, int]]) -> None:
        made = drawn(places, FAR)
        for first, one in enumerate(made.dots):
            for other in made.dots[:first]:
                a, b = (rounded(*places[dot.numbers[0] - 1]) for dot in (one, other))
                assert (a.lat > b.lat) <= (one.y <= other.y)
                assert (a.lon > b.lon + 30) <= (one.x >= other.x)

    @given(near, st.randoms())
    def test_only_the_rounded_place_counts(self, places: list[tuple[int, int]], dice) -> None:
        """Two maps of different houses in the same cells are the same picture."""
        spots = [rounded(*place) for place in places]
        moved = [(spot.lon + dice.randint(-300, 300), spot.lat + dice.randint(-300, 300)) for spot in spots]
        assert drawn([(spot.lon, spot.lat) for spot in spots]) == drawn(moved)

    def test_a_single_place_is_in_the_middle(self) -> None:
        (dot,) = drawn([(LON, LAT)]).dots
        assert (dot.x, dot.y) == (WIDTH / 2, HEIGHT / 2)

    @given(near)
    def test_the_bar_fits(self, places: list[tuple[int, int]]) -> None:
        made = drawn(places)
        assert 0 < made.bar <= WIDTH / 3 + 0.1
        assert str(made.bar_metres)[0] in "125"


@pytest.mark.parametrize(
    ("most", "expected"),
    [(0.3, 1), (1, 1), (1.9, 1), (2, 2), (4.9, 2), (5, 5), (9.9, 5), (10, 10), (99, 50), (430, 200), (5400, 5000)],
)
def test_nice(most: float, expected: int) -> None:
    assert nice(most) == expected


@pytest.mark.parametrize(("metres", "words"), [(50, "50 米"), (500, "500 米"), (1000, "1 公里"), (5000, "5 公里")])
def test_lengths(metres: int, words: str) -> None:
    assert length_words(metres) == words


@pytest.mark.parametrize(
    ("numbers", "label"), [((1,), "1"), ((1, 4), "1,4"), ((1, 4, 7), "1,4,7"), ((10, 11, 12, 13), "10 等4件")]
)
def test_labels(numbers: tuple[int, ...], label: str) -> None:
    assert Dot(0, 0, numbers).label == label
