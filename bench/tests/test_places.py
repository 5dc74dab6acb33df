"""What the look-up of a grid is measured on."""

import shapely

from bench import places
from bench.__main__ import ALONE, NAMES
from bench.report import TARGETS, table


def test_grids_are_a_partition_of_the_county() -> None:
    found = places.grids(12)
    assert len(found) == 12
    assert shapely.coverage_is_valid(found)
    assert {one.geom_type for one in found} == {"Polygon"}


def test_positions_are_the_same_each_time_and_some_are_corners() -> None:
    found = places.grids(6)
    asked = places.positions(found, 200)
    assert asked == places.positions(found, 200)
    corners = {tuple(map(int, at)) for one in found for at in shapely.get_coordinates(one).tolist()}
    assert 20 <= sum(at in corners for at in asked) < 40


def test_a_small_run_stands_beside_its_limit() -> None:
    found = places.measure(count=8, asked=1000)
    assert found.params["grids"] == 8
    assert 0 < found.params["inside"] < 1000
    assert found.cpu_us is not None
    assert found.cpu_us < 100, "the limit of 5 µs is the bench's, on a quiet machine"
    assert "≤ 5" in table([found])


def test_is_one_of_the_names_and_has_the_issues_limit() -> None:
    assert "place_to_grid" in NAMES
    assert "place_to_grid" in ALONE
    assert [(target.figure, target.bound) for target in TARGETS["place_to_grid"]] == [("cpu_us", 5)]
