"""What is typed is told apart by its look."""

import pytest

from shanzhi.people.finding.asking import LONGEST, Kind, asked_of, plain


@pytest.mark.parametrize(
    ("text", "found", "first"),
    [
        ("13812345678", "13812345678", Kind.PHONE),
        ("138 1234-5678", "13812345678", Kind.PHONE),
        ("0550-7771234", "05507771234", Kind.PHONE),
        ("34118119800102001x", "34118119800102001X", Kind.PAPER),
        ("341181 19800102 0019", "341181198001020019", Kind.PAPER),
        ("341181800102001", "341181800102001", Kind.PAPER),
        ("E12345678", "E12345678", Kind.PAPER),
        ("zxp", "zxp", Kind.INITIALS),
        ("ZXP", "zxp", Kind.INITIALS),
        ("张小平", "张小平", Kind.NAME),
        (" 张 小平 ", "张小平", Kind.NAME),
        ("买买提·吐尔逊", "买买提·吐尔逊", Kind.NAME),
        ("张庄村3组", "张庄村3组", Kind.ADDRESS),
        ("李庄小区", "李庄小区", Kind.ADDRESS),
        ("１２号", "12号", Kind.ADDRESS),
    ],
)
def test_the_likeliest_way_comes_first(text: str, found: str, first: Kind) -> None:
    asked = asked_of(text)
    assert (asked.text, asked.kinds[0]) == (found, first)


def test_eight_digits_are_a_telephone_or_a_paper() -> None:
    assert asked_of("12345678").kinds == (Kind.PHONE, Kind.PAPER)


def test_four_signs_behind_a_name_are_the_end_of_a_number() -> None:
    asked = asked_of("张小平 001x")
    assert (asked.text, asked.kinds, asked.tail) == ("张小平", (Kind.TAIL,), "001X")
    assert asked_of("1234").kinds == (Kind.ADDRESS,)


@pytest.mark.parametrize("text", ["", "  ", "-", "()", "\0"])
def test_nothing_is_nobody(text: str) -> None:
    assert asked_of(text).kinds == ()


def test_it_is_cut_and_brought_into_one_form() -> None:
    assert plain(" ａ\0 b ") == "A B"
    assert len(plain("张" * 200)) == LONGEST
