"""A new name or a new code: the old ones stay in the history and go on answering."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.areas import selectors, services
from shanzhi.areas.models import AreaVersion, Division
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    REASON,
    SINCE,
    XIAOGUAN,
    YANGCUN,
    Tree,
    act,
    acts_of,
    codes_of,
    form,
    today,
)
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale

NEW_CODE = "341181104299"


def test_a_new_name_counts_from_its_day(tree: Tree, admin: User) -> None:
    day = date(2025, 3, 1)
    area = tree.area(BEIDANG)
    now = services.area_rename(actor=tree.actor(admin), area=area, version=1, name="新荡村", reason=REASON, on=day)
    assert (now.name, now.code, now.version) == ("新荡村", BEIDANG, 2)
    assert acts_of(area) == ["opened", "renamed"]
    assert codes_of(area) == ["areas.area.renamed"]
    assert Division.objects.get(code=BEIDANG).name == "新荡村"
    assert selectors.names_on([area.id], day - timedelta(days=1)) == {area.id: "北荡村"}
    assert selectors.names_on([area.id], day) == {area.id: "新荡村"}
    assert selectors.names_on([area.id], SINCE - timedelta(days=900)) == {area.id: "北荡村"}


def test_the_path_stays(tree: Tree) -> None:
    area = tree.area(BEIDANG)
    now = services.area_rename(actor=tree.system, area=area, version=1, **act(name="新荡村", code=NEW_CODE))
    assert now.path == area.path


def test_a_new_code_leaves_the_old_one_behind_as_a_sign(tree: Tree) -> None:
    area = tree.area(BEIDANG)
    services.area_rename(actor=tree.system, area=area, version=1, **act(name="北荡村", code=NEW_CODE))
    assert selectors.area_get(NEW_CODE).id == area.id
    with pytest.raises(NotFound, match=f"代码 {BEIDANG} 已改为 {NEW_CODE}（北荡村），请改用新代码。"):
        selectors.area_get(BEIDANG)
    old, new = Division.objects.get(code=BEIDANG), Division.objects.get(code=NEW_CODE)
    assert (old.status, old.successor_code) == ("abolished", NEW_CODE)
    assert (new.status, new.parent_code, new.name) == ("current", YANGCUN, "北荡村")
    assert acts_of(area)[-1] == "recoded"


def test_a_new_code_derives_the_kind_anew(tree: Tree) -> None:
    area = tree.area(BEIDANG)
    assert area.kind == "villagers"
    now = services.area_rename(actor=tree.system, area=area, version=1, **act(name="北荡社区", code="341181104009"))
    assert now.kind == "residents"


def test_a_townships_new_code_takes_its_villages_along_in_the_register(tree: Tree) -> None:
    area = tree.area(YANGCUN)
    services.area_rename(actor=tree.system, area=area, version=1, **act(name="杨村街道", code="341181005000"))
    assert set(Division.objects.filter(parent_code="341181005000").values_list("code", flat=True)) == {
        XIAOGUAN,
        BEIDANG,
    }


def test_a_grids_code_may_take_another_number_of_its_village(tree: Tree) -> None:
    grid = tree.grid(XIAOGUAN)
    now = services.area_rename(actor=tree.system, area=grid, version=1, **act(name="第九网格", code=f"{XIAOGUAN}009"))
    assert (now.name, now.code) == ("第九网格", f"{XIAOGUAN}009")
    with pytest.raises(Invalid, match="网格代码应为"):
        services.area_rename(actor=tree.system, area=now, version=2, **act(name="x", code=f"{BEIDANG}001"))
    assert not Division.objects.filter(name="第九网格").exists()


def test_the_county_keeps_its_code(tree: Tree, desk: Client) -> None:
    area = tree.area(COUNTY)
    now = services.area_rename(actor=tree.system, area=area, version=1, **act(name="天长区"))
    assert now.name == "天长区"
    with pytest.raises(Invalid, match="由平台运维人员统一更换"):
        services.area_rename(actor=tree.system, area=now, version=2, **act(name="天长区", code="341182000000"))
    assert "disabled" in desk.get(tree.url(f"areas/{COUNTY}/renames/")).content.decode()


def test_nothing_changed_is_said(tree: Tree) -> None:
    with pytest.raises(Invalid) as caught:
        services.area_rename(actor=tree.system, area=tree.area(BEIDANG), version=1, **act(name="北荡村"))
    assert caught.value.code == "nothing_changed"
    assert acts_of(tree.area(BEIDANG)) == ["opened"]


def test_who_saw_an_older_version_is_told(tree: Tree) -> None:
    area = tree.area(BEIDANG)
    services.area_rename(actor=tree.system, area=area, version=1, **act(name="甲村"))
    with pytest.raises(Stale):
        services.area_rename(actor=tree.system, area=area, version=1, **act(name="乙村"))
    assert tree.area(BEIDANG).name == "甲村"


def test_two_people_on_one_page_the_second_is_told_and_keeps_the_form(tree: Tree, desk: Client) -> None:
    url = tree.url(f"areas/{BEIDANG}/renames/")
    assert desk.post(url, form(name="甲村", code=BEIDANG, version=1)).status_code == 302
    answer = desk.post(url, form(name="乙村", code=BEIDANG, version=1))
    assert answer.status_code == 409
    assert "刚刚有人更新了这项内容" in answer.content.decode()
    assert 'value="乙村"' in answer.content.decode()


def test_a_double_click_renames_once(tree: Tree, desk: Client) -> None:
    url, body = tree.url(f"areas/{BEIDANG}/renames/"), form(name="甲村", code=BEIDANG, version=1, idempotency_key="k")
    assert [desk.post(url, body).status_code for _ in range(2)] == [302, 302]
    assert acts_of(tree.area(BEIDANG)) == ["opened", "renamed"]
    assert codes_of(tree.area(BEIDANG)) == ["areas.area.renamed"]


def test_a_double_click_that_changes_the_code_reaches_the_same_place(tree: Tree, desk: Client) -> None:
    url, body = tree.url(f"areas/{BEIDANG}/renames/"), form(name="甲", code=NEW_CODE, version=1, idempotency_key="k")
    answers = [desk.post(url, body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"] == tree.url(f"areas/{NEW_CODE}/")
    assert acts_of(tree.area(NEW_CODE)) == ["opened", "recoded"]
    assert desk.post(url, {**body, "idempotency_key": "other"}).status_code == 409


def test_after_a_new_code_the_page_stands_at_the_new_address(tree: Tree, desk: Client) -> None:
    answer = desk.post(
        tree.url(f"areas/{BEIDANG}/renames/"), form(name="北荡村", code=NEW_CODE, version=1), follow=True
    )
    assert answer.redirect_chain == [(tree.url(f"areas/{NEW_CODE}/"), 302)]
    assert f"已改为北荡村（{NEW_CODE}）" in answer.content.decode()
    old = desk.get(tree.url(f"areas/{BEIDANG}/"))
    assert old.status_code == 404
    assert f"已改为 {NEW_CODE}" in old.content.decode()


def test_history_runs_forward(tree: Tree) -> None:
    area = tree.area(BEIDANG)
    services.area_rename(actor=tree.system, area=area, version=1, name="甲村", reason=REASON, on=date(2025, 6, 1))
    with pytest.raises(Invalid, match="不能早于上一次变更的 2025年6月1日"):
        services.area_rename(actor=tree.system, area=area, version=2, name="乙村", reason=REASON, on=date(2025, 5, 31))
    now = services.area_rename(actor=tree.system, area=area, version=2, name="乙村", reason=REASON, on=date(2025, 6, 1))
    assert selectors.names_on([now.id], date(2025, 6, 1)) == {now.id: "乙村"}
    assert selectors.names_on([now.id], date(2025, 5, 31)) == {now.id: "北荡村"}


def test_the_day_is_not_in_the_future(tree: Tree, desk: Client) -> None:
    body = form(name="甲村", code=BEIDANG, version=1)
    body["on"] = (today() + timedelta(days=1)).isoformat()
    answer = desk.post(tree.url(f"areas/{BEIDANG}/renames/"), body)
    assert answer.status_code == 422
    assert "生效日期不能晚于今天。" in answer.content.decode()


@pytest.mark.parametrize("missing", ["name", "reason", "on", "version"])
def test_each_field_is_needed(tree: Tree, desk: Client, missing: str) -> None:
    body = form(name="甲村", code=BEIDANG, version=1)
    del body[missing]
    assert desk.post(tree.url(f"areas/{BEIDANG}/renames/"), body).status_code == 422
    assert acts_of(tree.area(BEIDANG)) == ["opened"]


def test_an_abolished_place_is_not_renamed(tree: Tree, desk: Client) -> None:
    area = tree.area(BEIDANG)
    services.area_abolish(actor=tree.system, area=area, version=1, **act())
    with pytest.raises(Conflict, match="已经撤销"):
        services.area_rename(actor=tree.system, area=area, version=2, **act(name="甲村"))
    assert desk.get(tree.url(f"areas/{BEIDANG}/renames/")).status_code == 409


def test_only_the_system_administrator_renames(tree: Tree, officer: User) -> None:
    with pytest.raises(Forbidden):
        services.area_rename(actor=tree.actor(officer), area=tree.area(BEIDANG), version=1, **act(name="甲村"))


def test_versions_never_overlap(tree: Tree) -> None:
    area = tree.area(BEIDANG)
    for number, name in enumerate(("甲村", "乙村", "丙村"), 1):
        services.area_rename(actor=tree.system, area=area, version=number, **act(name=name))
    rows = list(AreaVersion.objects.filter(area=area).order_by("number"))
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert all(one.valid_to == two.valid_from for one, two in pairwise(rows))
    assert [row.valid_to for row in rows].count(None) == 1
