"""Limits as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.clocks import Span, Unit

H, WH, WD, D = Unit.HOURS, Unit.WORKING_HOURS, Unit.WORKING_DAYS, Unit.DAYS


@pytest.mark.parametrize(
    ("text", "unit", "amount", "words"),
    [
        ("30 minutes", H, 1800, "30 分钟"),
        ("24 hours", H, 86400, "24 小时"),
        ("90 minutes", H, 5400, "90 分钟"),
        ("45 seconds", H, 45, "45 秒"),
        ("4 working hours", WH, 14400, "4 个工作小时"),
        ("30 working minutes", WH, 1800, "30 个工作分钟"),
        ("3 working days", WD, 3, "3 个工作日"),
        ("7 days", D, 7, "7 天"),
    ],
)
def test_a_span_is_read_and_written(text: str, unit: Unit, amount: int, words: str) -> None:
    span = Span.parse(text)
    assert (span.unit, span.amount) == (unit, amount)
    assert span.text() == text
    assert span.words() == words
    assert Span.parse(words) == span


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("1 hour", "1 hours"),
        ("60 minutes", "1 hours"),
        ("120 working minutes", "2 working hours"),
        (" 3  Working   Days ", "3 working days"),
        ("7days", "7 days"),
        ("3 工作日", "3 working days"),
    ],
)
def test_other_ways_to_write_the_same(text: str, same: str) -> None:
    assert Span.parse(text).text() == same


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "期限是空的"),
        ("soon", "看不懂期限“soon”"),
        ("7", "没有写单位"),
        ("2 weeks", "不认识期限“2 weeks”里的单位“weeks”"),
        ("0 days", "要大于 0"),
        ("-3 days", "要大于 0"),
        ("1.5 hours", "不能有小数"),
        ("3661 days", "最长 10 年"),
        ("9999999999999999 hours", "最长 10 年"),
        ("3660 working days 4", "不认识"),
        ("88000 working hours", "最长 10 年"),
    ],
)
def test_a_bad_span_says_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        Span.parse(text)
    assert str(caught.value).endswith("。")


@given(st.sampled_from(list(Unit)), st.integers(1, 3660))
def test_every_span_survives_being_written(unit: Unit, amount: int) -> None:
    span = Span(unit, amount)
    assert Span.parse(span.text()) == span == Span.parse(span.words())
