"""The end of a place that nobody takes over."""

from datetime import date

import pytest
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.areas import selectors, services
from shanzhi.areas.models import Area, Division
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    REASON,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    Tree,
    act,
    acts_of,
    codes_of,
    form,
    today,
)
from shanzhi.lib.errors import Conflict, Forbidden, NotFound, Stale


def abolish(tree: Tree, code: str = BEIDANG, **changes: object) -> Area:
    area = tree.area(code)
    return services.area_abolish(**{"actor": tree.system, "area": area, "version": area.version, **act(), **changes})


def test_a_village_ends_and_keeps_its_history(tree: Tree) -> None:
    area = abolish(tree, on=date(2025, 7, 1))
    assert (area.valid_to, area.successor_id) == (date(2025, 7, 1), None)
    assert acts_of(area) == ["opened", "abolished"]
    assert codes_of(area) == ["areas.area.abolished"]
    assert selectors.names_on([area.id], date(2025, 3, 1)) == {area.id: "北荡村"}
    row = Division.objects.get(code=BEIDANG)
    assert (row.status, row.successor_code) == ("abolished", "")


def test_its_code_answers_with_one_sentence(tree: Tree) -> None:
    abolish(tree)
    with pytest.raises(NotFound) as caught:
        selectors.area_get(BEIDANG)
    assert caught.value.message == f"北荡村（{BEIDANG}）已撤销，没有并入别处，请改选现行的区划。"


def test_a_place_with_open_children_does_not_end(tree: Tree) -> None:
    with pytest.raises(Conflict) as caught:
        abolish(tree, YANGCUN)
    assert caught.value.message == "杨村镇下还有 2 个下级区划，请先把它们并入、改隶属或撤销。"


def test_a_place_with_open_units_does_not_end(tree: Tree) -> None:
    tree.unit(YANGCUN)
    with pytest.raises(Conflict, match="2 个下级区划和 1 个部门或中心"):
        abolish(tree, YANGCUN)


def test_once_everything_below_has_ended_it_may_end(tree: Tree) -> None:
    abolish(tree, "341181111200")
    assert not abolish(tree, ZHANGPU).is_open


def test_a_county_does_not_end(tree: Tree, desk: Client) -> None:
    with pytest.raises(Conflict, match="县级区划不能撤销"):
        abolish(tree, COUNTY)
    assert desk.get(tree.url(f"areas/{COUNTY}/abolitions/")).status_code == 409


def test_ended_once_it_does_not_end_again(tree: Tree) -> None:
    abolish(tree)
    with pytest.raises(Conflict, match="已经撤销"):
        abolish(tree)


def test_a_grid_ends_without_touching_the_register(tree: Tree) -> None:
    grid = tree.grid(XIAOGUAN)
    abolish(tree, grid.code)
    assert not selectors.grids_of(tree.area(XIAOGUAN)).exists()
    assert not Division.objects.filter(status="abolished").exists()


def test_who_saw_an_older_version_is_told(tree: Tree) -> None:
    with pytest.raises(Stale):
        abolish(tree, version=5)


def test_only_the_system_administrator_abolishes(tree: Tree, officer: User) -> None:
    with pytest.raises(Forbidden):
        abolish(tree, actor=tree.actor(officer))


def test_the_page_warns_abolishes_once_and_leads_to_the_parent(tree: Tree, desk: Client) -> None:
    url, body = tree.url(f"areas/{BEIDANG}/abolitions/"), form(version=1, idempotency_key="k")
    page = desk.get(url).content.decode()
    assert "请改用“并入”" in page
    assert "撤销北荡村" in page
    answer = desk.post(url, body, follow=True)
    assert answer.redirect_chain == [(tree.url(f"areas/{YANGCUN}/"), 302)]
    assert "已撤销北荡村" in answer.content.decode()
    assert desk.post(url, body).status_code == 302
    assert acts_of(tree.area(BEIDANG)) == ["opened", "abolished"]


def test_the_page_says_what_stands_in_the_way(tree: Tree, desk: Client) -> None:
    answer = desk.post(tree.url(f"areas/{YANGCUN}/abolitions/"), form(version=1))
    assert answer.status_code == 409
    assert "杨村镇下还有 2 个下级区划" in answer.content.decode()


def test_the_page_of_an_abolished_place_says_so(tree: Tree, desk: Client) -> None:
    abolish(tree)
    page = desk.get(tree.url(f"areas/{BEIDANG}/")).content.decode()
    assert "撤销。" in page
    assert "并入别处</a>" not in page
    assert REASON in page


def test_it_leaves_the_lists(tree: Tree, desk: Client) -> None:
    abolish(tree)
    assert BEIDANG not in desk.get(tree.url(f"areas/{YANGCUN}/")).content.decode()
    assert BEIDANG in desk.get(tree.url(f"areas/{YANGCUN}/?closed=1")).content.decode()
    assert tree.area(BEIDANG).valid_to == today()
