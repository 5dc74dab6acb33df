"""The page of a place: what it is, what stands below, what it was."""

import pytest
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas import services
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
    OTHER_COUNTY,
    REASON,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    Tree,
    act,
)


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_a_township_shows_its_villages_units_and_history(tree: Tree, desk: Client) -> None:
    tree.grid(XIAOGUAN)
    tree.unit()
    page = text(desk, tree.url(f"areas/{YANGCUN}/"))
    for words in ("小关社区", "北荡村", "镇综治中心", "居民委员会", "沿革", "2024年1月1日起：杨村镇", "按官方区划开通"):
        assert words in page


def test_a_village_shows_its_grids_and_no_units(tree: Tree, desk: Client) -> None:
    tree.grid(XIAOGUAN, "金桥网格")
    page = text(desk, tree.url(f"areas/{XIAOGUAN}/"))
    assert "金桥网格" in page
    assert "设立部门或中心" not in page


def test_a_grid_shows_itself(tree: Tree, desk: Client) -> None:
    grid = tree.grid(XIAOGUAN, "金桥网格")
    page = text(desk, tree.url(f"areas/{grid.code}/"))
    assert "金桥网格" in page
    assert "新增网格" not in page
    assert "改变隶属" in page


def test_the_crumbs_lead_up_as_far_as_the_person_sees(tree: Tree, desk: Client, clerk: User) -> None:
    admin_page = text(desk, tree.url(f"areas/{XIAOGUAN}/"))
    assert f'href="{tree.url(f"areas/{YANGCUN}/")}"' in admin_page
    clerk_page = text(browser(clerk), tree.url(f"areas/{XIAOGUAN}/"))
    assert f'href="{tree.url(f"areas/{YANGCUN}/")}"' not in clerk_page
    assert "杨村镇" in clerk_page


def test_acts_are_offered_to_the_administrator_alone(tree: Tree, desk: Client, clerk: User) -> None:
    words = ("新增网格", "改名或改代码", "改变隶属", "并入别处")
    admin_page, clerk_page = (text(client, tree.url(f"areas/{XIAOGUAN}/")) for client in (desk, browser(clerk)))
    assert all(word in admin_page for word in words)
    assert not any(word in clerk_page for word in words)


def test_the_county_is_neither_merged_nor_moved(tree: Tree, desk: Client) -> None:
    page = text(desk, tree.url(f"areas/{COUNTY}/"))
    assert "新增乡镇（街道）" in page
    assert "并入别处" not in page
    assert "改变隶属" not in page


def test_an_abolished_place_names_its_successor_with_a_link(tree: Tree, desk: Client) -> None:
    services.area_merge(actor=tree.system, area=tree.area(ZHANGPU), into=tree.area(YANGCUN), version=1, **act())
    page = text(desk, tree.url(f"areas/{ZHANGPU}/"))
    assert "已并入" in page
    assert f'href="{tree.url(f"areas/{YANGCUN}/")}"' in page
    assert "改名或改代码" not in page


def test_the_history_says_who_why_and_since_when(tree: Tree, admin: User) -> None:
    services.area_rename(actor=tree.actor(admin), area=tree.area(BEIDANG), version=1, **act(name="新荡村"))
    page = text(browser(admin), tree.url(f"areas/{BEIDANG}/"))
    for words in ("改名", "李系统　天长市 系统管理员", REASON, f"新荡村（{BEIDANG}），属杨村镇", "北荡村"):
        assert words in page


def test_abolished_children_are_shown_on_request(tree: Tree, desk: Client) -> None:
    services.area_abolish(actor=tree.system, area=tree.area(GUANGLING), version=1, **act())
    assert "广陵村" not in text(desk, tree.url(f"areas/{ZHANGPU}/"))
    assert "广陵村" in text(desk, tree.url(f"areas/{ZHANGPU}/?closed=1"))


@pytest.mark.parametrize("code", [ZHANGPU, COUNTY, YANGCUN, BEIDANG, "999999999999", OTHER_COUNTY])
def test_what_lies_outside_is_not_found(tree: Tree, clerk: User, code: str) -> None:
    assert browser(clerk).get(tree.url(f"areas/{code}/")).status_code == 404


def test_the_same_words_for_what_is_hidden_and_what_is_not_there(tree: Tree, clerk: User) -> None:
    hidden, absent = (browser(clerk).get(tree.url(f"areas/{code}/")) for code in (BEIDANG, "999999999999"))
    assert "没有找到" in hidden.content.decode()
    assert ("北荡" in hidden.content.decode()) is False
    assert hidden.status_code == absent.status_code


@pytest.mark.parametrize("path", ["areas/abc/", "areas/12345/", "units/xyz/", f"units/{YANGCUN}/"])
def test_an_address_that_is_no_code_is_not_found(tree: Tree, desk: Client, path: str) -> None:
    assert desk.get(tree.url(path)).status_code == 404


def test_a_stranger_and_another_county_learn_nothing(tree: Tree, outsider: User) -> None:
    for path in ("areas/", f"areas/{YANGCUN}/", "units/", "areas/export/"):
        assert browser(outsider).get(tree.url(path)).status_code == 404
        assert browser().get(tree.url(path)).status_code == 302


@pytest.mark.parametrize("path", ["areas/", "areas/export/", f"areas/{XIAOGUAN}/", "units/", "units/export/"])
def test_reading_pages_take_no_post(tree: Tree, desk: Client, path: str) -> None:
    assert desk.post(tree.url(path)).status_code == 405


def test_names_come_from_people_and_stay_text(tree: Tree, desk: Client) -> None:
    services.area_rename(actor=tree.system, area=tree.area(BEIDANG), version=1, **act(name="<b>荡</b>村"))
    assert "<b>荡</b>村" not in text(desk, tree.url(f"areas/{BEIDANG}/"))
