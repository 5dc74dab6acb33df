"""Outlines in whole units: form, size, faults, joining and cutting."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon

from shanzhi.lib.shapes import (
    MOST_POINTS,
    Fitted,
    areal,
    as_geojson,
    bounds,
    common,
    count_points,
    fault_of,
    fitted,
    halves,
    joined,
    matters,
    metres_per_unit,
    polygons,
    simplified,
    square_metres,
    to_parts,
    to_shape,
    width_m,
    without,
)

X, Y = 1_188_000_000, 326_000_000
STEP = 100_000  # a hundredth of a degree, some 940 m to the east and 1,109 m to the north
CORNERS = st.tuples(st.integers(0, 40), st.integers(0, 40))


def box(west: float, south: float, east: float, north: float) -> Polygon:
    return shapely.box(X + west * STEP, Y + south * STEP, X + east * STEP, Y + north * STEP)


def ring(*points: tuple[float, float]) -> Polygon:
    return Polygon([(X + x * STEP, Y + y * STEP) for x, y in points])


def test_metres_of_a_unit() -> None:
    """A degree at 32.6° north: 93.9 km and 110.9 km (tables of the ellipsoid)."""
    east, north = metres_per_unit(Y)
    assert east * 1e7 == pytest.approx(93_900, rel=0.002)
    assert north * 1e7 == pytest.approx(110_900, rel=0.001)


def test_a_square_kilometre() -> None:
    east, north = metres_per_unit(Y)
    square = shapely.box(X, Y, X + round(1000 / east), Y + round(1000 / north))
    assert square_metres(square) == pytest.approx(1e6, rel=1e-3)
    assert width_m(square) == pytest.approx(500, rel=1e-2)
    assert square_metres(Polygon()) == width_m(Polygon()) == 0


def test_the_width_of_a_strip() -> None:
    """Half a metre is thin, two metres are not, however long."""
    _, north = metres_per_unit(Y)
    for metres, counts in ((0.5, False), (2.5, True)):
        strip = shapely.box(X, Y, X + 10 * STEP, Y + metres / north)
        assert width_m(strip) == pytest.approx(metres, rel=0.05)
        assert matters(strip) is counts
    assert not matters(box(0, 0, 1, 1), least_m2=1e9)


def test_parts_are_closed_turned_right_and_sorted() -> None:
    clockwise = Polygon(list(box(0, 0, 1, 1).exterior.coords)[::-1])
    both = MultiPolygon([clockwise, box(5, 5, 9, 9).difference(box(6, 6, 7, 7))])
    parts = to_parts(both)
    assert [len(rings) for rings in parts] == [2, 1]
    for rings in parts:
        outer, *holes = (Polygon(line).exterior for line in rings)
        assert outer.is_ccw
        assert not any(hole.is_ccw for hole in holes)
        assert all(line[0] == line[-1] for line in rings)
    assert to_shape(parts).equals(both)
    assert all(isinstance(number, int) for rings in parts for line in rings for at in line for number in at)


@given(st.lists(CORNERS, min_size=3, max_size=9, unique=True))
def test_there_and_back(corners: list[tuple[int, int]]) -> None:
    shape = shapely.convex_hull(shapely.MultiPoint([(X + x * STEP, Y + y * STEP) for x, y in corners]))
    if shape.geom_type == "Polygon":
        assert to_shape(to_parts(shape)).equals(shape)
        assert count_points(to_parts(shape)) == shapely.get_num_coordinates(shape)


def test_as_geojson() -> None:
    one = as_geojson(to_parts(box(0, 0, 1, 1)))
    assert one["type"] == "Polygon"
    assert [118.8, 32.6] in one["coordinates"][0]
    assert as_geojson(to_parts(areal([box(0, 0, 1, 1), box(3, 3, 4, 4)])))["type"] == "MultiPolygon"


def test_bounds_are_west_south_east_north() -> None:
    assert bounds(box(0, 1, 2, 3)) == (X, Y + STEP, X + 2 * STEP, Y + 3 * STEP)


def test_faults() -> None:
    assert fault_of(box(0, 0, 1, 1)) is None
    told = fault_of(ring((0, 0), (2, 2), (2, 0), (0, 2)))
    assert told is not None
    assert told[0].startswith("边界自己和自己交叉，在东经 118.81000°、北纬 32.61000° 处")
    assert told[1] == (X + STEP, Y + STEP)
    assert (fault_of(Polygon()) or ("", None))[0].startswith("没有围成一块地方")
    hole = Polygon(box(0, 0, 4, 4).exterior, [box(5, 5, 6, 6).exterior])
    assert "空洞" in (fault_of(hole) or ("", None))[0]


def test_fitted_says_what_was_mended() -> None:
    clockwise = Polygon(list(box(0, 0, 1, 1).exterior.coords)[::-1])
    fit = fitted(clockwise)
    assert isinstance(fit, Fitted)
    assert (fit.notes, fit.turned) == ([], True)
    plain = fitted(Polygon(to_parts(clockwise)[0][0]))
    assert isinstance(plain, Fitted)
    assert (plain.notes, plain.turned) == ([], False)


def circle(points: int) -> Polygon:
    return shapely.Point(X, Y).buffer(10 * STEP, quad_segs=points // 4)


def test_too_many_points_are_simplified_and_it_is_said() -> None:
    fit = fitted(circle(4 * MOST_POINTS))
    assert isinstance(fit, Fitted)
    assert count_points(fit.parts) <= MOST_POINTS
    assert any("已按 1 米以内的误差简化为" in note for note in fit.notes)
    assert square_metres(fit.shape.symmetric_difference(circle(4 * MOST_POINTS))) < square_metres(fit.shape) * 1e-3


def test_what_no_tolerance_makes_small_enough_is_refused() -> None:
    assert "个点" in str(fitted(circle(400), most=6))


def test_simplified_stays_within_its_tolerance() -> None:
    _, north = metres_per_unit(Y)
    found = simplified(circle(4000), 5)
    assert found.hausdorff_distance(circle(4000)) <= 5 / north + 1


def test_joined_closes_a_slit_between_two_surveys() -> None:
    _, north = metres_per_unit(Y)
    slit = 0.4 / north / STEP
    upper = box(0, 1 + slit, 2, 2)
    both = joined(box(0, 0, 2, 1), upper)
    assert both.geom_type == "Polygon"
    assert not both.interiors
    assert square_metres(both) == pytest.approx(square_metres(box(0, 0, 2, 2)), rel=1e-3)


def test_joined_keeps_what_is_apart_apart() -> None:
    both = joined(box(0, 0, 1, 1), box(5, 5, 6, 6))
    assert len(polygons(both)) == 2


def test_joined_keeps_an_enclave() -> None:
    around = box(0, 0, 4, 4).difference(box(1, 1, 2, 2))
    both = joined(around, box(4, 0, 5, 4))
    assert len(both.interiors) == 1


def test_without_and_common_have_no_slivers() -> None:
    whole, half = box(0, 0, 4, 4), box(0, 0, 2, 4)
    assert without(whole, half).equals(box(2, 0, 4, 4))
    assert without(half, whole).is_empty
    assert not matters(common(half, box(2, 0, 4, 4)))
    assert common(whole, half).equals(half)


def test_polygons_of_anything() -> None:
    mixed = shapely.GeometryCollection([box(0, 0, 1, 1), shapely.Point(0, 0), MultiPolygon([box(2, 2, 3, 3)])])
    assert len(polygons(mixed)) == 2
    assert polygons(Polygon()) == []


def line(*points: tuple[float, float]) -> list[tuple[int, int]]:
    return [(round(X + x * STEP), round(Y + y * STEP)) for x, y in points]


def test_halves_are_the_larger_first() -> None:
    cut = halves(box(0, 0, 4, 4), line((-1, 1), (5, 1)))
    assert cut is not None
    assert cut[0].equals(box(0, 1, 4, 4))
    assert cut[1].equals(box(0, 0, 4, 1))


def test_no_halves() -> None:
    place = box(0, 0, 4, 4)
    assert halves(place, line((1, 1), (2, 2))) is None
    assert halves(place, line((1, 1))) is None
    assert halves(place, line((-1, 1), (5, 1), (5, 3), (-1, 3))) is None
    assert halves(areal([place, box(6, 6, 7, 7)]), line((-1, 1), (5, 1))) is None


@given(st.floats(0.5, 3.5), st.floats(0.5, 3.5), st.floats(0.5, 3.5))
def test_cut_and_joined_is_the_same_place(left: float, middle: float, right: float) -> None:
    place = box(0, 0, 4, 4)
    cut = halves(place, line((-1, left), (2, middle), (5, right)))
    assert cut is not None
    assert common(*cut).area < 1e-6 * place.area
    assert joined(*cut).symmetric_difference(place).area < 1e-6 * place.area
