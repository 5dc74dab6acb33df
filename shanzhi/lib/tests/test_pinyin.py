"""Initials of names as people type them, surnames by the way they are read as surnames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.pinyin import name_initials


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("张小平", "zxp"), ("李秀英", "lxy"), ("王", "w"), ("", ""), ("欧阳小平", "oyxp"), ("尉迟恭", "ycg"),
        ("万俟卨", "mqx"), ("长孙无忌", "zswj"), ("澹台明", "ttm"), ("单田芳", "stf"), ("仇英", "qy"), ("解缙", "xj"),
        ("查良镛", "zly"), ("曾国藩", "zgf"), ("区大相", "odx"), ("翟让", "zr"), ("种师道", "csd"), ("覃勇", "qy"),
        ("乐毅", "yy"), ("缪凤林", "mfl"), ("盖叫天", "gjt"), ("黑小虎", "hxh"),
    ],
)  # fmt: skip
def test_names(name: str, initials: str) -> None:
    assert name_initials(name) == initials


def test_a_surname_is_one_only_in_front() -> None:
    assert name_initials("王单") == "wd"
    assert name_initials("李解") == "lj"


def test_letters_and_digits_stay_and_signs_are_left_out() -> None:
    assert name_initials("John Li 2") == "johnli2"
    assert name_initials("买买提·江") == "mmtj"
    assert name_initials(" 张 三 ".strip()) == "zs"


@given(st.text(max_size=12))
def test_whatever_is_written_gives_small_letters_and_digits(name: str) -> None:
    found = name_initials(name)
    assert all(sign.isascii() and (sign.islower() or sign.isdigit()) for sign in found)
    assert len(found) <= len(name) + 1
    assert name_initials(name) == found
