"""The badge says the truth in words, in the unit of the clock."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from shanzhi.cases.badge import badge_of, badge_title, case_badge, day_words, moment_words
from shanzhi.cases.catalogue import State
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.times import SHANGHAI

# A Thursday off and a Saturday worked: 26 and 28 November 2026.
TABLE = Calendar(holidays=frozenset({date(2026, 11, 26)}), workdays=frozenset({date(2026, 11, 28)}))


@dataclass
class Row:
    clock_unit: str
    due_at: datetime | None


def at(text: str) -> datetime:
    """25 16:00 of November 2026, or 12-01 08:30."""
    day, clock = text.split()
    day = day if "-" in day else f"11-{day}"
    return datetime.fromisoformat(f"2026-{day}T{clock}:00").replace(tzinfo=SHANGHAI)


WORDS = [
    ("working_days", "25 17:30", "23 10:00", "ok", "剩余 2 个工作日"),
    ("working_days", "28 17:30", "25 10:00", "ok", "剩余 2 个工作日"),  # Friday and the worked Saturday
    ("working_days", "30 17:30", "29 10:00", "ok", "剩余 1 个工作日"),  # a Sunday
    ("working_days", "25 17:30", "25 09:00", "soon", "今天 17:30 到期"),
    ("working_days", "25 17:30", "25 16:40", "soon", "剩余 50 分钟"),
    ("working_days", "25 17:30", "25 20:45", "late", "已超 3 小时"),
    ("working_days", "25 17:30", "26 20:00", "late", "已超 1 天"),  # the holiday is no working day
    ("working_days", "25 17:30", "28 09:00", "late", "已超 2 个工作日"),
    ("working_hours", "27 10:30", "25 15:30", "soon", "剩余 4 个工作小时"),
    ("working_hours", "30 10:30", "25 15:30", "ok", "剩余 18 个工作小时"),
    ("working_hours", "27 08:50", "25 18:00", "soon", "剩余 20 个工作分钟"),
    ("working_hours", "25 16:00", "27 10:30", "late", "已超 3 个工作小时"),
    ("working_hours", "25 17:00", "26 20:00", "late", "已超 1 天"),
    ("days", "28 23:59", "25 10:00", "ok", "剩余 3 天"),
    ("days", "25 23:59", "25 10:00", "soon", "今天到期"),
    ("hours", "26 10:00", "25 09:00", "ok", "剩余 1 天"),
    ("hours", "25 15:00", "25 09:00", "soon", "今天 15:00 到期"),
    ("hours", "25 09:00", "25 12:30", "late", "已超 3 小时"),
    ("hours", "25 09:00", "25 09:00", "soon", "剩余不到 1 分钟"),
    ("", "25 09:00", "25 12:30", "late", "已超 3 小时"),
]


@pytest.mark.parametrize(("unit", "due", "now", "kind", "words"), WORDS)
def test_words(unit: str, due: str, now: str, kind: str, words: str) -> None:
    found = badge_of(Row(unit, at(due)), at(now), lambda: TABLE)
    assert (found.kind, found.words) == (kind, words)


def test_the_calendar_is_asked_only_for_working_time() -> None:
    def never() -> Calendar:
        raise AssertionError

    for unit in ("hours", "days"):
        badge_of(Row(unit, at("28 10:00")), at("25 10:00"), never)
        badge_of(Row(unit, at("25 10:00")), at("28 10:00"), never)
    badge_of(Row("working_days", None), at("28 10:00"), never)


def test_a_suspended_case_names_the_day() -> None:
    row = Row("working_days", at("12-01 08:30"))
    found = case_badge(row, State.SUSPENDED, at("25 10:00"), lambda: TABLE)
    assert (found.kind, found.words) == ("paused", "已挂账，12月1日恢复")
    assert badge_title(row, State.SUSPENDED, at("25 10:00")).startswith("12月1日 08:30 自动恢复")


def test_what_has_ended_has_no_time() -> None:
    row = Row("hours", None)
    assert case_badge(row, State.CLOSED, at("25 10:00"), lambda: TABLE).words == "已办结"
    assert case_badge(row, State.REJECTED, at("25 10:00"), lambda: TABLE).words == ""
    assert badge_title(row, State.REJECTED, at("25 10:00")) == ""


def test_the_title_says_what_is_not_counted() -> None:
    words = badge_title(Row("working_days", at("27 17:30")), State.HANDLING, at("25 10:00"))
    assert words == "要在 11月27日 17:30 前办完（周末和节假日不算）"
    assert badge_title(Row("hours", at("26 17:30")), State.HANDLING, at("25 10:00")) == "要在 明天 17:30 前办完"


def test_written_times_never_say_today() -> None:
    assert day_words(at("25 10:00"), at("25 10:00")) == "11月25日"
    assert moment_words(at("25 17:30"), at("25 10:00")) == "11月25日 17:30"
    assert moment_words(at("25 23:59"), at("25 10:00")) == "11月25日"
    assert day_words(datetime(2027, 1, 4, 8, 30, tzinfo=SHANGHAI), at("25 10:00")) == "2027年1月4日"
