"""The four clocks, over the official holidays of 2024 to 2026 (State Council notices, as in the shipped tables)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.clocks import Calendar, Span, Unit, due_at, elapsed, left_on_resuming
from shanzhi.lib.times import SHANGHAI

OFF = {
    2024: "0101 0210-0217 0404-0406 0501-0505 0610 0915-0917 1001-1007",
    2025: "0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008",
    2026: "0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007",
}
WORK = {
    2024: "0204 0218 0407 0428 0511 0914 0929 1012",
    2025: "0126 0208 0427 0928 1011",
    2026: "0104 0214 0228 0509 0920 1010",
}


def _days(year: int, written: str) -> set[date]:
    days = set()
    for part in written.split():
        first, _, last = part.partition("-")
        day, end = (date(year, int(edge[:2]), int(edge[2:])) for edge in (first, last or first))
        while day <= end:
            days.add(day)
            day += timedelta(days=1)
    return days


CALENDAR = Calendar(
    holidays=frozenset(day for year, written in OFF.items() for day in _days(year, written)),
    workdays=frozenset(day for year, written in WORK.items() for day in _days(year, written)),
    until=date(2026, 12, 31),
)
PLAIN = Calendar()
H, WH, WD, D = Unit.HOURS, Unit.WORKING_HOURS, Unit.WORKING_DAYS, Unit.DAYS
HOUR = 3600


def at(text: str) -> datetime:
    """2026 unless said: "02-14 09:30"."""
    return datetime.fromisoformat(text if text[:2] == "20" else f"2026-{text}").replace(tzinfo=SHANGHAI)


moments = st.datetimes(datetime(2023, 12, 1), datetime(2027, 2, 1)).map(lambda when: when.replace(tzinfo=SHANGHAI))
seconds = moments.map(lambda when: when.replace(microsecond=0))
units = st.sampled_from(list(Unit))


def amounts(unit: Unit, least: int = 1) -> st.SearchStrategy[int]:
    return st.integers(least, 400 * HOUR if unit in (H, WH) else 90)


cases = units.flatmap(lambda unit: st.tuples(st.just(unit), amounts(unit)))


# Known days


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-02-13", True),  # Friday before the Spring Festival
        ("2026-02-14", True),  # a Saturday that is worked
        ("2026-02-15", False),
        ("2026-02-23", False),  # a Monday off
        ("2026-02-24", True),
        ("2026-02-28", True),  # a Saturday that is worked
        ("2026-03-01", False),
        ("2026-04-06", False),  # Qingming, a Monday off
        ("2026-05-05", False),
        ("2026-05-09", True),
        ("2026-09-20", True),  # a Sunday that is worked
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2024-12-31", True),
        ("2025-01-26", True),
    ],
)
def test_days_of_the_official_table(day: str, worked: bool) -> None:
    assert CALENDAR.is_workday(date.fromisoformat(day)) is worked


def test_how_many_days_are_worked_a_year() -> None:
    assert [
        sum(CALENDAR.is_workday(date(year, 1, 1) + timedelta(days=n)) for n in range(366 if year == 2024 else 365))
        for year in OFF
    ] == [251, 248, 248]


def test_the_table_ends() -> None:
    assert CALENDAR.knows(date(2026, 12, 31))
    assert not CALENDAR.knows(date(2027, 1, 1))
    assert not PLAIN.knows(date(2026, 1, 1))
    assert CALENDAR.is_workday(date(2027, 1, 1)), "beyond the table Monday to Friday"


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        # Spring Festival: the Saturday before is worked, then nine days off
        ("02-13 10:00", "1 working days", "02-14 17:30"),
        ("02-14 10:00", "1 working days", "02-24 17:30"),
        ("02-13 16:30", "2 working hours", "02-14 09:30"),
        ("02-14 16:30", "2 working hours", "02-24 09:30"),
        ("02-18 03:00", "3 working days", "02-26 17:30"),
        ("02-18 03:00", "4 working hours", "02-24 14:30"),
        ("02-10 10:00", "7 days", "02-24 23:59:59"),  # the seventh day is 17 February
        ("02-13 10:00", "24 hours", "02-14 10:00"),
        ("02-14 20:00", "24 hours", "02-15 20:00"),  # hours run through
        ("02-27 09:00", "1 working days", "02-28 17:30"),
        # Qingming, Labour Day, National Day
        ("04-03 17:00", "1 working hours", "04-07 09:00"),
        ("03-30 09:00", "7 days", "04-07 23:59:59"),
        ("04-30 11:00", "4 working days", "05-09 17:30"),
        ("09-30 09:00", "1 working days", "10-08 17:30"),
        ("09-25 09:00", "7 days", "10-08 23:59:59"),
        ("10-09 09:00", "1 days", "10-10 23:59:59"),  # a Saturday that is worked
        # at night, at noon, at the edges of a session, over the end of the day
        ("03-02 23:59:59", "1 working hours", "03-03 09:30"),
        ("03-02 05:00", "1 working hours", "03-02 09:30"),
        ("03-02 12:30", "30 working minutes", "03-02 14:30"),
        ("03-02 08:30", "210 working minutes", "03-02 12:00"),
        ("03-02 08:30", "211 working minutes", "03-02 14:01"),
        ("03-02 17:30", "30 working minutes", "03-03 09:00"),
        ("03-02 00:00", "7 working hours", "03-02 17:30"),
        ("03-06 17:30", "7 working hours", "03-09 17:30"),
        ("03-02 00:00", "1 days", "03-03 23:59:59"),
        ("03-02 23:59:59", "1 days", "03-03 23:59:59"),
        ("12-31 10:00", "1 working days", "2027-01-01 17:30"),  # beyond the table
    ],
)
def test_known_ends(start: str, span: str, end: str) -> None:
    limit = Span.parse(span)
    assert due_at(at(start), limit.amount, limit.unit, CALENDAR) == at(end)


def test_a_clock_suspended_over_the_spring_festival() -> None:
    """Five working days from Tuesday; suspended Thursday to Thursday two weeks later: the same days are left."""
    start, pause, resume = at("02-10 09:00"), at("02-12 15:00"), at("02-26 11:00")
    assert due_at(start, 5, WD, CALENDAR) == at("02-24 17:30")
    spent = elapsed(start, pause, WD, CALENDAR)
    assert spent == 2
    assert due_at(resume, 5 - spent, WD, CALENDAR) == at("03-02 17:30")  # after 26: 27, 28 February, 2 March
    assert elapsed(pause, resume, WD, CALENDAR) == 5  # so much it was stopped: 13, 14, 24, 25, 26 February


def test_suspended_and_resumed_on_a_holiday() -> None:
    spent = elapsed(at("02-13 16:00"), at("02-17 12:00"), WH, CALENDAR)
    assert spent == 90 * 60 + 7 * HOUR
    assert due_at(at("02-20 12:00"), 14 * HOUR - spent, WH, CALENDAR) == at("02-24 16:00")
    assert due_at(at("02-13 16:00"), 14 * HOUR, WH, CALENDAR) == at("02-24 16:00")


@pytest.mark.parametrize(
    ("moment", "unit", "end"),
    [
        ("03-03 09:00", H, "03-03 09:00"),
        ("03-03 09:00", WH, "03-03 09:00"),
        ("03-03 20:00", WH, "03-03 17:30"),
        ("03-03 09:00", WD, "03-03 17:30"),
        ("03-03 17:31", WD, "03-03 17:30"),
        ("02-20 09:00", WD, "02-14 17:30"),
        ("03-03 09:00", D, "03-03 23:59:59"),
        ("02-20 09:00", D, "02-24 23:59:59"),
    ],
)
def test_with_nothing_left_the_end_is_the_one_that_came_last(moment: str, unit: Unit, end: str) -> None:
    assert due_at(at(moment), 0, unit, CALENDAR) == at(end)


@pytest.mark.parametrize(
    ("stopped", "resumed", "left", "again"),
    [
        ("03-06 10:00", "03-06 16:00", 0, 0),  # the last day goes on
        ("03-06 10:00", "03-06 18:00", 0, 1),  # it is over: the next working day
        ("03-06 10:00", "03-07 10:00", 0, 1),  # a Saturday
        ("03-06 10:00", "03-09 10:00", 0, 0),  # Monday till its close
        ("03-06 18:00", "03-07 10:00", 0, 0),  # it was late when it stopped
        ("03-06 10:00", "03-07 10:00", 2, 2),
        ("03-06 10:00", "03-07 10:00", -1, -1),
    ],
)
def test_stopped_in_time_on_its_last_day(stopped: str, resumed: str, left: int, again: int) -> None:
    assert left_on_resuming(at(stopped), at(resumed), left, WD, CALENDAR) == again


def test_stopped_on_days_off_over_which_the_end_had_moved() -> None:
    """Three days after 15 February end on the first working day, the 24th: that end is given again."""
    left = 3 - elapsed(at("02-15 10:00"), at("02-22 10:00"), D, CALENDAR)
    assert left == -4
    assert due_at(at("02-22 10:00"), left, D, CALENDAR) == at("02-24 23:59:59")
    again = left_on_resuming(at("02-22 10:00"), at("03-11 10:00"), left, D, CALENDAR)
    assert due_at(at("03-11 10:00"), again, D, CALENDAR) == at("03-11 23:59:59")


def test_the_zone_of_the_beginning_does_not_matter() -> None:
    """16:00 in London is past midnight here: the next day is the first, and does not count."""
    start = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
    end = due_at(start, 1, D, CALENDAR)
    assert end == at("03-04 23:59:59")
    assert end.tzinfo is SHANGHAI
    assert due_at(start, 60, H, CALENDAR).tzinfo is SHANGHAI


@pytest.mark.parametrize("unit", list(Unit))
def test_a_naive_time_is_refused(unit: Unit) -> None:
    naive = datetime(2026, 3, 2, 9, 0)
    with pytest.raises(ValueError, match="naive"):
        due_at(naive, 1, unit, CALENDAR)
    with pytest.raises(ValueError, match="naive"):
        elapsed(at("03-02 09:00"), naive, unit, CALENDAR)


@pytest.mark.parametrize(
    "sessions",
    [
        (),
        ((time(9), time(8)),),
        ((time(9), time(9)),),
        ((time(9), time(12)), (time(11), time(17))),
        ((time(9), time(12)), (time(12), time(17))),
        ((time(9, tzinfo=UTC), time(12, tzinfo=UTC)),),
    ],
)
def test_sessions_are_in_order(sessions: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError):
        Calendar(sessions=sessions)


def test_other_sessions() -> None:
    one = Calendar(sessions=((time(9), time(17)),))
    assert due_at(at("03-02 16:00"), 2 * HOUR, WH, one) == at("03-03 10:00")
    assert due_at(at("03-02 16:00"), 1, WD, one) == at("03-03 17:00")


def test_a_day_in_both_lists_is_off() -> None:
    both = Calendar(holidays=frozenset({date(2026, 2, 14)}), workdays=frozenset({date(2026, 2, 14)}))
    assert not both.is_workday(date(2026, 2, 14))
    assert due_at(at("02-13 10:00"), 1, WD, both) == at("02-16 17:30")


# Laws


@given(moments, cases)
def test_what_is_used_up_at_the_end_is_all_of_it(start: datetime, case: tuple[Unit, int]) -> None:
    unit, amount = case
    end = due_at(start, amount, unit, CALENDAR)
    used = elapsed(start, end, unit, CALENDAR)
    if unit is not D:
        assert used == amount
        return
    last = start.date() + timedelta(days=amount)
    over = [last + timedelta(days=n) for n in range(used - amount)]
    assert not any(map(CALENDAR.is_workday, over)), "moved only over days off"
    assert CALENDAR.is_workday(last + timedelta(days=used - amount)), "and no further than they reach"


@given(moments, cases)
def test_a_moment_before_the_end_something_is_left(start: datetime, case: tuple[Unit, int]) -> None:
    """The end is the first such moment (day units: the day before it, something is left)."""
    unit, amount = case
    end = due_at(start, amount, unit, CALENDAR)
    before = end - timedelta(seconds=1) if unit in (H, WH) else end - timedelta(days=1)
    if unit is not D:
        assert elapsed(start, before, unit, CALENDAR) < amount
    assert end > start


@given(moments, moments, cases, st.integers(0, 20))
def test_later_or_longer_never_ends_earlier(one: datetime, two: datetime, case: tuple[Unit, int], more: int) -> None:
    unit, amount = case
    early, late = sorted((one, two))
    for some in (-amount, 0, amount):
        end = due_at(early, some, unit, CALENDAR)
        assert end <= due_at(late, some, unit, CALENDAR)
        assert end <= due_at(early, some + more, unit, CALENDAR)


@given(st.lists(moments, min_size=2, max_size=6), units)
def test_the_parts_sum_up(stops: list[datetime], unit: Unit) -> None:
    """In any order: a way back counts against it."""
    parts = [elapsed(a, b, unit, CALENDAR) for a, b in pairwise(stops)]
    assert sum(parts) == elapsed(stops[0], stops[-1], unit, CALENDAR)


@given(seconds, seconds, units, st.integers(-60, 60))
def test_a_pause_without_length_changes_nothing(start: datetime, stop: datetime, unit: Unit, amount: int) -> None:
    """Whenever it is, also on a holiday, at night, or long after the end: then it stays as late as it was."""
    if unit in (H, WH):
        amount *= HOUR
    left = amount - elapsed(start, stop, unit, CALENDAR)
    assert due_at(stop, left, unit, CALENDAR) == due_at(start, amount, unit, CALENDAR)


@given(seconds, cases, st.lists(st.tuples(st.integers(0, 40 * HOUR), st.integers(0, 400 * HOUR)), max_size=6))
def test_suspending_gives_back_exactly_what_was_suspended(
    start: datetime, case: tuple[Unit, int], pauses: list[tuple[int, int]]
) -> None:
    """Whatever the pauses: in the end the time used while running is the amount (days: but for the last, moved day)."""
    unit, amount = case
    left, since, used, stopped = amount, start, 0, 0
    for running, standing in pauses:
        stop = since + timedelta(seconds=running)
        spent = elapsed(since, stop, unit, CALENDAR)
        used, left, since = used + spent, left - spent, stop + timedelta(seconds=standing)
        stopped += elapsed(stop, since, unit, CALENDAR)
    assert used + stopped == elapsed(start, since, unit, CALENDAR)
    end = due_at(since, left, unit, CALENDAR)
    assert end == due_at(start, amount + stopped, unit, CALENDAR)
    if unit is not D:
        assert used + elapsed(since, end, unit, CALENDAR) == amount


@given(moments, cases, st.lists(st.tuples(st.integers(0, 40 * HOUR), st.integers(0, 400 * HOUR)), max_size=6))
def test_what_stops_in_time_is_not_late_when_it_goes_on(
    start: datetime, case: tuple[Unit, int], pauses: list[tuple[int, int]]
) -> None:
    unit, left = case
    since = start
    for running, standing in pauses:
        stop = min(since + timedelta(seconds=running), due_at(since, left, unit, CALENDAR))
        left -= elapsed(since, stop, unit, CALENDAR)
        since = stop + timedelta(seconds=standing)
        left = left_on_resuming(stop, since, left, unit, CALENDAR)
        assert due_at(since, left, unit, CALENDAR) >= since


def _slow_workday(start: datetime, amount: int) -> date:
    day = start.date()
    while amount:
        day += timedelta(days=1)
        amount -= CALENDAR.is_workday(day)
    return day


def _slow_working_minutes(start: datetime, minutes: int) -> datetime:
    now = start
    while minutes:
        clock = now.time()
        worked = CALENDAR.is_workday(now.date()) and any(a <= clock < b for a, b in CALENDAR.sessions)
        minutes -= worked
        now += timedelta(minutes=1)
    return now


@given(moments, st.integers(1, 300))
def test_against_counting_day_by_day(start: datetime, amount: int) -> None:
    assert due_at(start, amount, WD, CALENDAR).date() == _slow_workday(start, amount)


@given(moments.map(lambda when: when.replace(second=0, microsecond=0)), st.integers(1, 1300))
def test_against_counting_minute_by_minute(start: datetime, minutes: int) -> None:
    assert due_at(start, minutes * 60, WH, CALENDAR) == _slow_working_minutes(start, minutes)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_without_a_table_monday_to_friday(day: date) -> None:
    assert PLAIN.is_workday(day) is (day.weekday() < 5)
    found = CALENDAR.workday_from(day)
    assert CALENDAR.is_workday(found)
    assert day <= found <= day + timedelta(days=10)
