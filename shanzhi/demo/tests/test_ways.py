"""How a case goes on: the state machine's order, hours of the day, limits."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.cases.acts import RULES, Act
from shanzhi.cases.catalogue import State
from shanzhi.demo.chance import chance
from shanzhi.demo.ways import AWAKE, OFFICE, SHARES, WAYS, in_hours, spoken_hour, times
from shanzhi.lib.times import SHANGHAI, local

NOON = datetime(2026, 5, 6, 12, 0, tzinfo=SHANGHAI)
seeds = st.integers(0, 10_000)
ways = st.sampled_from(sorted(WAYS))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=SHANGHAI))


def test_shares_are_a_hundred() -> None:
    assert sum(SHARES.values()) == 100
    assert set(SHARES) == set(WAYS)


@pytest.mark.parametrize("name", sorted(WAYS))
def test_every_move_is_allowed_where_it_is_made(name: str) -> None:
    way = WAYS[name]
    assert way[0].act == "report"
    for before, move in pairwise(way):
        assert before.state in RULES[Act(move.act)].states, f"{move.act} after {before.act}"
    assert way[-1].state == State.CLOSED


@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_dispatch_names_who_comes_next(name: str) -> None:
    for move, after in pairwise(WAYS[name]):
        assert bool(move.to) == (move.act == "dispatch")
        if move.to:
            assert after.by == move.to


@given(seeds, ways, moments, st.booleans(), st.sampled_from([24, 72, 168]), st.booleans())
def test_times_go_forward(seed: int, name: str, at: datetime, urgent: bool, hours: int, late: bool) -> None:
    made = times(chance(seed), WAYS[name], at, urgent=urgent, hours=hours, late=late)
    assert len(made) == len(WAYS[name])
    assert made[0] == at
    assert all(earlier < later for earlier, later in pairwise(made))
    assert made[-1] - made[0] < timedelta(days=120)


@given(seeds, ways, st.sampled_from([24, 72, 168]))
def test_the_same_chance_gives_the_same_times(seed: int, name: str, hours: int) -> None:
    one, other = (times(chance(seed), WAYS[name], NOON, urgent=False, hours=hours, late=False) for _ in range(2))
    assert one == other


@given(seeds)
def test_a_verified_case_is_closed_within_seven_days(seed: int) -> None:
    made = times(chance(seed), WAYS["grid"], NOON, urgent=False, hours=72, late=seed % 2 == 0)
    assert made[-1] - made[-2] < timedelta(days=7)


def test_some_are_late_and_most_are_not() -> None:
    def handled_late(late: bool) -> int:
        count = 0
        for seed in range(200):
            made = times(chance(seed), WAYS["grid"], NOON, urgent=False, hours=24, late=late)
            count += made[4] - made[2] > timedelta(hours=24)
        return count

    assert handled_late(True) > 2 * handled_late(False)
    assert handled_late(False) < 80


@given(seeds, moments, st.sampled_from(["village", "township", "unit", "grid", "reporter"]))
def test_people_work_by_day(seed: int, at: datetime, by: str) -> None:
    then = in_hours(chance(seed), at, by, urgent=False)
    first, last = AWAKE if by in {"grid", "reporter"} else OFFICE
    assert first <= local(then).hour < last
    assert timedelta(0) <= then - at < timedelta(hours=16)


@given(seeds, moments)
def test_danger_knows_no_hours(seed: int, at: datetime) -> None:
    assert in_hours(chance(seed), at, "unit", urgent=True) == at


def test_most_is_reported_by_day() -> None:
    hours = [spoken_hour(chance(seed), NOON).hour for seed in range(1_000)]
    assert sum(7 <= hour < 20 for hour in hours) > 850
    assert all(spoken_hour(chance(seed), NOON).date() == NOON.date() for seed in range(50))
