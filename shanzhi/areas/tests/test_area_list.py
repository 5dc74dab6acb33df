"""The tree and the list: counts, filters, search, order, pages, file; and a number of statements that does not grow."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas import selectors, services
from shanzhi.areas.selectors import AreaFilter
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
    SINCE,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    Tree,
    act,
)
from shanzhi.tenancy.keyset import SIZE


def found(tree: Tree, **changes: str) -> list[str]:
    return [area.code for area in selectors.area_list_for(tree.system, AreaFilter(**changes))]


def test_the_list_is_in_the_order_of_the_tree(tree: Tree) -> None:
    assert found(tree) == [COUNTY, YANGCUN, XIAOGUAN, BEIDANG, ZHANGPU, GUANGLING]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"level": "township"}, [YANGCUN, ZHANGPU]),
        ({"kind": "residents"}, [XIAOGUAN]),
        ({"township": YANGCUN}, [YANGCUN, XIAOGUAN, BEIDANG]),
        ({"township": "341181999000"}, []),
        ({"township": YANGCUN, "level": "village"}, [XIAOGUAN, BEIDANG]),
        ({"text": "北荡"}, [BEIDANG]),
        ({"text": "341181104"}, [YANGCUN, XIAOGUAN, BEIDANG]),
        ({"text": "没有的"}, []),
        ({"text": "村", "level": "village"}, [BEIDANG, GUANGLING]),
        ({"state": "closed"}, []),
        ({"sort": "code"}, [COUNTY, YANGCUN, XIAOGUAN, BEIDANG, ZHANGPU, GUANGLING]),
        ({"sort": "nonsense"}, [COUNTY, YANGCUN, XIAOGUAN, BEIDANG, ZHANGPU, GUANGLING]),
    ],
)
def test_the_list_is_narrowed_and_sorted(tree: Tree, changes: dict[str, str], codes: list[str]) -> None:
    assert found(tree, **changes) == codes


def test_newest_first(tree: Tree) -> None:
    grid = tree.grid(XIAOGUAN)
    assert found(tree, sort="-valid_from")[0] == grid.code


def test_a_former_name_or_code_still_finds(tree: Tree) -> None:
    services.area_rename(
        actor=tree.system, area=tree.area(BEIDANG), version=1, **act(name="新荡村", code="341181104299")
    )
    assert found(tree, text="北荡") == ["341181104299"]
    assert found(tree, text=BEIDANG) == ["341181104299"]


def test_abolished_places_are_found_when_asked_for(tree: Tree) -> None:
    services.area_abolish(actor=tree.system, area=tree.area(BEIDANG), version=1, **act())
    assert BEIDANG not in found(tree)
    assert found(tree, state="closed") == [BEIDANG]
    assert BEIDANG in found(tree, state="all")


def test_everybody_sees_the_own_subtree(tree: Tree, officer: User, clerk: User) -> None:
    assert [area.code for area in selectors.area_list_for(tree.actor(officer))] == [YANGCUN, XIAOGUAN, BEIDANG]
    assert [area.code for area in selectors.area_list_for(tree.actor(clerk))] == [XIAOGUAN]


def test_a_handler_of_a_department_sees_the_departments_place(tree: Tree) -> None:
    from shanzhi.accounts.tests import factories as accounts

    unit = tree.unit(YANGCUN, "司法所", "department")
    town = accounts.Town(tree.number, units={"unit": unit})
    handler = accounts.person(town, "department_handler", "unit", "冯经办")
    assert [area.code for area in selectors.area_list_for(tree.actor(handler))] == [YANGCUN, XIAOGUAN, BEIDANG]


def test_a_resident_sees_nothing(tree: Tree, resident: User) -> None:
    assert list(selectors.area_list_for(tree.actor(resident))) == []
    assert browser(resident).get(tree.url("areas/")).status_code == 403


def test_the_first_page_is_the_tree_from_the_own_place(tree: Tree, desk: Client, officer: User) -> None:
    page = desk.get(tree.url("areas/")).content.decode()
    for name in ("天长市", "杨村镇", "张铺镇"):
        assert name in page
    assert "小关社区" not in page
    page = browser(officer).get(tree.url("areas/")).content.decode()
    assert "小关社区" in page
    assert "张铺镇" not in page


def test_only_the_administrator_is_offered_the_import(tree: Tree, desk: Client, officer: User) -> None:
    assert "导入官方区划" in desk.get(tree.url("areas/")).content.decode()
    assert "导入官方区划" not in browser(officer).get(tree.url("areas/")).content.decode()


def test_counts_are_of_what_stands_open_below(tree: Tree) -> None:
    grid = tree.grid(XIAOGUAN)
    tree.grid(XIAOGUAN, "第二网格")
    tree.grid(BEIDANG)
    tree.unit(YANGCUN)
    areas = [tree.area(code) for code in (COUNTY, YANGCUN, XIAOGUAN, ZHANGPU)]
    counts = selectors.below(areas)
    assert [(counts[area.id].townships, counts[area.id].villages, counts[area.id].grids) for area in areas] == [
        (2, 3, 3),
        (0, 2, 3),
        (0, 0, 2),
        (0, 1, 0),
    ]
    assert counts[areas[1].id].units == 1
    services.area_abolish(actor=tree.system, area=grid, version=1, **act())
    assert selectors.below(areas)[areas[0].id].grids == 2
    assert selectors.below([]) == {}


def test_a_search_names_the_places_above(tree: Tree, desk: Client) -> None:
    page = desk.get(tree.url("areas/?q=北荡")).content.decode()
    assert "天长市 / 杨村镇" in page
    assert "没有符合条件的区划" in desk.get(tree.url("areas/?q=没有")).content.decode()


def test_the_list_goes_on_page_by_page_and_back(tree: Tree) -> None:
    everything = found(tree)
    actor, wanted = tree.system, AreaFilter()
    first = selectors.area_page_for(actor, wanted, size=4)
    assert ([area.code for area in first.rows], first.previous_cursor) == (everything[:4], None)
    assert first.next_cursor is not None
    second = selectors.area_page_for(actor, wanted, cursor=first.next_cursor, size=4)
    assert ([area.code for area in second.rows], second.next_cursor) == (everything[4:], None)
    assert second.previous_cursor is not None
    back = selectors.area_page_for(actor, wanted, cursor=second.previous_cursor, size=4)
    assert [area.code for area in back.rows] == everything[:4]
    assert (back.previous_cursor, len(back.rows)) == (None, 4)


@pytest.mark.parametrize("sort", ["tree", "code", "name", "-valid_from"])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 6])
def test_pages_of_any_size_and_order_hold_each_row_once(tree: Tree, sort: str, size: int) -> None:
    actor, wanted = tree.system, AreaFilter(sort=sort)
    seen: list[str] = []
    after = ""
    for _ in range(10):
        page = selectors.area_page_for(actor, wanted, cursor=after, size=size)
        seen += [area.code for area in page.rows]
        if page.next_cursor is None:
            break
        after = page.next_cursor
    assert seen == found(tree, sort=sort)


@pytest.mark.parametrize("cursor", ["x", "99999", "9" * 19, "-1"])
def test_a_cursor_that_is_none_opens_the_first_page(tree: Tree, desk: Client, cursor: str) -> None:
    answer = desk.get(tree.url(f"areas/?level=village&after={cursor}"))
    assert (answer.status_code, answer["Location"]) == (302, tree.url("areas/?level=village"))


def test_an_empty_page_has_no_cursors(tree: Tree) -> None:
    page = selectors.area_page_for(tree.system, AreaFilter(text="没有"))
    assert (list(page.rows), page.next_cursor, page.previous_cursor) == ([], None, None)


def test_the_page_shows_the_way_on(tree: Tree, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(SIZE):
        services.area_add(actor=tree.system, parent=tree.area(XIAOGUAN), **act(name=f"网格{number}"))
    page = desk.get(tree.url("areas/?level=grid&sort=code")).content.decode()
    assert "下一页" not in page
    services.area_add(actor=tree.system, parent=tree.area(XIAOGUAN), **act(name="又一个"))
    page = desk.get(tree.url("areas/?level=grid&sort=code")).content.decode()
    assert "下一页" in page
    assert "level=grid&amp;sort=code&amp;after=" in page


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["areas/", "areas/?state=all", f"areas/{XIAOGUAN}/", "units/"])
def test_more_rows_cost_no_more_statements(tree: Tree, desk: Client, path: str) -> None:
    tree.grid(XIAOGUAN)
    tree.unit(YANGCUN, "甲")
    desk.get(tree.url(path))
    few = queries(desk, tree.url(path))
    for number in range(12):
        tree.grid(XIAOGUAN, f"网格{number}")
        tree.unit(YANGCUN, f"单位{number}")
    assert queries(desk, tree.url(path)) == few


def test_the_list_as_a_file(tree: Tree, desk: Client) -> None:
    services.area_merge(actor=tree.system, area=tree.area(ZHANGPU), into=tree.area(YANGCUN), version=1, **act())
    answer = desk.get(tree.url("areas/export/?level=township&state=all"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "代码,名称,级别,类别,上级代码,上级,启用日期,撤销日期,并入代码"
    assert lines[1] == f"{YANGCUN},杨村镇,乡级,,{COUNTY},天长市,2024-01-01,,"
    assert lines[2].endswith(f",{YANGCUN}")
    assert len(lines) == 3


def test_a_file_holds_only_the_own_subtree(tree: Tree, clerk: User) -> None:
    answer = browser(clerk).get(tree.url("areas/export/"))
    assert len(answer.content.decode("utf-8-sig").splitlines()) == 2


def test_a_cell_of_a_file_computes_nothing() -> None:
    from shanzhi.areas.views.shared import csv_answer

    answer = csv_answer("x", ("a",), [("=1+1",), ("ok",)])
    assert answer.content.decode("utf-8-sig").splitlines() == ["a", "'=1+1", "ok"]


def test_places_with_their_parents_keep_their_order(tree: Tree) -> None:
    rows = [tree.area(code) for code in (GUANGLING, COUNTY, XIAOGUAN)]
    loaded = selectors.with_parents(rows)
    assert [area.id for area in loaded] == [area.id for area in rows]
    assert [area.parent.name if area.parent else None for area in loaded] == ["张铺镇", None, "杨村镇"]


def test_a_grid_opened_yesterday_is_open_today(tree: Tree) -> None:
    assert tree.grid(XIAOGUAN).valid_from == SINCE + timedelta(days=1)


def test_the_filter_bar_keeps_its_state_in_the_address(tree: Tree, desk: Client) -> None:
    page: Any = desk.get(tree.url(f"areas/?township={YANGCUN}&level=village")).content.decode()
    assert "级别：村级" in page
    assert "乡镇（街道）：杨村镇" in page
    assert "清除条件" in page


def test_a_column_that_a_file_named_is_no_formula_either() -> None:
    """Bad rows come back under the columns of the file that somebody sent."""
    from shanzhi.areas.views.shared import csv_answer

    answer = csv_answer("x", ("=1+1", "\ta", "code"), [("1", "\r2", "3")])
    head, rest = answer.content.decode("utf-8-sig").split("\r\n", 1)
    assert head == "'=1+1,'\ta,code"
    assert "'\r2" in rest
