"""What other apps read: a place by code, names and crumbs for many rows, names of the past."""

from datetime import date
from typing import Any

import pytest

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import User
from shanzhi.areas import selectors, services
from shanzhi.areas.models import Area, Division
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
    OTHER_COUNTY,
    SINCE,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    B,
    Tree,
    act,
)
from shanzhi.lib.errors import NotFound
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County


def sentence(code: str) -> str:
    with pytest.raises(NotFound) as caught:
        selectors.area_get(code)
    return caught.value.message


def test_a_place_is_had_by_its_code(tree: Tree) -> None:
    assert selectors.area_get(XIAOGUAN).name == "小关社区"


def test_a_code_that_nobody_has(tree: Tree) -> None:
    assert sentence("123456789012") == "没有代码为 123456789012 的区划，请核对代码。"
    assert len(sentence("1" * 300)) < 60


def test_a_code_of_another_county(tree: Tree) -> None:
    assert sentence(OTHER_COUNTY) == f"台前县（{OTHER_COUNTY}）不在本县现行区划里，请核对代码。"


def test_a_code_that_was_abolished_before_the_county_joined(tree: Tree) -> None:
    Division.objects.create(
        code="341181105000", name="石梁镇", level="township", status="abolished", successor_code=YANGCUN
    )
    assert sentence("341181105000") == f"石梁镇（341181105000）已撤销，并入杨村镇（{YANGCUN}），请改用新代码。"
    Division.objects.filter(code="341181105000").update(successor_code="")
    assert sentence("341181105000") == "石梁镇（341181105000）已撤销，请改选现行的区划。"


def test_a_code_that_was_used_again_answers_for_the_open_place(tree: Tree) -> None:
    old = tree.area(BEIDANG)
    services.area_abolish(actor=tree.system, area=old, version=1, **act())
    new = Area.objects.create(
        level="village", code=BEIDANG, name="新北荡", parent=tree.area(YANGCUN), ordinal=9, path="000100010009",
        valid_from=SINCE,
    )  # fmt: skip
    assert selectors.area_get(BEIDANG).id == new.id


def test_successors_that_run_in_a_circle_end(tree: Tree) -> None:
    one, two = tree.area(BEIDANG), tree.area(XIAOGUAN)
    Area.objects.filter(id=one.id).update(valid_to=SINCE, successor=two)
    Area.objects.filter(id=two.id).update(valid_to=SINCE, successor=one)
    assert selectors.successor_of(tree.area(BEIDANG)) is None
    assert "没有并入别处" in sentence(BEIDANG)


def test_an_open_place_is_its_own_successor(tree: Tree) -> None:
    area = tree.area(XIAOGUAN)
    assert selectors.successor_of(area) == area


def test_names_of_many_cost_one_statement(tree: Tree, django_assert_num_queries: Any) -> None:
    ids = list(Area.objects.values_list("id", flat=True))
    with django_assert_num_queries(1):
        names = selectors.area_names(ids)
    assert sorted(names.values()) == sorted(["天长市", "杨村镇", "张铺镇", "小关社区", "北荡村", "广陵村"])
    with django_assert_num_queries(0):
        assert selectors.area_names([]) == {}


def test_crumbs_of_many_cost_one_statement(tree: Tree, django_assert_num_queries: Any) -> None:
    grid = tree.grid(XIAOGUAN)
    wanted = [grid.path, tree.area(GUANGLING).path, tree.area(COUNTY).path, "00019999"]
    with django_assert_num_queries(1):
        crumbs = selectors.area_crumbs(wanted)
    assert crumbs[grid.path] == ("天长市", "杨村镇", "小关社区", "第一网格")
    assert crumbs[wanted[1]] == ("天长市", "张铺镇", "广陵村")
    assert crumbs[wanted[2]] == ("天长市",)
    assert crumbs["00019999"] == ("天长市",)
    with django_assert_num_queries(0):
        assert selectors.area_crumbs([]) == {}


def test_ancestors_run_from_the_county_down(tree: Tree) -> None:
    grid = tree.grid(XIAOGUAN)
    assert [area.name for area in selectors.ancestors(grid)] == ["天长市", "杨村镇", "小关社区"]
    assert selectors.ancestors(tree.area(COUNTY)) == []


