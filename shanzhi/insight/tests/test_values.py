"""A figure as a value: nothing is not nought, few is said, per cent never rounds to what it is not."""

from decimal import Decimal

import pytest

from shanzhi.access.indicators import Indicator, indicators
from shanzhi.cases.rates.registry import BY_CODE, FEW, Figure
from shanzhi.insight.values import PlaceValues, Value, value_of, values_of

RATE: Indicator = indicators()["in_time_rate"]
NUMBER: Indicator = indicators()["open"]


@pytest.mark.parametrize(
    ("above", "under", "text"),
    [
        (0, 0, ""),
        (0, 7, "0"),
        (7, 7, "100"),
        (1, 2, "50.0"),
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (1, 3000, "0.1"),
        (2999, 3000, "99.9"),
        (219, 229, "95.6"),
        (2, 1600, "0.1"),
        (1, 800, "0.1"),
        (3, 2000, "0.2"),
    ],
)
def test_a_rate_as_text_is_that_of_the_page_of_rates(above: int, under: int, text: str) -> None:
    value = value_of(RATE, {"in_time": above, "due": under})
    assert value.text == text
    assert Figure(BY_CODE["in_time"], above, under).text == text


def test_a_rate_over_nothing_has_no_value() -> None:
    assert value_of(RATE, {}) == Value(0, 0, None, small=False)


@pytest.mark.parametrize(("under", "small"), [(0, False), (1, True), (FEW - 1, True), (FEW, False)])
def test_few_is_said_of_rates_only(under: int, small: bool) -> None:
    assert value_of(RATE, {"due": under}).small is small
    assert value_of(NUMBER, {"open": under}).small is False


@pytest.mark.parametrize("number", [0, 1, 15, 221, 10_000])
def test_a_number_is_itself_and_has_no_denominator(number: int) -> None:
    value = value_of(NUMBER, {"open": number} if number else {})
    assert (value.numerator, value.denominator, value.value) == (number, None, Decimal(number))
    assert value.text == str(number)


def test_values_of_all_by_code() -> None:
    found = values_of(indicators(), {"due": 10, "in_time": 9, "finished": 10})
    assert list(found) == list(indicators())
    assert (found["in_time_rate"].text, found["finished_rate"].text, found["due"].text) == ("90.0", "100", "10")


def test_the_rest_of_a_place_has_no_code() -> None:
    assert PlaceValues(None, "本级，没有分到下面", {}).code == ""
