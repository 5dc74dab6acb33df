"""A new place below another one."""

from datetime import timedelta

import pytest
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.areas import selectors, services
from shanzhi.areas.models import Area, Division
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
    XIAOGUAN,
    YANGCUN,
    Tree,
    act,
    acts_of,
    codes_of,
    form,
    today,
)
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound

NEW_VILLAGE = "341181104203"


def test_a_village_is_added_with_history_trail_and_register(tree: Tree, admin: User) -> None:
    actor = tree.actor(admin)
    area = services.area_add(actor=actor, parent=tree.area(YANGCUN), **act(name=" 新建村 ", code=NEW_VILLAGE))
    assert (area.name, area.level, area.kind, area.path) == ("新建村", "village", "villagers", "000100010003")
    assert acts_of(area) == ["opened"]
    assert codes_of(area) == ["areas.area.added"]
    assert Division.objects.get(code=NEW_VILLAGE).parent_code == YANGCUN
    newest = selectors.history_of(area)[0]
    assert (newest.actor_name, newest.actor_post) == ("李系统", "天长市 系统管理员")


def test_a_township_is_added_below_the_county(tree: Tree) -> None:
    area = services.area_add(actor=tree.system, parent=tree.area(COUNTY), **act(name="石梁镇", code="341181105000"))
    assert (area.level, area.path, area.kind) == ("township", "00010003", "")


def test_a_grid_gets_the_next_number(tree: Tree) -> None:
    first, second = tree.grid(XIAOGUAN), tree.grid(XIAOGUAN, "第二网格")
    assert (first.code, second.code) == (f"{XIAOGUAN}001", f"{XIAOGUAN}002")
    assert not Division.objects.filter(code__startswith=f"{XIAOGUAN}0").exists()


def test_the_page_adds_a_place_and_says_so(tree: Tree, desk: Client) -> None:
    url = tree.url(f"areas/{YANGCUN}/children/")
    assert "新增村（社区）" in desk.get(url).content.decode()
    answer = desk.post(url, form(name="新建村", code=NEW_VILLAGE), follow=True)
    assert answer.redirect_chain == [(tree.url(f"areas/{YANGCUN}/"), 302)]
    assert f"已新增新建村（{NEW_VILLAGE}）" in answer.content.decode()


def test_the_page_of_a_village_proposes_the_code_of_the_grid(tree: Tree, desk: Client) -> None:
    tree.grid(XIAOGUAN)
    page = desk.get(tree.url(f"areas/{XIAOGUAN}/children/")).content.decode()
    assert f'value="{XIAOGUAN}002"' in page
    assert "已填好下一个空号" in page


def test_a_double_click_adds_once(tree: Tree, desk: Client) -> None:
    url, body = (
        tree.url(f"areas/{XIAOGUAN}/children/"),
        form(name="网格甲", code=f"{XIAOGUAN}009", idempotency_key="k1"),
    )
    assert desk.post(url, body).status_code == desk.post(url, body).status_code == 302
    assert Area.objects.filter(name="网格甲").count() == 1