def test_children_and_siblings(tree: Tree) -> None:
    town = tree.area(YANGCUN)
    assert [area.code for area in selectors.children(town)] == [XIAOGUAN, BEIDANG]
    assert [area.code for area in selectors.siblings(town)] == [ZHANGPU]
    assert [area.code for area in selectors.siblings(tree.area(BEIDANG))] == [XIAOGUAN, GUANGLING]
    services.area_abolish(actor=tree.system, area=tree.area(BEIDANG), version=1, **act())
    assert [area.code for area in selectors.children(town)] == [XIAOGUAN]
    assert [area.code for area in selectors.children(town, closed=True)] == [XIAOGUAN, BEIDANG]
    assert [area.code for area in selectors.areas_at("village")] == [XIAOGUAN, GUANGLING]


def test_what_a_person_may_see(tree: Tree, clerk: User, officer: User) -> None:
    assert selectors.area_get_for(tree.actor(clerk), XIAOGUAN).name == "小关社区"
    assert selectors.area_get_for(tree.actor(officer), XIAOGUAN).name == "小关社区"
    for code in (BEIDANG, YANGCUN, COUNTY, "nonsense"):
        with pytest.raises(NotFound):
            selectors.area_get_for(tree.actor(clerk), code)


def test_what_has_a_new_code_is_told_to_those_who_see_it(tree: Tree, officer: User, clerk: User) -> None:
    area = tree.area(BEIDANG)
    services.area_rename(actor=tree.system, area=area, version=1, **act(name="北荡村", code="341181104299"))
    with pytest.raises(NotFound, match="已改为 341181104299"):
        selectors.area_get_for(tree.actor(officer), BEIDANG)
    with pytest.raises(NotFound) as caught:
        selectors.area_get_for(tree.actor(clerk), BEIDANG)
    assert "341181104299" not in caught.value.message
    assert selectors.area_get_for(tree.actor(officer), BEIDANG, former=True).id == area.id
    with pytest.raises(NotFound):
        selectors.area_get_for(tree.actor(clerk), BEIDANG, former=True)


def test_the_tree_begins_at_ones_own_places(tree: Tree, clerk: User, admin: User) -> None:
    assert [area.code for area in selectors.tops_for(tree.actor(clerk))] == [XIAOGUAN]
    assert [area.code for area in selectors.tops_for(tree.actor(admin))] == [COUNTY]
    assert [area.code for area in selectors.tops_for(tree.system)] == [COUNTY]
    assert selectors.tops_for(Actor.anonymous(tree.number)) == []


def test_names_on_a_day_for_many_places(tree: Tree, django_assert_num_queries: Any) -> None:
    town, village = tree.area(YANGCUN), tree.area(BEIDANG)
    for number, (name, day) in enumerate([("甲村", date(2025, 1, 1)), ("乙村", date(2025, 7, 1))], 1):
        services.area_rename(actor=tree.system, area=village, version=number, name=name, reason="r", on=day)
    with django_assert_num_queries(1):
        names = selectors.names_on([town.id, village.id], date(2025, 3, 15))
    assert names == {town.id: "杨村镇", village.id: "甲村"}
    assert selectors.names_on([village.id], date(2024, 12, 31)) == {village.id: "北荡村"}
    assert selectors.names_on([village.id], date(2030, 1, 1)) == {village.id: "乙村"}
    assert selectors.names_on([], date(2025, 1, 1)) == {}


def test_an_abolished_place_keeps_its_last_name_for_days_after_it(tree: Tree) -> None:
    village = tree.area(BEIDANG)
    services.area_abolish(actor=tree.system, area=village, version=1, reason="r", on=date(2025, 5, 1))
    assert selectors.names_on([village.id], date(2025, 8, 1)) == {village.id: "北荡村"}


def test_another_countys_tree_is_another_tree(tree: Tree, county_b: County) -> None:
    services.county_open(code=OTHER_COUNTY, since=SINCE)
    ids = list(Area.objects.values_list("id", flat=True))
    with county(B):
        assert selectors.area_names(ids) == {}
        with pytest.raises(NotFound):
            selectors.area_get(XIAOGUAN)
        assert selectors.area_crumbs(["0001"]) == {"0001": ("台前县",)}


def test_grid_numbers_are_the_villages_own(tree: Tree) -> None:
    tree.grid(XIAOGUAN)
    assert selectors.grid_code_next(tree.area(BEIDANG)) == f"{BEIDANG}001"
    assert selectors.grid_code_next(tree.area(XIAOGUAN)) == f"{XIAOGUAN}002"
