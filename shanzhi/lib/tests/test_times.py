from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.times import SHANGHAI, clock_words, local, show_cell, show_datetime, show_full, show_span

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW, "今天 15:30"),
        (NOW.replace(day=20, hour=23), "昨天 23:30"),
        (NOW.replace(month=3, day=4), "3月4日 15:30"),
        (NOW.replace(year=2025), "2025年11月21日 15:30"),
        (datetime(2026, 11, 20, 16, 0, tzinfo=UTC), "今天 00:00"),
    ],
)
def test_show_datetime(moment: datetime, words: str) -> None:
    assert show_datetime(moment, NOW) == words


def test_paper_has_weekday_and_year() -> None:
    assert show_full(NOW) == "2026年11月21日 周六 15:30"


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (NOW + timedelta(days=2, hours=1), "剩余 2 天"),
        (NOW + timedelta(hours=10), "剩余 10 小时"),
        (NOW + timedelta(hours=2), "今天 17:30 到期"),
        (NOW, "今天 15:30 到期"),
        (NOW - timedelta(seconds=1), "刚刚超时"),
        (NOW - timedelta(hours=3, minutes=5), "已超 3 小时"),
        (NOW - timedelta(days=4), "已超 4 天"),
    ],
)
def test_clock_words(due: datetime, words: str) -> None:
    assert clock_words(due, NOW) == words


def test_a_cell_of_a_table() -> None:
    assert show_cell(datetime(2026, 11, 21, 23, 5, 59, tzinfo=UTC)) == "2026-11-22 07:05"
    assert show_cell(None) == ""


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        local(datetime.fromisoformat("2026-01-01"))


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)))
def test_a_span_has_no_sign(span: timedelta) -> None:
    assert show_span(span) == show_span(-span)
