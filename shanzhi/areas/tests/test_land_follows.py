"""Areas reorganised in mid-year: their land goes along, and what was reported before stays where it was."""

from datetime import timedelta

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from shanzhi.areas import selectors, services
from shanzhi.areas.models import Area, Outline
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
    REASON,
    SINCE,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    Tree,
    act,
    today,
)
from shanzhi.areas.tests.land import at, box, grid_codes, put, same, settle, shape_of
from shanzhi.lib.errors import Conflict, Invalid, Stale
from shanzhi.lib.partition import partition
from shanzhi.lib.shapes import joined

MIDYEAR = SINCE + timedelta(days=500)


def merge(tree: Tree, one: str, into: str) -> Area:
    area = tree.area(one)
    return services.area_merge(actor=tree.system, area=area, version=area.version, into=tree.area(into),
                               reason=REASON, on=MIDYEAR)  # fmt: skip


def split(tree: Tree, code: str, *line: tuple[float, float], **changes: object) -> Area:
    area = tree.area(code)
    values = {"actor": tree.system, "area": area, "version": area.version, "line": [at(*point) for point in line],
              "name": "新网格", "reason": REASON, "on": MIDYEAR}  # fmt: skip
    return services.grid_split(**{**values, **changes})  # type: ignore[arg-type]


def test_merged_grids_are_one(tree: Tree) -> None:
    settle(tree)
    first, second = grid_codes()
    old = tree.area(second)
    merge(tree, second, first)
    assert same(shape_of(tree, first), box(0, 0, 10, 20))
    assert shape_of(tree, second) is None
    row = selectors.outline_at(tree.area(first))
    assert row is not None
    assert (row.source, row.reason, row.valid_from) == ("derived", REASON, MIDYEAR)
    assert same(shape_of(tree, second, MIDYEAR - timedelta(days=1)), box(0, 10, 10, 20))
    assert same(shape_of(tree, first, MIDYEAR - timedelta(days=1)), box(0, 0, 10, 10))
    assert selectors.whereabouts(*at(5, 15)).places["grid"].code == first
    assert old.code == second


def test_a_merged_township_takes_land_and_villages(tree: Tree) -> None:
    settle(tree)
    merge(tree, ZHANGPU, YANGCUN)
    assert same(shape_of(tree, YANGCUN), box(0, 0, 40, 20))
    assert same(shape_of(tree, GUANGLING), box(20, 0, 40, 20))
    assert same(shape_of(tree, COUNTY), box(0, 0, 40, 20))
    found = selectors.whereabouts(*at(30, 10))
    assert {level: area.code for level, area in found.places.items()} == {
        "county": COUNTY, "township": YANGCUN, "village": GUANGLING,
    }  # fmt: skip


def test_a_village_merged_across_townships_moves_the_border_above(tree: Tree) -> None:
    settle(tree, grids=False)
    merge(tree, BEIDANG, GUANGLING)
    assert same(shape_of(tree, GUANGLING), box(10, 0, 40, 20))
    assert same(shape_of(tree, ZHANGPU), box(10, 0, 40, 20))
    assert same(shape_of(tree, YANGCUN), box(0, 0, 10, 20))


def test_a_village_that_moves_takes_its_land(tree: Tree) -> None:
    settle(tree)
    area = tree.area(BEIDANG)
    services.area_move(actor=tree.system, area=area, version=area.version, parent=tree.area(ZHANGPU), reason=REASON,
                       on=MIDYEAR)  # fmt: skip
    assert same(shape_of(tree, YANGCUN), box(0, 0, 10, 20))
    assert same(shape_of(tree, ZHANGPU), box(10, 0, 40, 20))
    assert same(shape_of(tree, BEIDANG), box(10, 0, 20, 20))
    assert same(shape_of(tree, YANGCUN, MIDYEAR - timedelta(days=1)), box(0, 0, 20, 20))


def test_the_last_village_leaves_its_township_without_land(tree: Tree) -> None:
    settle(tree, grids=False)
    area = tree.area(GUANGLING)
    services.area_move(actor=tree.system, area=area, version=area.version, parent=tree.area(YANGCUN), reason=REASON,
                       on=MIDYEAR)  # fmt: skip
    assert shape_of(tree, ZHANGPU) is None
    assert same(shape_of(tree, YANGCUN), box(0, 0, 40, 20))


def test_what_has_no_outline_gets_none(tree: Tree) -> None:
    put(tree, {BEIDANG: box(10, 0, 20, 20)})
    merge(tree, BEIDANG, XIAOGUAN)
    assert shape_of(tree, BEIDANG) is None
    assert shape_of(tree, XIAOGUAN) is None
    merge(tree, XIAOGUAN, GUANGLING)
    assert Outline.objects.filter(valid_to=None).count() == 0


