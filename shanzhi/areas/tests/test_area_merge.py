"""One place taken over by another: what stood below goes along, the old code names the successor."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from shanzhi.accounts.models import Post, User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas import paths, selectors, services
from shanzhi.areas.models import Area, Division, PathMove, Unit
from shanzhi.areas.registry import path_holder
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
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
from shanzhi.jobs.models import Job
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale

path_holder("accounts.Post", "area_path")


def merge(tree: Tree, one: str = ZHANGPU, into: str = YANGCUN, **changes: Any) -> Area:
    values = {"actor": tree.system, "area": tree.area(one), "into": tree.area(into), "version": tree.area(one).version}
    return services.area_merge(**{**values, **act(), **changes})


def test_a_township_goes_with_everything_below(tree: Tree) -> None:
    grid = tree.grid(GUANGLING)
    merged = merge(tree)
    village, grid = tree.area(GUANGLING), tree.area(grid.code)
    assert (merged.valid_to, merged.successor_id) == (today(), tree.area(YANGCUN).id)
    assert village.parent_id == tree.area(YANGCUN).id
    assert village.path == "000100010003"
    assert grid.path == village.path + "0001"
    assert grid.parent_id == village.id
    assert acts_of(merged) == ["opened", "merged"]
    assert acts_of(village) == ["opened", "received"]
    assert acts_of(grid) == ["opened"]


def test_the_abolished_place_keeps_its_own_path(tree: Tree) -> None:
    before = tree.area(ZHANGPU).path
    merge(tree)
    assert tree.area(ZHANGPU).path == before
    assert tree.area(YANGCUN).issued == 3


def test_each_change_has_a_trail_row(tree: Tree) -> None:
    grid = tree.grid(GUANGLING)
    merged = merge(tree)
    assert codes_of(merged) == ["areas.area.merged"]
    assert codes_of(tree.area(grid.code))[0] == "areas.area.added"
    assert tree.area(grid.code).version == 2


def test_the_old_code_names_the_successor(tree: Tree) -> None:
    merge(tree)
    with pytest.raises(NotFound) as caught:
        selectors.area_get(ZHANGPU)
    assert caught.value.message == f"张铺镇（{ZHANGPU}）已撤销，并入杨村镇（{YANGCUN}），请改用新代码。"
    row = Division.objects.get(code=ZHANGPU)
    assert (row.status, row.successor_code) == ("abolished", YANGCUN)
    assert Division.objects.get(code=GUANGLING).parent_code == YANGCUN


def test_along_a_chain_the_last_one_is_named(tree: Tree) -> None:
    merge(tree, BEIDANG, XIAOGUAN)
    merge(tree, XIAOGUAN, GUANGLING)
    with pytest.raises(NotFound, match=f"并入广陵村（{GUANGLING}）"):
        selectors.area_get(BEIDANG)


def test_names_of_the_past_stay(tree: Tree) -> None:
    village = tree.area(GUANGLING)
    merge(tree, on=date(2025, 4, 1))
    before, after = date(2025, 3, 31), date(2025, 4, 1)
    assert selectors.versions_on([village.id], before)[village.id].parent_id == tree.area(ZHANGPU).id
    assert selectors.versions_on([village.id], after)[village.id].parent_id == tree.area(YANGCUN).id
    assert selectors.names_on([tree.area(ZHANGPU).id], before) == {tree.area(ZHANGPU).id: "张铺镇"}


def test_units_go_along_and_a_name_that_is_taken_says_where_it_comes_from(tree: Tree) -> None:
    tree.unit(YANGCUN, "综治中心")
    tree.unit(ZHANGPU, "综治中心")
    tree.unit(ZHANGPU, "司法所")
    merge(tree)
    units = {unit.name: unit.area_id for unit in Unit.objects.all()}
    here = tree.area(YANGCUN).id
    assert units == {"综治中心": here, "综治中心（原张铺镇）": here, "司法所": here}
    renamed = Unit.objects.get(name="综治中心（原张铺镇）")
    assert [row.act for row in selectors.unit_history(renamed)] == ["received", "added"]


def test_a_long_name_of_a_unit_is_cut_to_fit(tree: Tree) -> None:
    name = "长" * 60
    tree.unit(YANGCUN, name)
    tree.unit(ZHANGPU, name)
    merge(tree)
    names = sorted(Unit.objects.values_list("name", flat=True), key=len)
    assert len(names) == 2
    assert all(len(one) <= 60 for one in names)
    assert any(one.endswith("（原张铺镇）") for one in names)


def test_a_job_rewrites_the_paths_of_other_tables(tree: Tree) -> None:
    clerk = tree.person("village_clerk", GUANGLING, "甲")
    officer = tree.person("township_officer", ZHANGPU, "乙")
    other = tree.person("village_clerk", XIAOGUAN, "丙")
    merge(tree)
    old = {post.user_id: post.area_path for post in Post.objects.all()}
    assert old[clerk.pk] == "000100020001"
    assert Job.objects.get().kind == "areas.rewrite_paths"
    drain()
    new = {post.user_id: post.area_path for post in Post.objects.all()}
    assert new == {clerk.pk: "000100010003", officer.pk: "00010001", other.pk: old[other.pk]}
    job = Job.objects.get()
    assert (job.state, job.done, job.total) == ("done", 2, 2)
    assert job.result is not None
    assert job.result["message"] == "已更新 2 条记录的所属区划。"


def test_before_the_job_has_run_nobody_sees_what_is_not_theirs(tree: Tree) -> None:
    clerk = tree.person("village_clerk", GUANGLING, "甲")
    merge(tree)
    scope = selectors.view_scope(tree.actor(clerk))
    assert not any(scope.covers(area.path) for area in Area.objects.filter(valid_to=None))
    drain()
    scope = selectors.view_scope(tree.actor(clerk))
    assert scope.covers(tree.area(GUANGLING).path)
    assert not scope.covers(tree.area(XIAOGUAN).path)


def test_nothing_happens_when_the_act_is_rolled_back(tree: Tree) -> None:
    before = list(Area.objects.order_by("id").values_list())
    with pytest.raises(Stale):
        merge(tree, version=9)
    assert list(Area.objects.order_by("id").values_list()) == before
    assert not PathMove.objects.exists()
    assert not Job.objects.exists()


def test_a_grid_goes_into_another_grid(tree: Tree) -> None:
    one, two = tree.grid(XIAOGUAN), tree.grid(XIAOGUAN, "第二网格")
    merged = merge(tree, one.code, two.code)
    assert merged.successor_id == two.id
    assert not Division.objects.filter(status="abolished").exists()


@pytest.mark.parametrize("into", [YANGCUN, BEIDANG])
def test_only_another_place_of_the_same_level_takes_over(tree: Tree, into: str) -> None:
    with pytest.raises(Invalid) as caught:
        merge(tree, BEIDANG, into)
    assert caught.value.fields["into"] == ["北荡村只能并入另一个村级区划，请另选一个。"]


def test_an_abolished_place_takes_nothing_over(tree: Tree) -> None:
    merge(tree, BEIDANG, XIAOGUAN)
    with pytest.raises(Conflict, match="北荡村已经撤销"):
        merge(tree, GUANGLING, BEIDANG)
    with pytest.raises(Conflict, match="已经撤销"):
        merge(tree, BEIDANG, GUANGLING)


def test_a_county_is_not_merged(tree: Tree, desk: Client) -> None:
    with pytest.raises(Conflict, match="县级区划不能并入别处"):
        merge(tree, COUNTY, YANGCUN)
    assert desk.get(tree.url(f"areas/{COUNTY}/merges/")).status_code == 409


def test_only_the_system_administrator_merges(tree: Tree, officer: User) -> None:
    with pytest.raises(Forbidden):
        merge(tree, actor=tree.actor(officer))


def test_the_page_tells_what_will_happen(tree: Tree, desk: Client) -> None:
    tree.grid(GUANGLING)
    tree.unit(ZHANGPU)
    page = desk.get(tree.url(f"areas/{ZHANGPU}/merges/")).content.decode()
    assert "1 个村（社区）、1 个网格、1 个部门或中心一起转过去" in page
    assert "按旧代码会指向并入的地方" in page
    assert f'value="{YANGCUN}"' in page
    assert f'value="{ZHANGPU}"' not in page


def test_villages_to_choose_from_are_grouped_by_township(tree: Tree, desk: Client) -> None:
    page = desk.get(tree.url(f"areas/{BEIDANG}/merges/")).content.decode()
    assert '<optgroup label="杨村镇">' in page
    assert '<optgroup label="张铺镇">' in page


def test_the_page_merges_once_and_leads_to_the_successor(tree: Tree, desk: Client) -> None:
    url, body = tree.url(f"areas/{ZHANGPU}/merges/"), form(into=YANGCUN, version=1, idempotency_key="m1")
    answer = desk.post(url, body, follow=True)
    assert answer.redirect_chain == [(tree.url(f"areas/{YANGCUN}/"), 302)]
    assert "张铺镇已并入杨村镇，各项记录正在后台更新" in answer.content.decode()
    assert desk.post(url, body).status_code == 302
    assert desk.post(url, {**body, "idempotency_key": "m2"}).status_code == 409
    assert acts_of(tree.area(ZHANGPU)) == ["opened", "merged"]
    assert Job.objects.count() == 1


def test_the_service_answers_a_repeated_key_with_the_same_result(tree: Tree) -> None:
    into, area = tree.area(YANGCUN), tree.area(ZHANGPU)
    again = act(actor=tree.system, area=area, into=into, version=1, key="m1")
    first = services.area_merge(**again)
    assert services.area_merge(**again).id == first.id
    assert Job.objects.count() == 1


def test_who_saw_an_older_version_is_told(tree: Tree, desk: Client) -> None:
    services.area_rename(actor=tree.system, area=tree.area(ZHANGPU), version=1, **act(name="张铺街道"))
    answer = desk.post(tree.url(f"areas/{ZHANGPU}/merges/"), form(into=YANGCUN, version=1))
    assert answer.status_code == 409
    assert tree.area(ZHANGPU).is_open


def test_a_target_that_is_not_on_the_list_is_refused(tree: Tree, desk: Client) -> None:
    answer = desk.post(tree.url(f"areas/{ZHANGPU}/merges/"), form(into=XIAOGUAN, version=1))
    assert answer.status_code == 422
    assert "请从列表里选择并入哪里。" in answer.content.decode()


def test_a_stranger_does_not_learn_that_the_place_exists(tree: Tree, outsider: User, clerk: User) -> None:
    url = tree.url(f"areas/{ZHANGPU}/merges/")
    assert browser(outsider).get(url).status_code == 404
    assert browser(clerk).get(url).status_code == 404
    assert browser(clerk).get(tree.url(f"areas/{XIAOGUAN}/merges/")).status_code == 403


def test_every_path_is_still_one_place(tree: Tree) -> None:
    tree.grid(GUANGLING)
    merge(tree)
    merge(tree, GUANGLING, XIAOGUAN)
    areas = list(Area.objects.select_related("parent"))
    assert len({area.path for area in areas}) == len(areas)
    for area in areas:
        if area.parent is not None:
            assert area.path == paths.child(area.parent.path, area.ordinal)
    assert all(area.valid_from <= today() + timedelta(days=1) for area in areas)
