"""Places of the demo: real divisions, grids spread evenly."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.demo.packs import pack_get
from shanzhi.demo.places import numeral, plan_places, short_name, spread
from shanzhi.lib.errors import Invalid

PACK = pack_get("counties")
COUNTY = PACK.counties[0]


@given(st.integers(0, 2_000), st.integers(1, 300))
def test_spread_is_even_and_whole(total: int, over: int) -> None:
    shares = spread(total, over)
    assert sum(shares) == total
    assert len(shares) == over
    assert max(shares) - min(shares) <= 1
    assert list(shares) == sorted(shares, reverse=True)


def test_spread_over_nothing() -> None:
    assert spread(5, 0) == []


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (55, "五十五"), (99, "九十九")],
)
def test_numerals(number: int, text: str) -> None:
    assert numeral(number) == text


def test_numerals_are_all_different() -> None:
    assert len({numeral(number) for number in range(1, 100)}) == 99


@pytest.mark.parametrize(
    ("name", "short"),
    [("桥南村委会", "桥南村"), ("小关社区居委会", "小关社区"), ("城南居委会", "城南社区"), ("某某林场", "某某林场")],
)
def test_short_names(name: str, short: str) -> None:
    assert short_name(name) == short


def test_yangcun() -> None:
    yangcun = plan_places(COUNTY, PACK.divisions, "x")[0]
    assert (yangcun.code, yangcun.name) == ("341181104000", "杨村镇")
    assert len(yangcun.villages) == 10
    assert "桥南村" in {village.short for village in yangcun.villages}
    grids = [grid for village in yangcun.villages for grid in village.grids]
    assert len(grids) == len({grid.code for grid in grids}) == 55
    assert {len(village.grids) for village in yangcun.villages} == {5, 6}
    assert all(grid.code.startswith(village.code) for village in yangcun.villages for grid in village.grids)
    assert yangcun.villages[0].grids[0].name == "第一网格"


def test_positions_lie_in_the_county() -> None:
    """Outlines of the county: 118.66–119.23 E, 32.45–32.96 N."""
    for township in plan_places(COUNTY, PACK.divisions, "x"):
        for village in township.villages:
            assert 118_6600000 < village.lon < 119_2400000
            assert 32_4500000 < village.lat < 32_9700000


def test_positions_depend_on_the_seed_only() -> None:
    again, other = (plan_places(COUNTY, PACK.divisions, seed) for seed in ("x", "y"))
    assert again == plan_places(COUNTY, PACK.divisions, "x")
    assert again != other
    assert [town.code for town in again] == [town.code for town in other]


def test_a_pack_with_a_wrong_code() -> None:
    wrong = replace(COUNTY, townships=(replace(COUNTY.townships[0], code="341181999000"),))
    with pytest.raises(Invalid, match="没有 341181999000"):
        plan_places(wrong, PACK.divisions, "x")


def test_a_pack_with_too_many_villages() -> None:
    wrong = replace(COUNTY, townships=(replace(COUNTY.townships[0], villages=99),))
    with pytest.raises(Invalid, match="杨村镇只有 10 个村"):
        plan_places(wrong, PACK.divisions, "x")
