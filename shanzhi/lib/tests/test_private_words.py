"""What is found that must not be public, and what is nobody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.private_words import private_parts

PHONES = [
    "13955501234", "139 5550 1234", "139-5550-1234", "１３９５５５０１２３４", "139.5550.1234", "(0550)7771234",
    "0550-7771234", "7771234", "1 3 9 5 5 5 0 1 2 3 4", "一三九五五五零一二三四", "幺三九 五五五〇 一二三四", "139－5550－1234",
]  # fmt: skip
IDS = ["341181198001011234", "34118119800101123X", "34118119800101123x", "341181 19800101 1234", "341181800101123"]
FINE = [
    "路灯修好了", "2026-11-21 换了 3 盏灯", "20261121 修好", "2026.11.21 完工", "和 2611-0203 一起办", "共 1,234,567 元",
    "换了 24 盏灯，花了 46800 元", "打 12345 查", "119 和 110", "第一网格 3 号路 12 栋", "一二三四五六", "二〇二六年十一月",
    "2026年11月21日", "请看 2026/11/21 的记录", "",
]  # fmt: skip


@pytest.mark.parametrize("number", PHONES)
def test_telephones_however_they_are_written(number: str) -> None:
    (sentence,) = private_parts(f"请打{number}找他")
    assert sentence.startswith("里面有像电话号码的数字“")
    assert sentence.endswith("，请去掉。")


@pytest.mark.parametrize("number", IDS)
def test_identity_numbers(number: str) -> None:
    (sentence,) = private_parts(f"身份证 {number}。")
    assert sentence.startswith("里面有像身份证号的数字“")


@pytest.mark.parametrize("text", FINE)
def test_what_is_nobody_s(text: str) -> None:
    assert private_parts(text) == []


@pytest.mark.parametrize("text", ["2026-11-21-13955501234", "13955501234 2026-11-21", "2611-02031234567"])
def test_a_day_hides_no_number(text: str) -> None:
    assert private_parts(text)


def test_mail() -> None:
    assert private_parts("写信到 zhang.san@example.com 也行") == ["里面有邮箱“zhang.san@example.com”，请去掉。"]


def test_names_with_and_without_blanks() -> None:
    assert private_parts("钱 小凤家门口的灯修好了", ["钱小凤"]) == ["里面有人名“钱小凤”，请去掉。"]
    assert private_parts("钱小凤", ["钱 小凤", "钱小凤"]) == ["里面有人名“钱小凤”，请去掉。"]
    assert private_parts("路灯修好了", ["钱小凤", "", " ", "路"]) == []


def test_everything_at_once_each_with_its_sentence() -> None:
    found = private_parts("钱小凤 13955501234 a@b.cn", ["钱小凤"])
    assert [sentence[3:5] for sentence in found] == ["像电", "邮箱", "人名"]


def test_what_is_long_is_named_short() -> None:
    (sentence,) = private_parts("1" * 90)
    assert len(sentence) < 50


@given(st.text(max_size=300), st.lists(st.text(max_size=5), max_size=3))
def test_any_text_is_read(text: str, names: list[str]) -> None:
    assert all(sentence.endswith("请去掉。") for sentence in private_parts(text, names))


@given(st.text(alphabet="路灯修好了，。 ", max_size=40), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_number_is_found_wherever_it_stands(words: str, number: str) -> None:
    assert private_parts(f"{words}{number}{words}")
