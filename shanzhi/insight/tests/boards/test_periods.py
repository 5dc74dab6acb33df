"""Periods of a board, what they are measured against, and the points of a plot."""

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanzhi.cases.rates.periods import RANGE, Period
from shanzhi.insight.boards.periods import (
    CODES,
    LENGTHS,
    WRONG,
    Step,
    asked,
    before,
    label,
    label_before,
    last_days,
    steps_of,
)
from shanzhi.lib.times import SHANGHAI

AT = datetime(2026, 11, 30, 15, 30, tzinfo=SHANGHAI)
TODAY = AT.date()


@pytest.mark.parametrize(("code", "days"), LENGTHS.items())
def test_the_last_days_end_today(code: str, days: int) -> None:
    period = last_days(code, AT)
    assert (period.last, (period.last - period.first).days + 1) == (TODAY, days)
    past = before(period)
    assert past.last == period.first - timedelta(days=1)
    assert past.last - past.first == period.last - period.first


def test_a_day_is_a_day_of_china() -> None:
    assert last_days("day", datetime(2026, 11, 30, 0, 10, tzinfo=SHANGHAI)).first == date(2026, 11, 30)


def test_what_the_address_asks_for() -> None:
    assert asked({}, AT) == (last_days("month", AT), "")
    assert asked({"period": "nonsense"}, AT)[0].code == "month"
    found, wrong = asked({"from": "2026-11-01", "to": "2026-11-20"}, AT)
    assert (found, wrong) == (Period(RANGE, date(2026, 11, 1), date(2026, 11, 20)), "")
    assert asked({"period": "range", "from": "2026-11-20", "to": "2026-11-01"}, AT) == (last_days("month", AT), WRONG)
    assert asked({"period": "range", "from": "昨天"}, AT)[1] == WRONG
    assert RANGE in CODES


def test_words() -> None:
    assert label(last_days("week", AT)) == "最近 7 天"
    assert label_before(last_days("day", AT)) == "昨天"
    assert label_before(last_days("year", AT)) == "前一年"
    november = Period(RANGE, date(2026, 11, 1), date(2026, 11, 20))
    assert (label(november), label_before(november)) == ("2026年11月1日到11月20日", "前 20 天")
    assert Step(date(2026, 11, 1), date(2026, 11, 1)).words == "11月1日"
    assert Step(date(2026, 10, 26), date(2026, 11, 1)).words == "10月26日到11月1日"


@settings(max_examples=25)
@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(1, 1096))
def test_the_points_of_a_plot_hold_every_day_once(first: date, days: int) -> None:
    period = Period(RANGE, first, first + timedelta(days=days - 1))
    words, steps = steps_of(period)
    assert steps[0].first == first
    assert steps[-1].last == period.last
    for one, two in itertools.pairwise(steps):
        assert two.first == one.last + timedelta(days=1)
    assert words == ("每天" if days <= 62 else "每周" if days <= 400 else "每月")
    assert len(steps) <= 62
    if words == "每周":
        assert all((step.last - step.first).days == 6 for step in steps[1:])
        assert 4 <= (steps[0].last - steps[0].first).days + 1 <= 10
