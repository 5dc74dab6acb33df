"""Days of China: what falls on a boundary, reopened and ended cases, empty counties, periods of all lengths."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases.models import Case
from shanzhi.cases.rates.periods import LONGEST, YEAR, between, named
from shanzhi.cases.tests.pages import act, dispatched
from shanzhi.cases.tests.rates.test_counting import to_close
from shanzhi.insight import live, rolled
from shanzhi.insight.live import Reader, standing_days, summed
from shanzhi.insight.models import PlaceDay
from shanzhi.insight.reading import by_area, by_day, figures
from shanzhi.insight.services import recount, roll
from shanzhi.insight.shares import ordinal, shares
from shanzhi.insight.tests.proof import agrees, built, period, plain, proved
from shanzhi.lib.times import SHANGHAI, local
from tests.cast import Cast, report

DAY = date(2026, 3, 5)
NOON = datetime(2026, 3, 5, 12, tzinfo=SHANGHAI)
MIDNIGHT = datetime(2026, 3, 5, tzinfo=SHANGHAI)
TICK = timedelta(microseconds=1)


def reader(cast: Cast, place: str = "county", at: datetime | None = None) -> Reader:
    return Reader(Actor.system(cast.county.id), cast.areas[place], at or timezone.now())


def on_day(cast: Cast, day: date, fact: str = "reported") -> int:
    """From rows and marks, and the same from the cases."""
    agrees(reader(cast), period(day, 1))
    return summed(rolled.by_place(reader(cast), period(day, 1)).values()).get(fact, 0)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (MIDNIGHT, DAY), (MIDNIGHT + timedelta(days=1) - TICK, DAY),
        (datetime(2026, 1, 1, tzinfo=SHANGHAI) - TICK, date(2025, 12, 31)),
    ],
)  # fmt: skip
def test_a_moment_at_midnight_belongs_to_the_day_that_begins(cast: Cast, moment: datetime, day: date) -> None:
    built()
    case = report(cast)
    Case.objects.filter(id=case.id).update(received_at=moment)
    assert ordinal(moment) == day.toordinal()
    for _ in range(2):  # as a mark, and as rows
        assert on_day(cast, day) == 1
        assert on_day(cast, day - timedelta(days=1)) == on_day(cast, day + timedelta(days=1)) == 0
        roll(at=timezone.now())
    assert set(PlaceDay.objects.filter(reported=1).values_list("day", flat=True)) == {day}
    proved()


def test_the_same_moment_is_one_day_whatever_clock_it_was_written_on() -> None:
    late = datetime.fromisoformat("2026-03-04T16:30:00+00:00")  # half past midnight in China
    assert ordinal(late) == DAY.toordinal()
    assert ordinal(late - timedelta(hours=1)) == DAY.toordinal() - 1
    with pytest.raises(ValueError, match="naive"):
        ordinal(datetime(2026, 3, 5))


def test_what_ended_at_midnight_stood_open_at_the_end_of_the_day_before(cast: Cast) -> None:
    built()
    case = report(cast, at=timezone.now() - timedelta(days=1))
    act(cast, "village_clerk", "reject", case, text="不归村里管")
    Case.objects.filter(id=case.id).update(received_at=NOON - timedelta(days=3), ended_at=MIDNIGHT)
    for _ in range(2):
        assert on_day(cast, DAY - timedelta(days=1), "open") == 1
        assert on_day(cast, DAY, "open") == 0
        assert on_day(cast, DAY - timedelta(days=4), "open") == 0
        roll(at=timezone.now())
    proved()


def test_open_goes_up_and_down_with_the_days() -> None:
    days = {DAY: {"reported": 3, "ended": 1}, DAY + timedelta(days=2): {"ended": 4}}
    found = standing_days(days, 5, period(DAY, 4))
    assert [found[DAY + timedelta(days=n)]["open"] for n in range(4)] == [7, 7, 3, 3]
    assert standing_days({}, 2, period(DAY, 1)) == {DAY: {"open": 2}}


def test_reopened_counts_once_as_closed_and_stands_open_all_the_while(cast: Cast) -> None:
    built()
    case = report(cast, at=timezone.now() - timedelta(days=20))
    to_close(cast, case, timezone.now() - timedelta(days=20))
    at = timezone.now()
    long = period(local(at).date() - timedelta(days=40), 60)
    clerk, village = cast.actor("village_clerk"), cast.areas["v1"]
    before = figures(clerk, village, long, at)
    assert [before[code].text for code in ("closed", "open", "reopened", "finished_rate")] == ["1", "0", "0", "100"]
    act(cast, "village_clerk", "reopen", case, text="又坏了", at=at - timedelta(days=5))
    for _ in range(2):
        after = figures(clerk, village, long, timezone.now())
        assert [after[code].text for code in ("closed", "open", "reopened", "finished_rate")] == ["1", "1", "1", "0"]
        roll(at=timezone.now())
    proved()


@pytest.mark.parametrize("fate", ["reject", "merge"])
def test_rejected_and_merged_count_as_reported_and_in_no_rate(cast: Cast, fate: str) -> None:
    case, other = report(cast), dispatched(cast)
    built()
    act(cast, "village_clerk", fate, case, text="同一件", **({"into": other} if fate == "merge" else {}))
    (share,) = shares([case.id]).values()
    assert [bits for _, bits in share.days] != []
    during = period(local(timezone.now()).date(), 40)
    for _ in range(2):
        found = figures(cast.actor("village_clerk"), cast.areas["v1"], during, timezone.now())
        assert [found[code].text for code in ("reported", "open", "due", "closed")] == ["2", "1", "1", "0"]
        assert [found[code].denominator for code in ("finished_rate", "in_time_rate")] == [1, 1]
        roll(at=timezone.now())
    proved()


def test_an_empty_county_has_numbers_of_nought_and_rates_without_value(cast: Cast) -> None:
    assert recount(at=timezone.now()).cases == 0
    at = timezone.now()
    for who, place in (("county_leader", "county"), ("village_clerk", "v1")):
        actor, area = cast.actor(who), cast.areas[place]
        found = figures(actor, area, named(YEAR, at), at)
        assert {one.text for one in found.values()} == {"0", ""}
        assert all((one.value is None) == (one.denominator == 0) for one in found.values())
        assert not any(one.small for one in found.values()), "nothing is not few"
        rows = by_area(actor, area, named(YEAR, at), at)
        assert all(row.area is not None for row in rows), "nothing lies in none of them"
    assert plain(live.by_place(reader(cast), named(YEAR, at))) == plain(rolled.by_place(reader(cast), named(YEAR, at)))
    proved()


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-03-05", "2026-03-05", 1), ("2024-02-28", "2024-03-01", 3), ("2026-03-06", "2026-03-05", None),
        ("2024-01-01", str(date(2024, 1, 1) + LONGEST), 1099), ("2024-01-01", str(date(2024, 1, 2) + LONGEST), None),
        ("1999-12-31", "2000-01-01", None), ("2100-12-31", "2101-01-01", None), ("2026-02-30", "2026-03-01", None),
        ("", "", None), ("2026-03-05", "", None), ("今天", "明天", None), ("0001-01-01", "9999-12-31", None),
    ],
)  # fmt: skip
def test_periods_of_all_lengths(first: str, last: str, days: int | None) -> None:
    found = between(first, last)
    assert (found and (found.last - found.first).days + 1) == days
    if found and days:
        assert found.end - found.start == timedelta(days=days), "China has no summer time"


def test_three_years_day_by_day_are_every_day_once(cast: Cast) -> None:
    built()
    report(cast)
    at = timezone.now()
    long = between(str(local(at).date() - LONGEST), str(local(at).date()))
    assert long is not None
    days = by_day(cast.actor("village_clerk"), cast.areas["v1"], long, at, ["reported", "open", "overdue", "gone"])
    assert [len(days[code]) for code in days] == [1099, 1099, 0]
    assert [one.day for one in days["open"]] == [long.first + timedelta(days=n) for n in range(1099)]
    assert [one.value.numerator for one in days["reported"]][-2:] == [0, 1]
    assert sum(one.value.numerator for one in days["open"]) == 1


def test_a_period_that_has_not_begun_has_what_falls_due_in_it(cast: Cast) -> None:
    built()
    due = dispatched(cast).close_by
    assert due is not None
    at, ahead = timezone.now(), period(local(due).date(), 3)
    assert ahead.first > local(at).date()
    for _ in range(2):
        found = figures(cast.actor("village_clerk"), cast.areas["v1"], ahead, at)
        assert [found[code].text for code in ("reported", "due", "open", "finished_rate")] == ["0", "1", "1", "0"]
        assert agrees(reader(cast), ahead) > 0
        roll(at=at)


def test_an_abolished_place_stands_beside_the_others_only_if_it_has_something(cast: Cast) -> None:
    report(cast, place="g1")
    built()
    at, officer = timezone.now(), cast.actor("township_officer")

    def names() -> list[str]:
        return [row.name for row in by_area(officer, cast.areas["t1"], named(YEAR, at), at)]

    assert names() == ["张庄村", "李庄村"]
    Area.objects.filter(id=cast.areas["v2"].id).update(valid_to=local(at).date())
    assert names() == ["张庄村"]
    Area.objects.filter(id=cast.areas["v1"].id).update(valid_to=local(at).date())
    assert names() == ["张庄村"], "its cases are still counted"
    assert figures(officer, cast.areas["t1"], named(YEAR, at), at)["reported"].text == "1"
