"""Comparing a county's rows with its tree, without a database act."""

import pytest

from shanzhi.areas.checking import Row
from shanzhi.areas.services.planning import KEPT, Inside, TreePlan, tree_load, tree_plan
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
    OURS,
    THEIRS,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    Rows,
    Tree,
    changed,
)


def rows_of(rows: Rows) -> list[Row]:
    return [Row(number, *row) for number, row in enumerate(rows, 2)]


def plan_of(rows: Rows) -> TreePlan:
    return tree_plan(rows_of(rows), tree_load())


def steps(plan: TreePlan) -> list[tuple[str, str, str, str]]:
    return [(step.act, step.row.code, step.before, step.after) for step in plan.steps]


def test_the_same_rows_change_nothing(tree: Tree) -> None:
    plan = plan_of(OURS)
    assert (plan.steps, plan.missing, plan.astray) == ([], [], 0)
    assert plan.counts() == {"added": 0, "renamed": 0, "recoded": 0, "moved": 0, "missing": 0, "astray": 0}


def test_a_new_village_is_added_under_its_parent(tree: Tree) -> None:
    plan = plan_of(changed(OURS, ("341181104203", "新建村", "village", YANGCUN)))
    assert steps(plan) == [("added", "341181104203", "", "杨村镇")]


def test_a_new_name_is_a_new_name(tree: Tree) -> None:
    plan = plan_of(changed(OURS, (XIAOGUAN, "小关居委会", "village", YANGCUN)))
    assert steps(plan) == [("renamed", XIAOGUAN, "小关社区", "小关居委会")]


def test_another_parent_is_a_move(tree: Tree) -> None:
    plan = plan_of(changed(OURS, (BEIDANG, "北荡村", "village", ZHANGPU)))
    assert steps(plan) == [("moved", BEIDANG, "杨村镇", "张铺镇")]


def test_a_new_name_under_another_parent_is_two_steps(tree: Tree) -> None:
    plan = plan_of(changed(OURS, (BEIDANG, "新荡村", "village", ZHANGPU)))
    assert [step.act for step in plan.steps] == ["renamed", "moved"]


def test_the_same_name_under_a_new_code_is_the_same_place(tree: Tree) -> None:
    plan = plan_of(changed(OURS, ("341181104299", "北荡村", "village", YANGCUN), without=[BEIDANG]))
    assert steps(plan) == [("recoded", "341181104299", BEIDANG, "341181104299")]
    assert plan.missing == []


def test_a_village_of_the_same_name_elsewhere_is_another_place(tree: Tree) -> None:
    plan = plan_of(changed(OURS, ("341181111299", "北荡村", "village", ZHANGPU), without=[BEIDANG]))
    assert [step.act for step in plan.steps] == ["added"]
    assert [area.code for area in plan.missing] == [BEIDANG]


def test_a_second_village_of_a_name_that_is_still_there_is_new(tree: Tree) -> None:
    plan = plan_of(changed(OURS, ("341181104299", "北荡村", "village", YANGCUN)))
    assert [step.act for step in plan.steps] == ["added"]


def test_two_new_codes_of_one_name_give_one_new_code_and_one_place(tree: Tree) -> None:
    rows = changed(
        OURS,
        ("341181104298", "北荡村", "village", YANGCUN),
        ("341181104299", "北荡村", "village", YANGCUN),
        without=[BEIDANG],
    )
    assert [step.act for step in plan_of(rows).steps] == ["recoded", "added"]


def test_a_whole_township_with_new_codes_keeps_its_villages(tree: Tree) -> None:
    rows = [
        OURS[0],
        ("341181005000", "杨村镇", "township", COUNTY),
        ("341181005001", "小关社区", "village", "341181005000"),
        ("341181005200", "北荡村", "village", "341181005000"),
        OURS[2],
        OURS[5],
    ]
    plan = plan_of(rows)
    assert [step.act for step in plan.steps] == ["recoded"] * 3
    assert plan.missing == []


def test_villages_below_a_new_township_are_new(tree: Tree) -> None:
    rows = [*OURS, ("341181105000", "石梁镇", "township", COUNTY), ("341181105200", "甲", "village", "341181105000")]
    assert [(step.act, step.after) for step in plan_of(rows).steps] == [("added", "天长市"), ("added", "341181105000")]


def test_what_the_file_does_not_name_is_missing_but_for_grids_and_the_county(tree: Tree) -> None:
    tree.grid(XIAOGUAN)
    plan = plan_of(OURS[1:4])
    assert [area.code for area in plan.missing] == [BEIDANG, GUANGLING]
    assert plan.steps == []


def test_a_row_whose_parent_is_not_in_the_tree_is_astray(tree: Tree) -> None:
    plan = plan_of([*OURS, ("341181105200", "甲村", "village", "341181105000")])
    assert (plan.astray, plan.steps) == (1, [])


def test_what_belongs_to_the_county_follows_from_parents(tree: Tree) -> None:
    inside = Inside(tree_load())
    assert inside.root == COUNTY
    assert all(inside.holds(row) for row in rows_of(OURS))
    assert not any(inside.holds(row) for row in rows_of(THEIRS))
    assert not inside.holds(Row(2, "341100000000", "滁州市", "prefecture", "340000000000"))
    assert inside.holds(Row(3, "341181105000", "石梁镇", "township", COUNTY))
    assert inside.holds(Row(4, "341181105200", "甲村", "village", "341181105000"))


def test_a_long_plan_is_shown_in_part_and_counted_in_full(tree: Tree) -> None:
    rows = [*OURS, *[(f"341181104{n:03d}", f"村{n}", "village", YANGCUN) for n in range(201, 201 + KEPT + 50)]]
    plan = plan_of(rows)
    assert plan.counts()["added"] == KEPT + 50
    assert len(plan.as_json()["added"]) == KEPT


@pytest.mark.parametrize("without", [[], [BEIDANG], [BEIDANG, XIAOGUAN, GUANGLING]])
def test_a_plan_as_json_holds_plain_values(tree: Tree, without: list[str]) -> None:
    plan = plan_of(changed(OURS, without=without)).as_json()
    assert [row["code"] for row in plan["missing"]] == sorted(without)
    assert all(isinstance(value, str) for rows in plan.values() for row in rows for value in row.values())
