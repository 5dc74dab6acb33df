"""The columns of a clock over whatever happens to it: pauses, extensions, and days off that are edited."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shanzhi.cases import clocks
from shanzhi.cases.models import Case
from shanzhi.cases.models.timed import Timed
from shanzhi.lib.clocks import Calendar, Span, Unit, due_at, elapsed
from shanzhi.lib.times import SHANGHAI

SPANS = st.sampled_from(
    [Span.parse(text) for text in ("90 minutes", "24 hours", "3 working hours", "30 working hours", "1 working days",
                                   "5 working days", "1 days", "7 days")]
)  # fmt: skip
DAYS = [date(2026, 9, 21) + timedelta(days=number) for number in range(40)]
CALENDARS = st.builds(
    lambda off, work: Calendar(holidays=frozenset(off), workdays=frozenset(work) - frozenset(off)),
    st.sets(st.sampled_from([day for day in DAYS if day.weekday() < 5]), max_size=8),
    st.sets(st.sampled_from([day for day in DAYS if day.weekday() >= 5]), max_size=4),
)
GOING = st.timedeltas(timedelta(), timedelta(days=6)).map(lambda span: timedelta(seconds=int(span.total_seconds())))


def fresh(span: Span, at: datetime, calendar: Calendar) -> Timed:
    row = Case()
    take(row, clocks.started(span, at, calendar))
    return row


def take(row: Timed, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


class ClockMachine(RuleBasedStateMachine):
    """One clock with a diary of its own: what ran in each part, by the calendar of that part."""

    @initialize(span=SPANS, calendar=CALENDARS, minutes=st.integers(0, 10 * 24 * 60))
    def begin(self, span: Span, calendar: Calendar, minutes: int) -> None:
        self.now = datetime(2026, 9, 23, 8, 0, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
        self.calendar, self.unit = calendar, span.unit
        self.row = fresh(span, self.now, calendar)
        self.used = 0  # of the parts that are over
        self.given_back = 0
        self.allowed = span.amount
        self.stopped: datetime | None = None
        self.in_time = True

    @rule(span=GOING)
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @precondition(lambda self: self.row.running_since is not None)
    @rule()
    def suspend(self) -> None:
        assert self.row.running_since is not None
        assert self.row.due_at is not None
        self.in_time = self.row.due_at >= self.now
        self.used += elapsed(self.row.running_since, self.now, self.unit, self.calendar)
        until = self.now + timedelta(days=9)
        take(self.row, clocks.paused(self.row, self.now, self.calendar, until=until))
        self.stopped = self.now
        assert self.row.due_at == self.row.watch_at == until

    @precondition(lambda self: self.stopped is not None)
    @rule()
    def resume(self) -> None:
        assert self.stopped is not None
        before = self.row.spent
        # What is in time is judged by the calendar of today, as the end is.
        in_time = due_at(self.stopped, self.row.allowed - before, self.unit, self.calendar) >= self.stopped
        take(self.row, clocks.resumed(self.row, self.now, self.calendar, stopped=self.stopped))
        self.stopped = None
        self.given_back += before - self.row.spent
        assert self.row.spent <= before
        assert self.row.due_at is not None
        assert not in_time or self.row.due_at >= self.now
        assert in_time or self.row.spent == before

    @precondition(lambda self: self.row.running_since is not None)
    @rule(amount=st.integers(1, 5))
    def extend(self, amount: int) -> None:
        amount *= 3600 if self.unit in (Unit.HOURS, Unit.WORKING_HOURS) else 1
        before = self.row.due_at
        take(self.row, clocks.extended(self.row, amount, self.now, self.calendar))
        self.allowed += amount
        assert before is not None
        assert self.row.due_at is not None
        assert self.row.due_at >= before

    @rule(calendar=CALENDARS)
    def edit_holidays(self, calendar: Calendar) -> None:
        self.calendar = calendar
        take(self.row, clocks.recomputed(self.row, self.now, calendar))

    @rule()
    def warn(self) -> None:
        level, following = self.row.warned, clocks.next_watch(self.row, self.row.warned, self.calendar)
        while following is not None and following <= self.now:
            level += 1
            following = clocks.next_watch(self.row, level, self.calendar)
        if self.row.running_since is not None:
            self.row.warned, self.row.watch_at = level, following

    @invariant()
    def the_columns_agree(self) -> None:
        if not hasattr(self, "row"):
            return
        row = self.row
        assert row.spent >= 0
        assert row.allowed == self.allowed
        assert row.spent == self.used - self.given_back
        if row.running_since is None:
            assert self.stopped is not None
            assert clocks.spent(row, self.now, self.calendar) == row.spent
            return
        assert row.due_at == due_at(row.running_since, row.allowed - row.spent, self.unit, self.calendar)
        assert clocks.next_watch(row, row.warned, self.calendar) == row.watch_at
        assert 0 <= row.warned <= clocks.TRIPLE
        assert clocks.recomputed(row, self.now, self.calendar) == {}


TestClockMachine = ClockMachine.TestCase
TestClockMachine.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)


@given(SPANS, CALENDARS, GOING, GOING)
def test_a_pause_shortens_nothing(span: Span, calendar: Calendar, running: timedelta, standing: timedelta) -> None:
    """Paused in time: on going on there is at least as much time left as there was."""
    start = datetime(2026, 9, 23, 9, 0, tzinfo=SHANGHAI)
    row = fresh(span, start, calendar)
    stop = start + running
    assert row.due_at is not None
    left = elapsed(stop, row.due_at, span.unit, calendar)
    late = row.due_at < stop
    take(row, clocks.paused(row, stop, calendar))
    again = stop + standing
    take(row, clocks.resumed(row, again, calendar, stopped=stop))
    assert row.due_at is not None
    if span.unit is Unit.DAYS:  # its end moves over days off, so nothing more can be said of late ones
        assert late or row.due_at >= again
    elif late and span.unit is Unit.WORKING_DAYS:  # what was late by less than a day has until the close of this one
        assert row.due_at < again or row.due_at.date() == again.date()
    elif late:  # or due this very moment: since it was due no time of its unit may have gone by
        assert row.due_at < again or (row.due_at == again and left == timedelta(0))
    else:
        assert elapsed(again, row.due_at, span.unit, calendar) >= left


@given(SPANS, CALENDARS, GOING)
def test_going_on_at_once_changes_nothing(span: Span, calendar: Calendar, running: timedelta) -> None:
    start = datetime(2026, 9, 23, 9, 0, tzinfo=SHANGHAI)
    row = fresh(span, start, calendar)
    due = row.due_at
    stop = start + running
    take(row, clocks.paused(row, stop, calendar))
    take(row, clocks.resumed(row, stop, calendar, stopped=stop))
    assert row.due_at == due


@pytest.mark.parametrize(("text", "half"), [("1 working days", "24 17:30"), ("3 working days", "25 17:30"),
                                            ("24 hours", "23 22:00"), ("7 working hours", "23 15:30")])  # fmt: skip
def test_when_half_is_over(text: str, half: str) -> None:
    row = fresh(Span.parse(text), datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI), Calendar())
    day, clock = half.split()
    assert row.watch_at == datetime.fromisoformat(f"2026-11-{day}T{clock}:00").replace(tzinfo=SHANGHAI)


def test_a_clock_that_was_never_set_stays_that_way() -> None:
    row, now = Case(), datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
    assert clocks.resumed(row, now, Calendar(), stopped=now) == {}
    assert clocks.recomputed(row, now, Calendar()) == {}
    assert clocks.next_watch(row, 0, Calendar()) is None
    assert clocks.spent(row, now, Calendar()) == 0
