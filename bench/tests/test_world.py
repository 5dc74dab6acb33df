"""The invented county: the same each time, in order, and plausible."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from bench.world import MATTERS, TO, YEARS, Place, Spot, Story, open_share, stories
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import ENDED, State
from tests.kinds import LABELS

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def spots(townships: int = 4, each: int = 5) -> list[Spot]:
    found = []
    for t in range(1, townships + 1):
        town = Place(t, f"0001{t:04d}", f"第{t}镇")
        for g in range(each):
            village = Place(t * 100 + g, f"{town.path}{g:04d}", "桥南村")
            grid = Place(t * 1000 + g, f"{village.path}0001", "第一网格")
            found.append(Spot(grid, village, town, 50 + g, 90 + g, "陈建国", "桥南村 第一网格 网格员"))
    return found


@cache
def sample() -> tuple[Story, ...]:
    return tuple(stories(spots(), 4000, now=NOW, seed=1))


def test_the_same_seed_gives_the_same_cases() -> None:
    again = list(stories(spots(), 50, now=NOW, seed=7))
    assert again == list(stories(spots(), 50, now=NOW, seed=7))
    assert again != list(stories(spots(), 50, now=NOW, seed=8))


def test_as_many_as_asked_in_the_order_of_their_report() -> None:
    found = sample()
    times = [story.deeds[0].at for story in found]
    assert len(found) == 4000
    assert times == sorted(times)
    assert times[0] >= NOW - YEARS - timedelta(days=1)
    assert times[-1] < NOW


def test_steps_follow_each_other_and_none_lies_ahead() -> None:
    for story in sample():
        assert story.deeds[0].act == "report"
        for before, after in zip(story.deeds, story.deeds[1:], strict=False):
            assert before.at <= after.at <= NOW
            assert after.before == before.after
            assert after.was_due == before.due


def test_only_what_has_ended_has_no_limit() -> None:
    for story in sample():
        assert (story.deeds[-1].due is None) == (not story.is_open)


def test_words_are_those_of_the_house() -> None:
    assert {State(state) for state in TO.values()} == set(State)
    assert set(TO) <= {act.value for act in Act}
    assert {kind for kind, _title, _body in MATTERS} <= set(LABELS)
    assert {story.state for story in sample()} == set(State.values)
    assert all(story.is_open == (story.state not in ENDED) for story in sample())


def test_townships_differ_in_size() -> None:
    sizes = Counter(story.spot.township.id for story in sample())
    assert len(sizes) == 4
    assert max(sizes.values()) > 1.3 * min(sizes.values())


def test_about_one_in_twenty_is_open_and_most_of_them_are_new() -> None:
    open_ones = [story for story in sample() if story.is_open]
    assert 0.03 < len(open_ones) / len(sample()) < 0.08
    young = [story for story in open_ones if NOW - story.deeds[0].at < timedelta(days=60)]
    assert len(young) > len(open_ones) / 4


@given(st.integers(0, 730), st.integers(0, 730))
def test_what_is_older_is_seldom_open(one: int, other: int) -> None:
    young, old = sorted((one, other))
    assert 0 < open_share(timedelta(days=old)) <= open_share(timedelta(days=young)) <= 1


def test_texts_fit_into_their_columns() -> None:
    for story in sample():
        assert 0 < len(story.title) <= 60
        assert len(story.body) <= 2000
        assert len(story.place) <= 100
