"""Outlines: drawn, replaced from a day on, refused where they cross, overlap or leave the place above."""

from datetime import timedelta
from typing import Any

import pytest

from shanzhi.accounts.models import User
from shanzhi.areas import selectors, services
from shanzhi.areas.models import MapStamp, Outline
from shanzhi.areas.selectors.examining import Wish, examine, size_words
from shanzhi.areas.tests.factories import BEIDANG, REASON, SINCE, XIAOGUAN, YANGCUN, ZHANGPU, Tree, today
from shanzhi.areas.tests.land import LAND, box, grid_codes, put, ring, same, selected, settle, shape_of
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.trail.models import Entry


def sentences(tree: Tree, shapes: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.severity, one.sentence) for one in
            examine([Wish(tree.area(code), shape) for code, shape in shapes.items()]).findings]  # fmt: skip


def test_an_outline_is_kept_with_its_size_and_rectangle(tree: Tree) -> None:
    (row,) = put(tree, {XIAOGUAN: box(0, 0, 10, 20)})
    assert (row.west, row.south, row.east, row.north) == (1188000000, 326000000, 1189000000, 328000000)
    assert 207_000_000 < row.square_metres < 209_000_000  # 9.36 km by 22.18 km
    assert (row.points, row.source, row.synthetic) == (5, "drawn", False)
    assert row.shape[0][0][0] == row.shape[0][0][-1]
    assert Entry.objects.filter(code="areas.outline.set").count() == 1


def test_a_new_outline_ends_the_old_one_and_both_can_be_asked_for(tree: Tree) -> None:
    (old,) = put(tree, {XIAOGUAN: box(0, 0, 10, 20)})
    day = old.valid_from + timedelta(days=100)
    (new,) = put(tree, {XIAOGUAN: box(0, 0, 9, 20)}, on=day)
    old.refresh_from_db()
    assert (old.valid_to, new.valid_to) == (day, None)
    area = tree.area(XIAOGUAN)
    assert selectors.outline_at(area, day - timedelta(days=1)) == old
    assert selectors.outline_at(area, day) == new == selectors.outline_at(area)
    assert selectors.outline_at(area, old.valid_from - timedelta(days=1)) is None
    assert selectors.outline_history(area) == [new, old]
    assert Entry.objects.filter(code="areas.outline.ended").count() == 1


def test_drawn_twice_on_one_day_only_the_last_one_counts(tree: Tree) -> None:
    (first,) = put(tree, {XIAOGUAN: box(0, 0, 10, 20)})
    (second,) = put(tree, {XIAOGUAN: box(0, 0, 8, 20)})
    first.refresh_from_db()
    assert first.valid_to == first.valid_from
    assert selectors.outline_at(tree.area(XIAOGUAN), first.valid_from) == second


def test_the_stamp_changes_with_every_change_and_only_then(tree: Tree) -> None:
    assert selectors.map_stamp() == 0
    put(tree, {XIAOGUAN: box(0, 0, 10, 20)})
    first = selectors.map_stamp()
    assert first
    assert selectors.map_stamp() == first
    put(tree, {XIAOGUAN: box(0, 0, 9, 20)})
    assert selectors.map_stamp() != first
    assert MapStamp.objects.count() == 1


def test_somebody_else_was_faster(tree: Tree) -> None:
    put(tree, {XIAOGUAN: box(0, 0, 10, 20)})
    with pytest.raises(Stale):
        put(tree, {XIAOGUAN: box(0, 0, 9, 20)}, seen={})
    with pytest.raises(Stale):
        put(tree, {BEIDANG: box(10, 0, 20, 20)}, seen={tree.area(BEIDANG).id: 5})
    assert Outline.objects.count() == 1


def test_the_same_key_draws_once(tree: Tree) -> None:
    (one,) = put(tree, {XIAOGUAN: box(0, 0, 10, 20)}, key="k", seen={})
    (again,) = put(tree, {XIAOGUAN: box(0, 0, 10, 20)}, key="k", seen={})
    assert one == again
    assert Outline.objects.count() == 1


