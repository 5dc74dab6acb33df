"""The demo's land: the real county, in pieces that are one each, cover it, and hold the demo's positions."""

from collections.abc import Mapping
from typing import Any

import pytest
import shapely

from shanzhi.demo.land import Wanted, county_shape, land_of, spots_in
from shanzhi.demo.packs import pack_get
from shanzhi.demo.places import county_land, plan_places
from shanzhi.lib.errors import Invalid
from shanzhi.lib.shapes import matters, square_metres

PACK = pack_get("small")
COUNTY = PACK.counties[0]


@pytest.fixture(scope="module")
def land() -> Mapping[str, Any]:
    return county_land(COUNTY, PACK.divisions)


def test_every_place_has_an_outline_in_one_piece(land: Mapping[str, Any]) -> None:
    codes = {village.code for town in plan_places(COUNTY, PACK.divisions, "x") for village in town.villages}
    grids = {code for code in land if len(code) == 15}
    assert codes <= set(land)
    assert len(grids) == sum(town.grids for town in COUNTY.townships)
    assert len([code for code in land if code.endswith("000") and len(code) == 12]) == 17  # townships and the county
    assert {shape.geom_type for shape in land.values()} == {"Polygon"}
    assert all(shape.is_valid for shape in land.values())


def test_the_pieces_are_the_county(land: Mapping[str, Any]) -> None:
    """天长市 has 1,754 km² by this outline."""
    whole = county_shape("341181")
    assert square_metres(whole) == pytest.approx(1_754e6, rel=1e-3)
    assert not matters(land["341181000000"].symmetric_difference(whole))
    leaves = [shape for code, shape in land.items()
              if len(code) == 15 or (not code.endswith("000") and f"{code}001" not in land)]  # fmt: skip
    assert shapely.coverage_is_valid(leaves)
    assert shapely.coverage_union_all(leaves).equals(land["341181000000"])


def test_places_below_make_up_the_place_above(land: Mapping[str, Any]) -> None:
    town = COUNTY.townships[0].code
    villages = [shape for code, shape in land.items() if len(code) == 12 and code[:9] == town[:9] and code != town]
    assert shapely.coverage_union_all(villages).equals(land[town])


def test_a_township_lies_where_it_really_is(land: Mapping[str, Any]) -> None:
    for town in COUNTY.townships:
        middle = land[town.code].centroid
        assert abs(middle.x / 1e7 - town.at[0]) < 0.1
        assert abs(middle.y / 1e7 - town.at[1]) < 0.1


def test_the_same_land_each_time_whatever_the_seed(land: Mapping[str, Any]) -> None:
    land_of.cache_clear()
    again = county_land(COUNTY, PACK.divisions)
    assert again is not land
    assert all(again[code].equals_exact(shape, 0) for code, shape in land.items())


def test_what_happens_in_a_grid_lies_in_its_outline(land: Mapping[str, Any]) -> None:
    for town in plan_places(COUNTY, PACK.divisions, "x"):
        for village in town.villages:
            assert land[village.code].covers(shapely.Point(village.lon, village.lat))
            for grid in village.grids:
                assert len(set(grid.spots)) > 30
                assert all(land[grid.code].covers(shapely.Point(*spot)) for spot in grid.spots)


def test_spots_of_a_tiny_place_are_still_inside() -> None:
    tiny = shapely.box(0, 0, 40, 40)
    assert all(tiny.covers(shapely.Point(*spot)) for spot in spots_in(tiny, "x", count=5))


def test_an_unknown_county() -> None:
    with pytest.raises(Invalid, match="没有 999999 的县界"):
        county_shape("999999")


def test_a_township_without_villages_keeps_its_piece() -> None:
    wanted = (Wanted("410927100000", (("410927100001", 2), ("410927100002", 0))), Wanted("410927101000", ()))
    found = land_of("410927", wanted)
    assert set(found) == {
        "410927100001", "410927100001001", "410927100001002", "410927100002", "410927100000", "410927101000",
        "410927000000",
    }  # fmt: skip
    assert found["410927000000"].area == pytest.approx(county_shape("410927").area, rel=1e-6)
