"""Words at the edges: a badge never says two units, never lies by a minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.times import SHANGHAI
from shanzhi.ui.words import ClockWords, clock, machine_time, thousands, when, yuan

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("due", "kind", "words"),
    [
        (NOW + timedelta(days=2, hours=3), "ok", "剩余 2 天"),
        (NOW + timedelta(days=1), "ok", "剩余 1 天"),
        (NOW + timedelta(hours=23), "ok", "剩余 23 小时"),
        (datetime(2026, 11, 20, 17, 30, tzinfo=SHANGHAI), "soon", "今天 17:30"),
        (datetime(2026, 11, 20, 23, 59, tzinfo=SHANGHAI), "soon", "今天到期"),
        (datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "soon", "今天 17:30"),
        (NOW + timedelta(minutes=40), "soon", "剩余 40 分钟"),
        (NOW + timedelta(minutes=59, seconds=59), "soon", "剩余 59 分钟"),
        (NOW + timedelta(hours=1), "soon", "今天 16:30"),
        (NOW + timedelta(seconds=20), "soon", "剩余不到 1 分钟"),
        (NOW, "soon", "剩余不到 1 分钟"),
        (NOW - timedelta(seconds=1), "late", "刚超期"),
        (NOW - timedelta(minutes=1), "late", "已超 1 分钟"),
        (NOW - timedelta(hours=3, minutes=59), "late", "已超 3 小时"),
        (NOW - timedelta(hours=24), "late", "已超 1 天"),
        (None, "none", "不限时"),
    ],
)
def test_open_clock(due: datetime | None, kind: str, words: str) -> None:
    assert clock(due, NOW) == ClockWords(kind, words)


def test_soon_across_midnight_is_four_hours() -> None:
    late_evening = NOW.replace(hour=22)
    assert clock(late_evening + timedelta(hours=4), late_evening) == ClockWords("soon", "剩余 4 小时")
    assert clock(late_evening + timedelta(hours=5), late_evening) == ClockWords("ok", "剩余 5 小时")


def test_paused_says_so_even_when_the_time_is_over() -> None:
    assert clock(NOW - timedelta(days=9), NOW, state="paused") == ClockWords("paused", "已暂停")


@pytest.mark.parametrize(
    ("met_at", "expected"),
    [
        (NOW, ClockWords("done", "按期办结")),
        (NOW - timedelta(days=1), ClockWords("done", "按期办结")),
        (NOW + timedelta(days=2, hours=1), ClockWords("donelate", "超期 2 天办结")),
        (NOW + timedelta(minutes=5), ClockWords("donelate", "超期 5 分钟办结")),
        (NOW + timedelta(seconds=5), ClockWords("donelate", "超期不到 1 分钟办结")),
    ],
)
def test_an_ended_clock_compares_its_own_times(met_at: datetime, expected: ClockWords) -> None:
    assert clock(NOW, NOW + timedelta(days=300), state="done", met_at=met_at) == expected
    assert clock(NOW, NOW + timedelta(days=300), met_at=met_at) == expected


def test_ended_without_a_limit_is_only_ended() -> None:
    assert clock(None, NOW, state="done", met_at=NOW) == ClockWords("done", "已办结")
    assert clock(NOW, NOW, state="done") == ClockWords("done", "已办结")


@given(st.timedeltas(min_value=timedelta(days=-800), max_value=timedelta(days=800)))
def test_late_begins_the_moment_after_the_limit(left: timedelta) -> None:
    found = clock(NOW + left, NOW)
    assert (found.kind == "late") == (left < timedelta(0))
    assert sum(unit in found.words for unit in ("天 ", "小时", "分钟")) <= 1


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW.replace(hour=9, minute=5), "今天 09:05"),
        (NOW + timedelta(days=1), "明天 15:30"),
        (NOW - timedelta(days=1), "昨天 15:30"),
        (NOW - timedelta(days=2), "11月18日 15:30"),
        (NOW + timedelta(days=2), "11月22日 15:30"),
        (NOW.replace(year=2025), "2025年11月20日 15:30"),
        (datetime(2026, 11, 20, 16, 1, tzinfo=UTC), "明天 00:01"),
    ],
)
def test_when(moment: datetime, words: str) -> None:
    assert when(moment, NOW) == words


def test_tomorrow_at_the_end_of_the_year() -> None:
    assert when(datetime(2027, 1, 1, 8, tzinfo=SHANGHAI), datetime(2026, 12, 31, 9, tzinfo=SHANGHAI)) == "明天 08:00"


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        when(NOW.replace(tzinfo=None), NOW)


def test_machine_time_carries_the_offset() -> None:
    assert machine_time(datetime(2026, 11, 20, 7, 30, tzinfo=UTC)) == "2026-11-20T15:30+08:00"


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (999, "999"), (12345, "12,345"), (-1200, "−1,200"), (None, "无数据")]
)
def test_thousands(value: int | None, words: str) -> None:
    assert thousands(value) == words


@pytest.mark.parametrize(
    ("fen", "signed", "words"),
    [
        (0, False, "0.00"),
        (0, True, "0.00"),
        (5, False, "0.05"),
        (-5, False, "−0.05"),
        (-386_000, False, "−3,860.00"),
        (4_200_000, True, "+42,000.00"),
        (4_200_000, False, "42,000.00"),
        (-199, True, "−1.99"),
    ],
)
def test_yuan(fen: int, signed: bool, words: str) -> None:
    assert yuan(fen, signed=signed) == words


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_yuan_loses_no_fen(fen: int) -> None:
    shown = yuan(fen).replace(",", "").replace("−", "-")
    whole, cents = shown.split(".")
    assert len(cents) == 2
    assert abs(int(whole)) * 100 + int(cents) == abs(fen)
    assert shown.startswith("-") == (fen < 0)
