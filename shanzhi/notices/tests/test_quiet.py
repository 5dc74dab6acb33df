"""Quiet hours, over midnight too, on Chinese clocks."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shanzhi.lib.times import SHANGHAI, local
from shanzhi.notices.quiet import BEGINS, ENDS, is_quiet, quiet_until

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
CLOCKS = st.times().map(lambda one: one.replace(microsecond=0, second=0))


def here(*parts):
    return datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (here(2026, 11, 20, 21, 59, 59), False),
        (here(2026, 11, 20, 22, 0), True),
        (here(2026, 11, 20, 23, 59), True),
        (here(2026, 11, 21, 0, 0), True),
        (here(2026, 11, 21, 6, 59, 59), True),
        (here(2026, 11, 21, 7, 0), False),
        (here(2026, 11, 21, 12, 0), False),
    ],
)
def test_the_default_night(at, quiet):
    assert is_quiet(at, BEGINS, ENDS) == quiet
    assert (quiet_until(at, BEGINS, ENDS) is not None) == quiet


def test_the_night_ends_in_the_morning_that_follows():
    morning = here(2026, 11, 21, 7, 0)
    assert quiet_until(here(2026, 11, 20, 22, 30), BEGINS, ENDS) == morning
    assert quiet_until(here(2026, 11, 21, 3, 0), BEGINS, ENDS) == morning


def test_the_end_of_a_month_and_of_a_year():
    assert quiet_until(here(2026, 12, 31, 23, 0), BEGINS, ENDS) == here(2027, 1, 1, 7, 0)


def test_hours_within_a_day():
    assert quiet_until(here(2026, 11, 20, 13, 0), time(12), time(14)) == here(2026, 11, 20, 14, 0)
    assert not is_quiet(here(2026, 11, 20, 14, 0), time(12), time(14))
    assert not is_quiet(here(2026, 11, 20, 11, 59), time(12), time(14))


def test_a_moment_from_elsewhere_counts_by_the_clock_here():
    assert is_quiet(datetime(2026, 11, 20, 14, 0, tzinfo=UTC), BEGINS, ENDS)
    assert not is_quiet(datetime(2026, 11, 20, 13, 59, tzinfo=UTC), BEGINS, ENDS)


def test_midnight_as_an_end():
    assert quiet_until(here(2026, 11, 20, 23, 0), time(22), time(0)) == here(2026, 11, 21, 0, 0)
    assert not is_quiet(here(2026, 11, 21, 0, 0), time(22), time(0))


@given(MOMENTS, CLOCKS)
def test_the_same_time_twice_is_no_quiet_at_all(at, clock):
    assert quiet_until(at, clock, clock) is None


@given(MOMENTS, CLOCKS, CLOCKS)
def test_the_end_is_the_next_time_that_the_clock_shows_it(at, begins, ends):
    until = quiet_until(at, begins, ends)
    assume(until is not None)
    assert at < until <= at + timedelta(days=1)
    assert local(until).time() == ends
    assert not is_quiet(until, begins, ends) or begins == ends


@given(MOMENTS, CLOCKS, CLOCKS)
def test_day_and_night_together_are_the_whole_day(at, begins, ends):
    assume(begins != ends)
    assert is_quiet(at, begins, ends) != is_quiet(at, ends, begins)


@given(MOMENTS, CLOCKS, CLOCKS, st.floats(0, 0.999))
def test_it_stays_quiet_until_the_end(at, begins, ends, share):
    until = quiet_until(at, begins, ends)
    if until is not None:
        assert quiet_until(at + (until - at) * share, begins, ends) == until
