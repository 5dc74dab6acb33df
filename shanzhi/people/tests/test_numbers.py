"""Numbers and addresses in the one form in which they are compared."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.people.numbers import (
    address_index,
    address_read,
    group_index,
    paper_index,
    paper_problem,
    paper_read,
    phone_index,
    phone_problem,
)
from shanzhi.people.tests.world import id_number, today

GOOD = id_number(date(1980, 5, 17), 101)
WIDE = str.maketrans("0123456789ABCX", "０１２３４５６７８９ＡＢＣＸ")
SPACES = (" ", "-", "–", "（", "）", "\t")


@given(st.lists(st.tuples(st.integers(0, 18), st.sampled_from(SPACES)), max_size=6), st.booleans(), st.booleans())
def test_a_number_is_one_however_it_is_written(holes: list[tuple[int, str]], wide: bool, small: bool) -> None:
    text = GOOD
    for at, sign in holes:
        text = text[:at] + sign + text[at:]
    text = text.translate(WIDE) if wide else text
    text = text.lower() if small else text
    assert paper_read(text) == GOOD
    assert paper_index(paper_read(text)) == paper_index(GOOD)


@pytest.mark.parametrize(
    ("papers", "number", "word"),
    [
        ("id", GOOD, ""), ("id", "", "请填证件号码"), ("id", "1", "18 位"), ("none", "", ""), ("none", "1", "请留空"),
        ("birth", "P123456789", ""), ("birth", "", "请填证件号码"), ("passport", "E12345678", ""),
        ("passport", "E-1", "字母和数字"), ("hkm", "H1234567801", ""), ("tw", "1" * 21, "5 到 20 位"),
        ("tw", "1234", "5 到 20 位"),
    ],
)  # fmt: skip
def test_each_paper_has_its_numbers(papers: str, number: str, word: str) -> None:
    said = paper_problem(papers, number, today())
    assert (said == "") == (word == "")
    assert word in said


@pytest.mark.parametrize(
    ("number", "good"),
    [("", True), ("13955501234", True), ("05507771234", True), ("7771234", True), ("77712345", True),
     ("12955501234", False), ("139555012345", False), ("139555", False), ("abc", False), ("021123", False)],
)  # fmt: skip
def test_telephones(number: str, good: bool) -> None:
    assert (phone_problem(number) == "") == good


@given(st.text(alphabet="张庄组12号室A -—，·（）#", max_size=20), st.text(alphabet="12号室-（） ", max_size=10))
def test_an_address_is_one_wherever_it_is_cut(road: str, door: str) -> None:
    whole = road + door
    for at in range(len(whole) + 1):
        assert address_index(whole[:at], whole[at:]) == address_index(road, door)
    assert address_read(address_read(whole)) == address_read(whole)


def test_different_numbers_have_different_indexes() -> None:
    texts = ["13955501234", "13955501235", "3955501234"]
    assert len({phone_index(one) for one in texts}) == 3
    assert phone_index("13955501234") != paper_index("13955501234") != group_index("13955501234")
    assert len(phone_index("1")) == 64
    assert address_read("３号－２") == "3号2"