def test_the_same_key_for_another_place_is_refused(tree: Tree) -> None:
    parent = tree.area(XIAOGUAN)
    services.area_add(actor=tree.system, parent=parent, key="k", **act(name="甲"))
    with pytest.raises(Invalid) as caught:
        services.area_add(actor=tree.system, parent=parent, key="k", **act(name="乙"))
    assert caught.value.code == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"name": "=HYPERLINK()"}, "name"),
        ({"name": "小\u200b村"}, "name"),
        ({"reason": "  "}, "reason"),
        ({"reason": "长" * 201}, "reason"),
        ({"on": today() + timedelta(days=1)}, "on"),
        ({"code": ""}, "code"),
        ({"code": "34118110420"}, "code"),
        ({"code": "341181105000"}, "code"),
        ({"code": XIAOGUAN}, "code"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(tree: Tree, changes: dict[str, object], field: str) -> None:
    values = act(**{"name": "新建村", "code": NEW_VILLAGE, **changes})
    with pytest.raises(Invalid) as caught:
        services.area_add(actor=tree.system, parent=tree.area(YANGCUN), **values)
    assert list(caught.value.fields) == [field]
    assert caught.value.fields[field][0].endswith("。")
    assert Area.objects.count() == 6


def test_the_page_keeps_what_was_typed(tree: Tree, desk: Client) -> None:
    answer = desk.post(tree.url(f"areas/{YANGCUN}/children/"), form(name="新建村", code=XIAOGUAN))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"代码 {XIAOGUAN} 小关社区正在用，请换一个。" in page
    assert 'value="新建村"' in page


def test_a_code_that_was_once_used_stays_taken(tree: Tree) -> None:
    village = tree.area(BEIDANG)
    services.area_rename(actor=tree.system, area=village, version=1, **act(name="北荡村", code="341181104299"))
    with pytest.raises(Invalid, match=f"代码 {BEIDANG} 北荡村曾经用过"):
        services.area_add(actor=tree.system, parent=tree.area(YANGCUN), **act(name="别村", code=BEIDANG))


def test_a_code_that_the_register_abolished_stays_taken(tree: Tree) -> None:
    Division.objects.create(code=NEW_VILLAGE, name="旧村", level="village", parent_code=YANGCUN, status="abolished")
    with pytest.raises(Invalid, match="在官方区划里已撤销"):
        services.area_add(actor=tree.system, parent=tree.area(YANGCUN), **act(name="新村", code=NEW_VILLAGE))


@pytest.mark.parametrize(
    "code", ["341181104001", f"{XIAOGUAN}01", f"{XIAOGUAN}0a1", "341181104200001", f"{XIAOGUAN}０01"]
)
def test_a_grids_code_begins_with_its_villages(tree: Tree, code: str) -> None:
    with pytest.raises(Invalid, match="网格代码应为"):
        services.area_add(actor=tree.system, parent=tree.area(XIAOGUAN), **act(name="网格", code=code))


def test_nothing_goes_below_a_grid(tree: Tree, desk: Client) -> None:
    grid = tree.grid(XIAOGUAN)
    with pytest.raises(Conflict, match="网格下面不能再分"):
        services.area_add(actor=tree.system, parent=grid, **act(name="微网格"))
    assert desk.get(tree.url(f"areas/{grid.code}/children/")).status_code == 409


def test_nothing_goes_below_an_abolished_place(tree: Tree, desk: Client) -> None:
    village = tree.area(GUANGLING)
    services.area_abolish(actor=tree.system, area=village, version=1, **act())
    with pytest.raises(Conflict, match="已经撤销"):
        services.area_add(actor=tree.system, parent=village, **act(name="网格"))
    assert (
        desk.post(tree.url(f"areas/{GUANGLING}/children/"), form(name="网格", code=f"{GUANGLING}001")).status_code
        == 409
    )


def test_only_the_system_administrator_adds(tree: Tree, clerk: User) -> None:
    with pytest.raises(Forbidden):
        services.area_add(actor=tree.actor(clerk), parent=tree.area(XIAOGUAN), **act(name="网格"))


def test_numbers_of_closed_grids_are_not_given_again(tree: Tree) -> None:
    grid = tree.grid(XIAOGUAN)
    services.area_abolish(actor=tree.system, area=grid, version=1, **act())
    assert selectors.grid_code_next(tree.area(XIAOGUAN)) == f"{XIAOGUAN}002"


def test_after_the_last_number_gaps_are_used_and_then_no_more(tree: Tree) -> None:
    village = tree.area(XIAOGUAN)
    services.area_add(actor=tree.system, parent=village, **act(name="末", code=f"{XIAOGUAN}999"))
    assert selectors.grid_code_next(village) == f"{XIAOGUAN}001"
    services.area_add(actor=tree.system, parent=village, **act(name="首", code=f"{XIAOGUAN}001"))
    assert selectors.grid_code_next(village) == f"{XIAOGUAN}002"


def test_an_unopened_county_has_no_place_to_add_to(county_a: object) -> None:
    with pytest.raises(NotFound, match="本县还没有区划"):
        services.area_add(
            actor=Tree(341181).system, parent=Area(id=1, level="county", code=COUNTY), **act(name="镇", code=YANGCUN)
        )
