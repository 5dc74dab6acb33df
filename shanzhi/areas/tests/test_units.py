"""Departments and centres: set up, renamed, closed; lists and pages."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas import selectors, services
from shanzhi.areas.models import Unit
from shanzhi.areas.selectors import UnitFilter
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    REASON,
    SINCE,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    Tree,
    act,
    form,
    today,
)
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.trail.models import Entry


def codes(unit: Unit) -> list[str]:
    rows = Entry.objects.filter(object_type="areas.unit", object_id=unit.id).order_by("id")
    return list(rows.values_list("code", flat=True))


def test_a_unit_gets_a_code_of_its_place_and_kind(tree: Tree) -> None:
    assert tree.unit(YANGCUN, "综治中心").code == f"{YANGCUN}C001"
    assert tree.unit(YANGCUN, "便民服务中心").code == f"{YANGCUN}C002"
    assert tree.unit(YANGCUN, "司法所", "department").code == f"{YANGCUN}D001"
    assert tree.unit(COUNTY, "住建局", "department").code == f"{COUNTY}D001"


def test_setting_up_leaves_history_and_trail(tree: Tree, admin: User) -> None:
    unit = services.unit_add(
        actor=tree.actor(admin), area=tree.area(YANGCUN), kind="centre", name="综治中心", reason=REASON, on=SINCE
    )
    entry = selectors.unit_history(unit)[0]
    assert (entry.act, entry.name, entry.reason, entry.actor_name) == ("added", "综治中心", REASON, "李系统")
    assert codes(unit) == ["areas.unit.added"]


@pytest.mark.parametrize("code", [XIAOGUAN, BEIDANG])
def test_villages_have_no_units(tree: Tree, code: str) -> None:
    with pytest.raises(Conflict, match="部门和中心只设在县级和乡级"):
        tree.unit(code)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "=1"}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"kind": "bureau"}, "kind"),
        ({"reason": ""}, "reason"),
        ({"on": date(2999, 1, 1)}, "on"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(tree: Tree, changes: dict[str, Any], field: str) -> None:
    values = act(kind="centre", name="综治中心")
    with pytest.raises(Invalid) as caught:
        services.unit_add(actor=tree.system, area=tree.area(YANGCUN), **{**values, **changes})
    assert list(caught.value.fields) == [field]
    assert not Unit.objects.exists()


def test_a_name_stands_once_in_a_place(tree: Tree) -> None:
    tree.unit(YANGCUN, "综治中心")
    tree.unit(ZHANGPU, "综治中心")
    with pytest.raises(Invalid, match="杨村镇已经有“综治中心”，请换一个名称。"):
        tree.unit(YANGCUN, "综治中心", "department")


def test_a_closed_units_name_is_free_again_and_its_code_is_not(tree: Tree) -> None:
    unit = tree.unit(YANGCUN, "综治中心")
    services.unit_close(actor=tree.system, unit=unit, version=1, **act())
    assert tree.unit(YANGCUN, "综治中心").code == f"{YANGCUN}C002"


def test_a_new_name_leaves_history_and_trail(tree: Tree) -> None:
    unit = tree.unit()
    now = services.unit_rename(actor=tree.system, unit=unit, version=1, **act(name="社会治理中心"))
    assert (now.name, now.version, now.code) == ("社会治理中心", 2, unit.code)
    assert [row.name for row in selectors.unit_history(now)] == ["社会治理中心", "镇综治中心"]
    assert codes(now) == ["areas.unit.added", "areas.unit.renamed"]


def test_the_same_name_is_no_change(tree: Tree) -> None:
    with pytest.raises(Invalid, match="名称没有变"):
        services.unit_rename(actor=tree.system, unit=tree.unit(), version=1, **act(name="镇综治中心"))


def test_a_name_that_another_unit_has_is_refused(tree: Tree) -> None:
    unit = tree.unit()
    tree.unit(YANGCUN, "司法所")
    with pytest.raises(Invalid, match="已经有“司法所”"):
        services.unit_rename(actor=tree.system, unit=unit, version=1, **act(name="司法所"))


def test_history_runs_forward(tree: Tree) -> None:
    unit = tree.unit()
    with pytest.raises(Invalid, match="不能早于上一次变更"):
        services.unit_close(actor=tree.system, unit=unit, version=1, reason=REASON, on=SINCE - timedelta(days=1))


def test_a_closed_unit_is_not_found_by_services_and_seen_by_people(tree: Tree, officer: User) -> None:
    unit = tree.unit()
    closed = services.unit_close(actor=tree.system, unit=unit, version=1, **act())
    assert closed.valid_to == today()
    assert codes(closed)[-1] == "areas.unit.closed"
    with pytest.raises(NotFound, match="已经撤销，请改选别的部门"):
        selectors.unit_get(unit.code)
    assert selectors.unit_get_for(tree.actor(officer), unit.code).id == unit.id
    with pytest.raises(Conflict, match="已经撤销"):
        services.unit_rename(actor=tree.system, unit=unit, version=2, **act(name="新"))
    with pytest.raises(Conflict, match="已经撤销"):
        services.unit_close(actor=tree.system, unit=unit, version=2, **act())


def test_a_wrong_code_is_one_sentence(tree: Tree) -> None:
    with pytest.raises(NotFound, match="没有代码为 341181104000C009 的部门或中心"):
        selectors.unit_get(f"{YANGCUN}C009")


def test_who_saw_an_older_version_is_told(tree: Tree) -> None:
    unit = tree.unit()
    services.unit_rename(actor=tree.system, unit=unit, version=1, **act(name="甲"))
    with pytest.raises(Stale):
        services.unit_rename(actor=tree.system, unit=unit, version=1, **act(name="乙"))
    with pytest.raises(Stale):
        services.unit_close(actor=tree.system, unit=unit, version=1, **act())


def test_an_abolished_place_gets_no_unit(tree: Tree) -> None:
    services.area_merge(actor=tree.system, area=tree.area(ZHANGPU), into=tree.area(YANGCUN), version=1, **act())
    with pytest.raises(Conflict, match="已经撤销"):
        tree.unit(ZHANGPU)


@pytest.mark.parametrize("service", ["unit_add", "unit_rename", "unit_close"])
def test_only_the_system_administrator_may(tree: Tree, officer: User, service: str) -> None:
    unit = tree.unit()
    calls: dict[str, dict[str, Any]] = {
        "unit_add": act(area=tree.area(YANGCUN), kind="centre", name="甲"),
        "unit_rename": act(unit=unit, version=1, name="甲"),
        "unit_close": act(unit=unit, version=1),
    }
    with pytest.raises(Forbidden):
        getattr(services, service)(actor=tree.actor(officer), **calls[service])


@pytest.mark.parametrize("service", ["unit_add", "unit_rename", "unit_close"])
def test_the_same_key_answers_with_the_same_result(tree: Tree, service: str) -> None:
    unit = tree.unit()
    calls: dict[str, dict[str, Any]] = {
        "unit_add": act(area=tree.area(YANGCUN), kind="centre", name="甲"),
        "unit_rename": act(unit=unit, version=1, name="甲"),
        "unit_close": act(unit=unit, version=1),
    }
    first, again = (getattr(services, service)(actor=tree.system, key="k", **calls[service]) for _ in range(2))
    assert first.id == again.id
    assert Unit.objects.count() == (2 if service == "unit_add" else 1)
    assert len(codes(first)) == (1 if service == "unit_add" else 2)


def test_units_of_a_place_and_below(tree: Tree) -> None:
    county, town = tree.unit(COUNTY, "住建局", "department"), tree.unit(YANGCUN)
    assert list(selectors.units_of(tree.area(COUNTY))) == [county]
    assert list(selectors.units_of(tree.area(COUNTY), below=True)) == [county, town]
    assert selectors.unit_names({county.id, town.id}) == {county.id: "住建局", town.id: "镇综治中心"}
    assert selectors.unit_names(set()) == {}


def test_the_list_is_narrowed(tree: Tree) -> None:
    bureau, centre = tree.unit(COUNTY, "住建局", "department"), tree.unit(YANGCUN)
    actor = tree.system

    def found(**changes: str) -> list[Unit]:
        return list(selectors.unit_list_for(actor, UnitFilter(**changes)))

    assert found() == [bureau, centre]
    assert found(kind="centre") == [centre]
    assert found(text="住建") == [bureau]
    assert found(area=YANGCUN) == [centre]
    assert found(state="closed") == []
    services.unit_close(actor=actor, unit=bureau, version=1, **act())
    assert found() == [centre]
    assert [unit.id for unit in found(state="closed")] == [bureau.id]
    assert len(found(state="all")) == 2


def test_an_officer_sees_the_units_of_the_own_township(tree: Tree, officer: User, desk: Client) -> None:
    tree.unit(COUNTY, "住建局", "department")
    centre = tree.unit(YANGCUN)
    assert list(selectors.unit_list_for(tree.actor(officer))) == [centre]
    page = browser(officer).get(tree.url("units/")).content.decode()
    assert "镇综治中心" in page
    assert "住建局" not in page
    assert browser(officer).get(tree.url(f"units/{COUNTY}D001/")).status_code == 404
    assert "住建局" in desk.get(tree.url("units/")).content.decode()


def test_pages_of_a_unit(tree: Tree, desk: Client) -> None:
    url = tree.url(f"areas/{YANGCUN}/units/")
    assert "在杨村镇设立部门或中心" in desk.get(url).content.decode()
    answer = desk.post(url, form(kind="centre", name="综治中心"), follow=True)
    assert "已在杨村镇设立综治中心" in answer.content.decode()
    unit = tree.url(f"units/{YANGCUN}C001/")
    assert REASON in desk.get(unit).content.decode()
    answer = desk.post(f"{unit}renames/", form(name="社会治理中心", version=1), follow=True)
    assert "已改名为社会治理中心" in answer.content.decode()
    answer = desk.post(f"{unit}closures/", form(version=2), follow=True)
    assert "已撤销社会治理中心" in answer.content.decode()
    assert desk.get(f"{unit}renames/").status_code == 409


def test_a_double_click_on_the_pages_does_each_once(tree: Tree, desk: Client) -> None:
    body = form(kind="centre", name="综治中心", idempotency_key="a")
    for _ in range(2):
        assert desk.post(tree.url(f"areas/{YANGCUN}/units/"), body).status_code == 302
    unit = tree.url(f"units/{YANGCUN}C001/")
    for _ in range(2):
        assert desk.post(f"{unit}closures/", form(version=1, idempotency_key="b")).status_code == 302
    assert codes(Unit.objects.get()) == ["areas.unit.added", "areas.unit.closed"]


def test_errors_on_the_pages(tree: Tree, desk: Client) -> None:
    tree.unit(YANGCUN, "综治中心")
    answer = desk.post(tree.url(f"areas/{YANGCUN}/units/"), form(kind="centre", name="综治中心"))
    assert answer.status_code == 422
    assert "杨村镇已经有“综治中心”" in answer.content.decode()
    answer = desk.post(tree.url(f"areas/{XIAOGUAN}/units/"), form(kind="centre", name="综治中心"))
    assert answer.status_code == 409
    stale = desk.post(tree.url(f"units/{YANGCUN}C001/renames/"), form(name="甲", version=8))
    assert stale.status_code == 409


def test_the_list_as_a_file(tree: Tree, desk: Client) -> None:
    tree.unit()
    answer = desk.get(tree.url("units/export/?kind=centre"))
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines == [
        "代码,名称,类别,所属区划代码,所属区划,启用日期,撤销日期",
        f"{YANGCUN}C001,镇综治中心,中心,{YANGCUN},杨村镇,2024-01-01,",
    ]


def test_an_empty_list_says_what_will_come(tree: Tree, desk: Client) -> None:
    assert "还没有部门和中心" in desk.get(tree.url("units/")).content.decode()
    assert "没有符合条件的部门" in desk.get(tree.url("units/?q=没有")).content.decode()