def test_an_abolished_place_has_no_land_from_that_day(tree: Tree) -> None:
    settle(tree, grids=False)
    area = tree.area(BEIDANG)
    services.area_abolish(actor=tree.system, area=area, version=area.version, reason=REASON, on=MIDYEAR)
    assert shape_of(tree, BEIDANG) is None
    assert same(shape_of(tree, BEIDANG, MIDYEAR - timedelta(days=1)), box(10, 0, 20, 20))


def test_a_merge_dated_before_the_last_outline_counts_from_that_outline(tree: Tree) -> None:
    settle(tree, grids=False)
    later = MIDYEAR + timedelta(days=30)
    put(tree, {XIAOGUAN: box(0, 0, 9, 20)}, on=later)
    merge(tree, BEIDANG, XIAOGUAN)
    row = selectors.outline_at(tree.area(XIAOGUAN))
    assert row is not None
    assert row.valid_from == later


def test_a_grid_is_split_and_the_larger_piece_stays(tree: Tree) -> None:
    settle(tree)
    code = grid_codes()[0]
    new = split(tree, code, (-1, 3), (11, 3))
    assert (new.name, new.code, new.level) == ("新网格", f"{XIAOGUAN}003", "grid")
    assert same(shape_of(tree, code), box(0, 3, 10, 10))
    assert same(shape_of(tree, new.code), box(0, 0, 10, 3))
    assert same(shape_of(tree, code, MIDYEAR - timedelta(days=1)), box(0, 0, 10, 10))
    assert selectors.whereabouts(*at(5, 1)).places["grid"].code == new.code
    assert selectors.whereabouts(*at(5, 4)).places["grid"].code == code


def test_split_twice_with_one_key_is_once(tree: Tree) -> None:
    settle(tree)
    code = grid_codes()[0]
    version = tree.area(code).version
    one = split(tree, code, (-1, 3), (11, 3), key="s", version=version)
    again = split(tree, code, (-1, 3), (11, 3), key="s", version=version)
    assert one == again
    assert len(grid_codes()) == 3


@pytest.mark.parametrize("line", [[(2, 2), (3, 3)], [(-1, -1), (-2, -2)], [(-1, 3), (5, 5)],
                                  [(-1, 1), (11, 1), (11, 5), (-1, 5)]])  # fmt: skip
def test_a_line_that_makes_no_two_pieces(tree: Tree, line: list[tuple[float, float]]) -> None:
    settle(tree)
    with pytest.raises(Invalid, match="正好分成两块"):
        split(tree, grid_codes()[0], *line)
    assert len(grid_codes()) == 2


def test_only_grids_with_an_outline_are_split(tree: Tree) -> None:
    settle(tree)
    with pytest.raises(Conflict, match="只有网格"):
        split(tree, XIAOGUAN, (-1, 3), (11, 3))
    bare = tree.grid(BEIDANG)
    with pytest.raises(Conflict, match="还没有边界"):
        split(tree, bare.code, (-1, 3), (11, 3))
    with pytest.raises(Stale):
        split(tree, grid_codes()[0], (-1, 3), (11, 3), version=99)


def test_split_and_joined_again_is_the_same_land(tree: Tree) -> None:
    settle(tree)
    code = grid_codes()[0]
    new = split(tree, code, (-1, 3.3333333), (4, 5.1234567), (11, 2.7182818))
    before = shape_of(tree, code, MIDYEAR - timedelta(days=1))
    area = tree.area(new.code)
    services.area_merge(actor=tree.system, area=area, version=area.version, into=tree.area(code), **act(on=today()))
    now = shape_of(tree, code)
    assert now.geom_type == "Polygon"
    assert not now.interiors
    assert same(now, before)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 9), st.randoms(use_true_random=False))
def test_any_partition_joined_again_is_the_whole(count: int, dice: object) -> None:
    """Without a database: the pieces of any cut, joined one after another, have the area of the whole."""
    whole = shapely.box(*at(0, 0), *at(10, 10))
    pieces = partition(whole, [1] * count, dice)  # type: ignore[arg-type]
    rest = list(pieces)
    land = rest.pop(0)
    while rest:
        near = max(rest, key=lambda one: one.intersection(land.buffer(3)).area)
        rest.remove(near)
        land = joined(land, near)
    assert abs(land.area - whole.area) < 1e-6 * whole.area
