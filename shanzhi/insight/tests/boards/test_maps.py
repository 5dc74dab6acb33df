"""The map of a board: colours by what is open, everything inside of its frame, names that don't lie upon each other."""

import re
from datetime import date

import pytest
from django.utils import timezone

from shanzhi.areas.models import Area, Outline
from shanzhi.insight.boards.maps import (
    HEIGHT,
    WIDTH,
    Load,
    Shape,
    drawn,
    keys_of,
    limits_of,
    shapes_of,
    tone_of,
)
from tests.cast import Cast

WEST, SOUTH = 1_189_000_000, 326_000_000


def square(left: int, bottom: int, size: int = 100_000) -> list[list[list[list[int]]]]:
    x, y = WEST + left * size, SOUTH + bottom * size
    return [[[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]]]


def shape(name: str, path: str, level: str, left: int, bottom: int) -> Shape:
    return Shape("3411" + path, name, level, path, square(left, bottom), False)


TOWN = Area(id=1, county_id=341181, level="township", name="东镇", path="00010001")
A, B = "000100010001", "000100010002"
SHAPES = [
    Shape("341181101000", "东镇", "township", TOWN.path, square(0, 0, 200_000), False),
    shape("张庄村", A, "village", 0, 0), shape("李庄村", B, "village", 1, 1),
]  # fmt: skip
LOADS = {A: Load(3, 1, 1, "/a/"), B: Load(0, 0, 1, "/b/")}


@pytest.mark.parametrize(
    ("weights", "limits"),
    [([], [1, 2, 3, 4]), ([0, 2], [1, 2, 3, 4]), ([4], [1, 2, 3, 4]), ([9, 1], [1, 3, 5, 7]),
     ([0.5, 2.0], [0, 0.5, 1, 1.5])],
)  # fmt: skip
def test_four_colours_from_the_least_to_the_most(weights: list[float], limits: list[float]) -> None:
    assert limits_of(weights) == limits
    assert tone_of(0, limits) == 0
    if any(weights):
        assert tone_of(max(weights), limits) <= 4
        assert tone_of(0.01, limits) == 1


def test_the_legend_says_what_the_colours_mean() -> None:
    assert [key.words for key in keys_of([1, 2, 3, 4], whole=True)] == ["0", "1", "2", "3", "4 件以上"]
    assert [key.words for key in keys_of([1, 3, 5, 7], whole=True)] == ["0", "1–2", "3–4", "5–6", "7 件以上"]
    assert [key.words for key in keys_of([0, 0.5, 1.0, 1.5], whole=False)] == [
        "0", "不到 0.5", "0.5 起", "1 起", "1.5 件以上",
    ]  # fmt: skip


def test_a_place_is_coloured_says_its_numbers_and_opens_its_page() -> None:
    found = drawn(TOWN, SHAPES, LOADS)
    assert found is not None
    one, two = found.patches
    assert (one.tone, one.words, one.url) == (3, "张庄村：在办 3 件，超期 1 件", "/a/")
    assert (two.tone, two.words, two.warn) == (0, "李庄村：在办 0 件", None)
    assert one.warn is not None
    assert found.outside
    assert found.missing == 0
    for d in (one.d, two.d, found.outside):
        assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in re.findall(r"([\d.]+),([\d.]+)", d))
    north, south = (float(re.findall(r"[\d.]+,([\d.]+)", patch.d)[0]) for patch in (two, one))
    assert north < south


def test_in_a_township_grids_are_coloured_and_villages_are_borders() -> None:
    grid = shape("第一网格", A + "0001", "grid", 0, 0)
    found = drawn(TOWN, [*SHAPES, grid], {**LOADS, grid.path: Load(2, 0, 1, "/g/")}, labelled=True)
    assert found is not None
    assert [patch.url for patch in found.patches] == ["/g/", "/b/"]  # no grid of the other village is drawn
    assert len(found.borders) == 2
    assert {label.name for label in found.labels} == {"张庄村 3", "李庄村 0"}


def test_names_of_places_that_are_one_spot_are_said_once_and_missing_places_are_counted() -> None:
    twins = [SHAPES[0], shape("张庄村", A, "village", 0, 0), shape("李庄村", B, "village", 0, 0)]
    more = {**LOADS, "000100010003": Load(1, 0, 1, "/c/")}
    found = drawn(TOWN, twins, more)
    assert found is not None
    assert [label.name for label in found.labels] == ["张庄村"]  # the busier one
    assert found.missing == 1


def test_without_any_outline_inside_there_is_no_map() -> None:
    assert drawn(TOWN, SHAPES[:1], LOADS) is None


def test_open_cases_for_each_grid_where_a_county_is_compared() -> None:
    assert Load(30, 0, 60, "").weight == 0.5
    assert Load(3, 0, 0, "").weight == 3


def test_outlines_of_now_and_of_this_place(cast: Cast) -> None:
    made = [("t1", 0, None), ("t2", 1, None), ("v1", 2, None), ("v3", 3, None), ("t1", 4, date(2026, 1, 1))]
    for number, (place, left, until) in enumerate(made):
        Outline.objects.create(
            area=cast.areas[place], shape=square(left, 0), west=0, south=0, east=1, north=1, square_metres=1, points=5,
            valid_from=date(2020, 1, 1), valid_to=until, source="drawn", synthetic=True, reason="x", actor_name="x",
            recorded_at=timezone.now(), act_id=number + 1,
        )  # fmt: skip
    assert [one.name for one in shapes_of(cast.areas["county"])] == ["东镇", "西镇"]
    assert [one.name for one in shapes_of(cast.areas["t1"])] == ["东镇", "张庄村"]
    assert shapes_of(cast.areas["t1"])[0].rings == square(0, 0)
    assert [one.grids for one in shapes_of(cast.areas["county"])] == [3, 1]
