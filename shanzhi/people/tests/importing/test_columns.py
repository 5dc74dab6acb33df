"""What columns are: by their heads, by a person, by what was remembered."""

import pytest

from shanzhi.people.importing.columns import (
    COLUMNS,
    back_row,
    guess,
    mapping_problem,
    masked,
    plain,
    signature,
    template_rows,
)
from shanzhi.people.tests.importing.lists import HEADS


def test_every_usual_head_is_known_once() -> None:
    heads = [head for column in COLUMNS.values() for head in column.heads]
    assert len(heads) == len(set(heads))
    for name, column in COLUMNS.items():
        assert [guess([head]) for head in (*column.heads, column.label)] == [{name: 0}] * (len(column.heads) + 1)


def test_heads_are_read_through_blanks_and_stars() -> None:
    assert plain(" *姓　名： ") == "姓名"
    assert guess(["*姓 名", "公民身份号码", "备注", "姓名"]) == {"name": 0, "paper": 1}


def test_a_list_is_known_again_by_its_heads() -> None:
    assert signature(["姓名", "村"]) == signature(["*姓 名", "村："])
    assert signature(["姓名", "村"]) != signature(["村", "姓名"])


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({}, "姓名"),
        ({"name": 0}, "姓名"),
        ({"name": 0, "grid": 1}, "姓名"),
        ({"name": 0, "village": 0}, "一列只能对应一项"),
        ({"name": 0, "village": 5}, ""),
        ({"name": 0, "lives": 5}, ""),
    ],
)
def test_what_a_mapping_needs(columns: dict[str, int], said: str) -> None:
    problem = mapping_problem(columns, HEADS)
    assert said in problem
    assert bool(problem) == bool(said)


@pytest.mark.parametrize(
    ("value", "shown"), [("张小平", "张*平"), ("张平", "张*平"), ("张", "*"), ("", ""), ("13812345678", "1*********8")]
)
def test_samples_tell_what_a_column_is_and_not_whose(value: str, shown: str) -> None:
    assert masked(value) == shown


def test_a_bad_row_goes_back_as_it_came_and_nothing_in_it_is_computed() -> None:
    found = back_row(7, "姓名", "姓名没有填，请补上", ["=1+1", "@x", "张三"])
    assert found == ["'=1+1", "'@x", "张三", "7", "姓名：姓名没有填，请补上"]


def test_the_template_has_heads_that_are_known() -> None:
    heads, said = template_rows()
    assert len(guess(heads)) == len(heads) == len(said)
    assert all(one.startswith("说明：") for one in said)