def test_only_the_system_administrator_draws(tree: Tree, clerk: User) -> None:
    with pytest.raises(Forbidden):
        put(tree, {XIAOGUAN: box(0, 0, 10, 20)}, actor=tree.actor(clerk))


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"reason": " "}, "reason_missing"), ({"on": today() + timedelta(days=1)}, "day_invalid"),
     ({"on": SINCE - timedelta(days=1)}, "day_invalid")],
)  # fmt: skip
def test_day_and_reason_are_checked(tree: Tree, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        put(tree, {XIAOGUAN: box(0, 0, 10, 20)}, **changes)
    assert caught.value.code == code


def test_not_before_the_outline_that_it_replaces(tree: Tree) -> None:
    (old,) = put(tree, {XIAOGUAN: box(0, 0, 10, 20)})
    with pytest.raises(Invalid, match="不能早于"):
        put(tree, {XIAOGUAN: box(0, 0, 9, 20)}, on=old.valid_from - timedelta(days=1))


def test_nothing_and_twice_the_same(tree: Tree) -> None:
    with pytest.raises(Invalid, match="没有改动"):
        put(tree, {})
    twice = [Wish(tree.area(XIAOGUAN), box(0, 0, 1, 1)), Wish(tree.area(XIAOGUAN), box(0, 0, 2, 2))]
    with pytest.raises(Invalid, match="画了两次"):
        services.outlines_put(actor=tree.system, wishes=twice, seen={}, on=SINCE, reason=REASON)


def test_an_abolished_place_gets_no_outline(tree: Tree) -> None:
    area = tree.area(BEIDANG)
    services.area_merge(actor=tree.system, area=area, version=area.version, into=tree.area(XIAOGUAN), reason=REASON,
                        on=today())  # fmt: skip
    with pytest.raises(Conflict, match="已经撤销"):
        put(tree, {BEIDANG: box(10, 0, 20, 20)})


def test_a_border_that_crosses_itself(tree: Tree) -> None:
    bow = ring((0, 0), (10, 10), (10, 0), (0, 10))
    with pytest.raises(Invalid) as caught:
        put(tree, {XIAOGUAN: bow})
    assert caught.value.code == "outline_invalid"
    assert (
        caught.value.message
        == "小关社区：边界自己和自己交叉，在东经 118.85000°、北纬 32.65000° 处，请改成不交叉的一圈。"
    )
    (finding,) = examine([Wish(tree.area(XIAOGUAN), bow)]).findings
    assert finding.geometry == {"type": "Point", "coordinates": [118.85, 32.65]}


def test_overlaps_with_a_sibling_are_refused_and_shown(tree: Tree) -> None:
    settle(tree, grids=False)
    with pytest.raises(Invalid) as caught:
        put(tree, {XIAOGUAN: box(0, 0, 11, 20)})
    assert caught.value.message == "小关社区和北荡村重叠 2,079.8 公顷，请改到不重叠。"
    wish = Wish(tree.area(XIAOGUAN), box(0, 0, 11, 20))
    (finding,) = examine([wish]).errors
    assert finding.geometry is not None
    xs = [x for x, _ in finding.geometry["coordinates"][0]]
    assert (min(xs), max(xs)) == (118.9, 118.91)
    assert Outline.objects.filter(area=tree.area(XIAOGUAN)).count() == 1


def test_both_sides_of_a_border_are_moved_in_one_change(tree: Tree) -> None:
    settle(tree, grids=False)
    rows = put(tree, {XIAOGUAN: box(0, 0, 11, 20), BEIDANG: box(11, 0, 20, 20)})
    assert len({row.act_id for row in rows}) == 1
    assert same(shape_of(tree, BEIDANG), box(11, 0, 20, 20))


def test_two_of_one_change_may_not_overlap_either(tree: Tree) -> None:
    found = sentences(tree, {XIAOGUAN: box(0, 0, 11, 20), BEIDANG: box(10, 0, 20, 20)})
    assert [one for one in found if one[0] == "error"] == [
        ("error", "北荡村和小关社区重叠 2,079.8 公顷，请改到不重叠。")
    ]


def test_a_metre_is_no_overlap(tree: Tree) -> None:
    """Half a metre along 22 km is what two surveys differ by; three metres are not."""
    settle(tree, grids=False)
    put(tree, {XIAOGUAN: box(0, 0, 10.0005, 20)})
    with pytest.raises(Invalid, match="重叠"):
        put(tree, {XIAOGUAN: box(0, 0, 10.003, 20)})


def test_outside_of_the_place_above(tree: Tree) -> None:
    settle(tree, grids=False)
    with pytest.raises(Invalid, match=r"广陵村有 [\d,.]+ 公顷在张铺镇外面，请改到里面。"):
        put(tree, {"341181111200": box(20, 0, 41, 20)})


def test_a_place_above_may_not_leave_its_villages_out(tree: Tree) -> None:
    settle(tree, grids=False)
    errors = [one for one in sentences(tree, {ZHANGPU: box(20, 0, 39, 20)}) if one[0] == "error"]
    assert errors == [("error", "广陵村会有 2,079.8 公顷落在张铺镇外面，请一起调整。")]


def test_without_the_outline_above_it_is_said_that_nothing_was_compared(tree: Tree) -> None:
    assert sentences(tree, {XIAOGUAN: box(0, 0, 10, 20)}) == [("warning", "杨村镇还没有边界，没有核对是否越界。")]


def test_a_gap_is_a_warning_once_everybody_has_an_outline(tree: Tree) -> None:
    put(tree, {YANGCUN: box(*LAND[YANGCUN]), XIAOGUAN: box(0, 0, 10, 20)})
    found = sentences(tree, {BEIDANG: box(10, 0, 20, 19)})
    assert ("warning", "杨村镇里还有 1,038.7 公顷不属于任何村（社区）。") in found
    assert not [one for one in found if one[0] == "error"]
    (row,) = put(tree, {BEIDANG: box(10, 0, 20, 19)})
    assert row.valid_to is None


def test_a_hole_for_an_enclave_is_kept(tree: Tree) -> None:
    shape = box(0, 0, 10, 20).difference(box(4, 4, 6, 6))
    (row,) = put(tree, {XIAOGUAN: shape})
    assert [len(ring) for ring in row.shape[0]] == [5, 5]
    put(tree, {BEIDANG: box(4, 4, 6, 6)})
    assert same(shape_of(tree, XIAOGUAN), shape)


def test_a_place_in_two_pieces(tree: Tree) -> None:
    (row,) = put(tree, {XIAOGUAN: box(0, 0, 4, 4).union(box(6, 0, 10, 10))})
    assert len(row.shape) == 2
    assert selectors.feature(row)["geometry"]["type"] == "MultiPolygon"


def test_sizes_in_words() -> None:
    assert size_words(1234.4) == "1,234 平方米"
    assert size_words(20_819_000) == "2,081.9 公顷"


def test_layers_for_a_reader(tree: Tree, clerk: User, officer: User) -> None:
    """The own place and what is below it, and where it lies: the places above, but no neighbours."""
    settle(tree)
    codes = [row.area.code for row in selectors.outline_list_for(tree.actor(clerk))]
    assert codes == ["341181000000", YANGCUN, XIAOGUAN, *grid_codes()]
    of_grids = selectors.OutlineFilter(level="grid")
    assert [row.area.code for row in selectors.outline_list_for(tree.actor(officer), of_grids)] == grid_codes()
    inside = selectors.OutlineFilter(within=ZHANGPU)
    assert {row.area.code for row in selectors.outline_list_for(tree.system, inside)} == {ZHANGPU, "341181111200"}


def test_a_feature_names_what_an_edit_needs(tree: Tree) -> None:
    settle(tree)
    row = selected(tree, XIAOGUAN)
    assert row is not None
    found = selectors.feature(row)
    assert found["id"] == XIAOGUAN
    assert found["geometry"]["coordinates"][0][0] == [118.8, 32.6] or found["geometry"]["type"] == "Polygon"
    assert found["properties"]["seen"] == str(row.id)
    assert found["properties"]["parent"] == YANGCUN
