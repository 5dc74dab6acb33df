"""Numbers of identity cards: the check of GB 11643, the day and the sex that they hold, and what is said of wrong ones."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.idcards import LENGTH, id_born_on, id_check_digit, id_problem, id_sex

TODAY = date(2026, 11, 30)
BORN = st.dates(date(1850, 1, 1), TODAY)
PLACES = st.integers(0, 999_999)
ORDERS = st.integers(0, 999)


def number(born: date, order: int = 1, place: int = 990001) -> str:
    body = f"{place:06d}{born:%Y%m%d}{order:03d}" if born.year >= 1000 else ""
    return body + id_check_digit(body)


def test_the_example_of_the_standard() -> None:
    """GB 11643-1999, annex: 11010519491231002X."""
    assert id_check_digit("11010519491231002") == "X"
    assert id_check_digit("44052418800101001") == "4"
    assert id_problem("11010519491231002X", TODAY) == ""


@given(BORN, ORDERS, PLACES)
def test_a_good_number_is_read_back(born: date, order: int, place: int) -> None:
    made = number(born, order, place)
    assert len(made) == LENGTH
    assert id_problem(made, TODAY) == ""
    assert id_born_on(made) == born
    assert id_sex(made) == ("1" if order % 2 else "2")


@given(BORN, ORDERS, PLACES, st.integers(0, 16), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(born: date, order: int, place: int, at: int, by: int) -> None:
    """ISO 7064 MOD 11-2 finds every single error."""
    made = number(born, order, place)
    wrong = made[:at] + str((int(made[at]) + by) % 10) + made[at + 1 :]
    assert id_problem(wrong, TODAY) != ""


@given(BORN, ORDERS, st.integers(0, 15))
def test_two_neighbours_that_changed_places_are_noticed(born: date, order: int, at: int) -> None:
    made = number(born, order)
    swapped = made[:at] + made[at + 1] + made[at] + made[at + 2 :]
    if swapped != made:
        assert id_problem(swapped, TODAY) != ""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "应有 18 位，这里是 0 位"), ("1" * 17, "这里是 17 位"), ("1" * 19, "这里是 19 位"),
        ("110105491231002", "15 位的旧号码"), ("11010519491231A02X", "只能是数字"),
        ("１１０１０５１９４９１２３１００２X", "只能是数字"), ("11010519491331002X", "出生日期不对"),
        ("11010518491231002X", "出生日期不对"), ("110105194912310021", "最后一位校验不对"),
        ("11010519491231002x", "最后一位校验不对"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_wrong_one(text: str, word: str) -> None:
    said = id_problem(text, TODAY)
    assert word in said
    assert said.endswith("。")


def test_nobody_is_born_tomorrow() -> None:
    assert id_problem(number(TODAY), TODAY) == ""
    assert "出生日期不对" in id_problem(number(TODAY + timedelta(days=1)), TODAY)
    assert id_born_on("99000120230230001X") is None
    assert id_born_on("990001ABCDEFGH001X") is None
