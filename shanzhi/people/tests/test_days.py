"""Days: counted as they were, 29 February too; a day begins at midnight in Beijing, for every service that dates."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.people.models import Membership, Resident
from shanzhi.people.selectors.counts import population_on
from shanzhi.people.selectors.residents import stay_on
from shanzhi.people.services import (
    dwelling_gone,
    household_close,
    household_leave,
    membership_end,
    memberships_sweep,
    resident_erase,
    why_not,
)
from shanzhi.people.services.erasing import KEPT_DAYS
from shanzhi.people.tests.test_api import Api
from shanzhi.people.tests.test_pages import url, words
from shanzhi.people.tests.world import ago, dwelling, groups, happen, household, member, resident, stays, today
from tests.cast import Cast

LEAP = date(2024, 2, 29)
NEXT = date(2025, 3, 11)


def moment(clock: str) -> datetime:
    """On 10 March in Greenwich."""
    return datetime.fromisoformat(f"2025-03-10T{clock}").replace(tzinfo=UTC)


BEFORE, AFTER = moment("15:59:59"), moment("16:00:00")


def living(cast: Cast, day: date, place: str = "v1") -> int:
    return population_on(cast.areas[place], day).figures.living


def test_who_came_on_a_leap_day_is_counted_from_it(cast: Cast) -> None:
    row = resident(cast, on=LEAP)
    days = (date(2024, 2, 28), LEAP, date(2024, 3, 1), date(2025, 2, 28), date(2025, 3, 1))
    assert [living(cast, day) for day in days] == [0, 1, 1, 1, 1]
    happen(cast, row, "moved", lives=cast.areas["g4"].code, on=date(2025, 2, 28))
    assert [living(cast, day, "g1") for day in days] == [0, 1, 1, 0, 0]
    assert [living(cast, day, "g4") for day in days] == [0, 0, 0, 1, 1]


def test_who_left_on_a_leap_day_was_there_the_day_before(cast: Cast) -> None:
    row = resident(cast, on=date(2023, 5, 1))
    happen(cast, row, "died", on=LEAP)
    assert [living(cast, day) for day in (date(2024, 2, 28), LEAP, date(2024, 3, 1))] == [1, 0, 0]
    assert stays(row) == [(date(2023, 5, 1), LEAP, "first"), (LEAP, None, "died")]


@pytest.mark.parametrize(("on", "status"), [("2024-02-29", 200), ("2023-02-29", 422), ("2024-2-29", 422),
                                            ("1949-12-31", 422), ("1950-01-01", 200), ("", 200)])  # fmt: skip
def test_a_leap_day_is_a_day_on_the_page_and_no_other_year_has_one(cast: Cast, on: str, status: int) -> None:
    resident(cast, on=LEAP)
    clerk = cast["village_clerk"].client()
    for page in (url("counts"), url("counts-print")):
        answer = clerk.get(f"{page}?on={on}")
        assert (answer.status_code, "这一天看不了" in words(answer)) == (status, status == 422)
    if on:
        assert Api(cast).get(f"/counts?on={on}").status_code == status


def test_tomorrow_is_not_counted_yet(cast: Cast) -> None:
    resident(cast)
    tomorrow = today() + timedelta(days=1)
    answer = cast["village_clerk"].client().get(f"{url('counts')}?on={tomorrow}")
    assert (answer.status_code, "现在显示的是今天" in words(answer)) == (422, True)
    assert Api(cast).get(f"/counts?on={tomorrow}").json()["fields"] == {
        "on": ["日期要在 1950 年到今天之间，请改日期。"]
    }  # fmt: skip


def test_households_of_a_day_are_those_that_were_open(cast: Cast) -> None:
    house = household(cast, on=ago(20))
    household_close(actor=cast.actor("village_clerk"), number=house.id, version=1, on=ago(5))
    found = [population_on(cast.areas["v1"], ago(back)).figures.households for back in (21, 20, 6, 5, 0)]
    assert found == [0, 1, 1, 0, 0]


def test_a_stay_of_no_day_counts_on_no_day(cast: Cast) -> None:
    """Gone and back on one day: the stay between held for no day."""
    row = resident(cast)
    happen(cast, row, "left", lives_elsewhere="上海市", on=ago(3))
    happen(cast, row, "back", lives=cast.areas["g4"].code, on=ago(3))
    assert [living(cast, ago(back)) for back in (4, 3, 2)] == [1, 1, 1]
    found = stay_on(Resident.objects.get(), ago(3))
    assert found is not None
    assert found.lives == cast.areas["g4"]
    assert population_on(cast.areas["v1"], ago(3)).figures.away == 0


def test_the_parts_add_up_to_the_living_of_the_whole_on_every_day(cast: Cast) -> None:
    """Whoever lives in it lives in one of its parts, or is written to the place itself."""
    row = resident(cast, place="v1", on=ago(50))
    resident(cast, name="乙", on=ago(40))
    resident(cast, name="丙", place="g4", on=ago(30))
    happen(cast, row, "moved", lives=cast.areas["g4"].code, on=ago(10))
    for back in (51, 50, 45, 40, 35, 30, 20, 10, 0):
        found = population_on(cast.areas["v1"], ago(back))
        parts = sum(one.figures.living for one in found.rows) + found.own.living
        assert parts == found.figures.living, back
    assert population_on(cast.areas["v1"], ago(20)).own.living == 1
    assert population_on(cast.areas["v1"], today()).own.living == 0


# --- midnight in Beijing --------------------------------------------------------------------------------------------


def dated(cast: Cast) -> dict[str, Callable[[datetime], Any]]:
    """Each service that asks for a day, called for 11 March."""
    clerk, early = cast.actor("village_clerk"), {"on": date(2025, 1, 1)}
    groups(cast)
    row, alone = resident(cast, **early), resident(cast, name="乙", **early)
    household(cast, {row: "0"}, on=date(2025, 2, 1))
    empty = household(cast, on=date(2025, 2, 1))
    home, care = dwelling(cast), member(cast, alone, since=date(2025, 2, 1))
    return {
        "add": lambda at: resident(cast, name="丙", on=NEXT, at=at),
        "event": lambda at: happen(cast, alone, "left", lives_elsewhere="上海市", on=NEXT, at=at),
        "leave": lambda at: household_leave(actor=clerk, resident=row.id, version=2, on=NEXT, at=at),
        "open": lambda at: household(cast, on=NEXT, at=at),
        "close": lambda at: household_close(actor=clerk, number=empty.id, version=1, on=NEXT, at=at),
        "gone": lambda at: dwelling_gone(actor=clerk, number=home.id, version=1, on=NEXT, at=at),
        "care": lambda at: member(cast, row, since=NEXT, at=at),
        "care_end": lambda at: membership_end(
            actor=clerk, number=care.id, version=1, until=NEXT, reason="好了", at=at
        ),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["add", "event", "leave", "open", "close", "gone", "care", "care_end"])
def test_a_day_begins_at_midnight_here(cast: Cast, name: str) -> None:
    act = dated(cast)[name]
    with pytest.raises(Invalid, match="不能晚于今天"):
        act(BEFORE)
    act(AFTER)


def test_numbers_of_households_are_of_the_year_here(cast: Cast) -> None:
    eve = datetime(2024, 12, 31, 15, 59, 59, tzinfo=UTC)
    old = household(cast, on=date(2024, 12, 31), at=eve)
    new = household(cast, on=date(2025, 1, 1), at=eve + timedelta(seconds=1))
    assert (old.number, new.number) == ("2024-000001", "2025-000001")


def test_the_next_visit_counts_from_the_day_here(cast: Cast) -> None:
    groups(cast)
    one, two = (resident(cast, name=name, on=date(2025, 1, 1)) for name in "甲乙")
    early, late = (member(cast, row, since=date(2025, 2, 1), at=at) for row, at in ((one, BEFORE), (two, AFTER)))
    assert (early.due_on, late.due_on) == (date(2025, 4, 9), date(2025, 4, 10))


def test_what_is_kept_for_a_year_goes_at_midnight_here(cast: Cast) -> None:
    groups(cast)
    care = member(cast, resident(cast, on=date(2024, 1, 1)), since=date(2024, 2, 1))
    Membership.objects.update(until=NEXT - timedelta(days=365), due_on=None)
    assert memberships_sweep(at=BEFORE) == 0
    assert Membership.objects.filter(id=care.id).exists()
    assert memberships_sweep(at=AFTER) == 1


def test_retention_over_a_leap_day_counts_days(cast: Cast) -> None:
    """365 days after 28 February 2023 it is 28 February 2024; after 1 March 2023 it is the leap day."""
    groups(cast)
    for number, (until, gone) in enumerate(((date(2023, 2, 28), date(2024, 2, 28)), (date(2023, 3, 1), LEAP))):
        member(cast, resident(cast, name=f"某{number}", on=date(2023, 1, 1)), since=date(2023, 1, 1))
        Membership.objects.filter(until=None).update(until=until, due_on=None)
        noon = datetime(gone.year, gone.month, gone.day, 4, tzinfo=UTC)
        assert memberships_sweep(at=noon - timedelta(days=1)) == 0
        assert memberships_sweep(at=noon) == 1


def test_three_years_are_over_on_their_day_and_not_before(cast: Cast) -> None:
    row = resident(cast, on=date(2021, 1, 1))
    happen(cast, row, "moved-out", lives_elsewhere="上海市", on=date(2022, 3, 12))
    now = Resident.objects.get()
    free = date(2022, 3, 12) + timedelta(days=KEPT_DAYS)
    assert free == NEXT, "the leap day is one of them"
    assert "到 2025年3月11日才能删除" in why_not(now, free - timedelta(days=1), mistaken=False)
    said = {"actor": cast.actor("village_clerk"), "number": row.id, "version": now.version}
    with pytest.raises(Conflict, match="要保留三年"):
        resident_erase(**said, at=BEFORE)
    resident_erase(**said, at=AFTER)
    assert not Resident.objects.exists()
    assert timezone.localtime(AFTER).date() == free
