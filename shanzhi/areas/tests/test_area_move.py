"""A village under another township, a grid under another village."""

from typing import Any

import pytest
from django.test import Client

from shanzhi.accounts.models import Post, User
from shanzhi.areas import selectors, services
from shanzhi.areas.models import Area, Division
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
)
from shanzhi.jobs.models import Job
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale

path_holder("accounts.Post", "area_path")


def move(tree: Tree, one: str = BEIDANG, parent: str = ZHANGPU, **changes: Any) -> Area:
    area = tree.area(one)
    values = {"actor": tree.system, "area": area, "parent": tree.area(parent), "version": area.version}
    return services.area_move(**{**values, **act(), **changes})


def test_a_village_moves_with_its_grids(tree: Tree) -> None:
    grid = tree.grid(BEIDANG)
    moved = move(tree)
    assert (moved.path, moved.parent_id, moved.version) == ("000100020002", tree.area(ZHANGPU).id, 2)
    assert tree.area(grid.code).path == "0001000200020001"
    assert (acts_of(moved), acts_of(grid)) == (["opened", "moved"], ["opened"])
    assert Division.objects.get(code=BEIDANG).parent_code == ZHANGPU


def test_each_rehung_place_has_a_trail_row(tree: Tree) -> None:
    grid = tree.grid(BEIDANG)
    move(tree)
    assert codes_of(tree.area(BEIDANG)) == []
    assert tree.area(grid.code).version == tree.area(BEIDANG).version == 2


def test_a_grid_moves_between_villages_and_keeps_its_code(tree: Tree) -> None:
    grid = tree.grid(XIAOGUAN)
    moved = move(tree, grid.code, BEIDANG)
    assert moved.code == grid.code
    assert list(selectors.grids_of(tree.area(BEIDANG))) == [moved]
    assert list(selectors.grids_of(tree.area(XIAOGUAN))) == []


def test_moved_there_and_back_it_gets_a_path_that_was_never_used(tree: Tree) -> None:
    first = tree.area(BEIDANG).path
    second = move(tree).path
    third = move(tree, BEIDANG, YANGCUN).path
    assert len({first, second, third}) == 3


def test_posts_follow_in_a_job(tree: Tree) -> None:
    grid = tree.grid(BEIDANG)
    clerk, worker = tree.person("village_clerk", BEIDANG), tree.person("grid_worker", grid.code)
    move(tree)
    drain()
    found = dict(Post.objects.values_list("user_id", "area_path"))
    assert found == {clerk.pk: "000100020002", worker.pk: "0001000200020001"}
    assert Job.objects.get().state == "done"


def test_two_moves_before_the_first_job_ends_still_end_right(tree: Tree) -> None:
    clerk = tree.person("village_clerk", BEIDANG)
    move(tree)
    move(tree, BEIDANG, YANGCUN)
    drain()
    assert Post.objects.get(user_id=clerk.pk).area_path == tree.area(BEIDANG).path


def test_jobs_in_the_wrong_order_are_mended_by_the_sweep(tree: Tree) -> None:
    clerk = tree.person("village_clerk", BEIDANG)
    move(tree)
    move(tree, BEIDANG, YANGCUN)
    second, first = Job.objects.order_by("-id")
    for job in (second, first):
        services.paths_rewrite(int(job.args["act_id"]), at=job.created_at, progress=lambda done, total: None)
    services.paths_sweep(at=first.created_at)
    assert Post.objects.get(user_id=clerk.pk).area_path == tree.area(BEIDANG).path


@pytest.mark.parametrize(
    ("one", "parent", "words"),
    [
        (BEIDANG, YANGCUN, "北荡村现在就在杨村镇，请另选一个上级。"),
        (BEIDANG, COUNTY, "北荡村的上级应是乡级，请另选一个。"),
        (BEIDANG, XIAOGUAN, "北荡村的上级应是乡级，请另选一个。"),
    ],
)
def test_a_wrong_parent_is_said_beside_its_field(tree: Tree, one: str, parent: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        move(tree, one, parent)
    assert caught.value.fields == {"parent": [words]}


@pytest.mark.parametrize("code", [YANGCUN, COUNTY])
def test_townships_and_the_county_stay(tree: Tree, desk: Client, code: str) -> None:
    with pytest.raises(Conflict, match="上级不能改"):
        move(tree, code, ZHANGPU)
    assert desk.get(tree.url(f"areas/{code}/moves/")).status_code == 409


def test_an_abolished_parent_takes_nothing(tree: Tree) -> None:
    services.area_merge(actor=tree.system, area=tree.area(ZHANGPU), into=tree.area(YANGCUN), version=1, **act())
    with pytest.raises(Conflict, match="张铺镇已经撤销"):
        move(tree)


def test_who_saw_an_older_version_is_told(tree: Tree) -> None:
    with pytest.raises(Stale):
        move(tree, version=7)


def test_only_the_system_administrator_moves(tree: Tree, clerk: User) -> None:
    with pytest.raises(Forbidden):
        move(tree, actor=tree.actor(clerk))


def test_the_page_moves_once(tree: Tree, desk: Client) -> None:
    url, body = tree.url(f"areas/{BEIDANG}/moves/"), form(parent=ZHANGPU, version=1, idempotency_key="k")
    page = desk.get(url).content.decode()
    assert "北荡村现在属杨村镇，下面的网格一起转过去" in page
    assert f'value="{YANGCUN}"' not in page
    assert [desk.post(url, body).status_code for _ in range(2)] == [302, 302]
    assert acts_of(tree.area(BEIDANG)) == ["opened", "moved"]
    assert Job.objects.count() == 1


def test_a_parent_must_be_chosen(tree: Tree, desk: Client) -> None:
    answer = desk.post(tree.url(f"areas/{BEIDANG}/moves/"), form(parent="", version=1))
    assert answer.status_code == 422
    assert "请从列表里选择新的上级。" in answer.content.decode()


def test_grids_of_a_township_are_all_below_it(tree: Tree) -> None:
    grids = [tree.grid(XIAOGUAN), tree.grid(BEIDANG), tree.grid(GUANGLING)]
    assert [grid.id for grid in selectors.grids_of(tree.area(YANGCUN))] == [grids[0].id, grids[1].id]
    move(tree)
    assert [grid.id for grid in selectors.grids_of(tree.area(YANGCUN))] == [grids[0].id]
