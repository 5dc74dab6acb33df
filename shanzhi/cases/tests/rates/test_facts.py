"""The table of facts: each condition by one case that has it and one that lacks it, and the lists behind figures."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case
from shanzhi.cases.rates.counting import counted, counted_by_day, summed
from shanzhi.cases.rates.facts import FACTS, LABELS, MOMENTS, between, facts_of, overdue, records
from shanzhi.cases.rates.periods import midnight
from shanzhi.lib.times import local
from tests.cast import Cast, report

AT = midnight(local(timezone.now()).date()) - timedelta(days=9)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ALL: dict[str, Any] = {  # a case that went as well as can be
    "state": State.CLOSED,
    "received_at": AT,
    "accepted_at": AT + HOUR,
    "close_by": AT + 3 * DAY,
    "dispatched_at": AT + 2 * HOUR,
    "redispatched": False,
    "handed_back": True,
    "handled_at": AT + DAY,
    "closed_at": AT + 2 * DAY,
    "ended_at": AT + 2 * DAY,
    "turn_area_id": None,
    "reopened": 1,
    "reachable": True,
    "contacted_at": AT + 5 * HOUR,
    "rated_at": AT + 2 * DAY,
    "satisfied": True,
}
LACKING: list[tuple[str, dict[str, Any]]] = [  # fact → what takes a case out of it
    ("accepted", {"accepted_at": None}),
    ("accepted", {"state": State.REJECTED}),
    ("accepted", {"state": State.MERGED}),
    ("due", {"state": State.SUSPENDED}),
    ("due", {"close_by": None}),
    ("due", {"state": State.MERGED}),
    ("finished", {"state": State.VERIFIED}),
    ("finished", {"state": State.HANDLING}),
    ("in_time", {"handled_at": AT + 3 * DAY + HOUR}),
    ("in_time", {"state": State.VERIFIED}),
    ("to_contact", {"reachable": False}),
    ("contacted", {"reachable": False}),
    ("contacted", {"contacted_at": None}),
    ("contacted", {"contacted_at": AT + DAY + HOUR}),
    ("dispatched", {"dispatched_at": None}),
    ("accurate", {"redispatched": True}),
    ("returned", {"handed_back": False}),
    ("closed", {"closed_at": None}),
    ("closed", {"state": State.REJECTED}),
    ("reopened", {"reopened": 0}),
    ("rated", {"rated_at": None}),
    ("satisfied", {"satisfied": False}),
    ("satisfied", {"satisfied": None}),
    ("reported", {"received_at": AT - 30 * DAY}),
]


def case_with(cast: Cast, **changes: Any) -> Case:
    case = report(cast)
    Case.objects.filter(id=case.id).update(**{**ALL, **changes})
    return Case.objects.get(id=case.id)


def behind(name: str, start: datetime = AT - DAY, end: datetime = AT + 9 * DAY) -> set[int]:
    return set(Case.objects.filter(records(name, start, end, at=timezone.now())).values_list("id", flat=True))


def test_one_that_went_well_is_in_every_fact(cast: Cast) -> None:
    case = case_with(cast)
    for name in FACTS:
        if name != "ended":
            assert behind(name) == {case.id}, name
    assert behind("open") == behind("overdue") == behind("called") == behind("solved") == set()


@pytest.mark.parametrize(("name", "changes"), LACKING)
def test_what_takes_a_case_out_of_a_fact(cast: Cast, name: str, changes: dict[str, Any]) -> None:
    good, lacking = case_with(cast), case_with(cast, **changes)
    assert behind(name) == {good.id}
    county = cast.areas["county"]
    total = summed(counted(county, AT - DAY, AT + 9 * DAY).values())
    assert getattr(total, name) == 1, "counting says the same as the list"
    days = counted_by_day(county, AT - DAY, AT + 9 * DAY)
    assert sum(getattr(one, name) for one in days.values()) == 1
    assert lacking.id != good.id


@pytest.mark.parametrize("name", [name for name in FACTS if name != "ended"])
def test_a_part_of_a_split_case_is_in_none(cast: Cast, name: str) -> None:
    whole = case_with(cast)
    case_with(cast, parent_id=whole.id)
    assert behind(name) == {whole.id}


@pytest.mark.parametrize(
    ("name", "on"),
    [
        ("reported", AT),
        ("due", AT + 3 * DAY),
        ("dispatched", AT + 2 * HOUR),
        ("closed", AT + 2 * DAY),
        ("rated", AT + 2 * DAY),
    ],
)
def test_the_first_moment_of_a_day_is_in_it_and_the_last_bound_is_not(cast: Cast, name: str, on: datetime) -> None:
    case = case_with(cast)
    assert behind(name, on, on + timedelta(seconds=1)) == {case.id}
    assert behind(name, on - DAY, on) == set()


def test_what_stands_open_stands_from_the_day_it_came_until_it_ended(cast: Cast) -> None:
    case = case_with(cast)
    assert behind("open", AT - DAY, AT) == set()
    assert behind("open", AT, AT + HOUR) == {case.id}
    assert behind("open", AT, AT + 2 * DAY) == {case.id}
    assert behind("open", AT, AT + 2 * DAY + HOUR) == set()


def test_overdue_is_open_beyond_its_limit_and_not_put_aside(cast: Cast) -> None:
    now = timezone.now()
    late, soon, aside = (report(cast) for _ in range(3))
    Case.objects.filter(id=late.id).update(due_at=now - HOUR)
    Case.objects.filter(id=soon.id).update(due_at=now + HOUR)
    Case.objects.filter(id=aside.id).update(due_at=now - HOUR, state=State.SUSPENDED)
    assert behind("overdue") == {late.id}
    assert set(Case.objects.filter(overdue(now + DAY)).values_list("id", flat=True)) == {late.id, soon.id}


def test_every_list_has_a_name_and_every_fact_a_moment() -> None:
    assert set(FACTS) - {"ended"} <= set(LABELS)
    assert len(set(LABELS.values())) == len(LABELS)
    assert {fact.moment for fact in FACTS.values()} == set(MOMENTS)
    assert [name for moment in MOMENTS for name in facts_of(moment)] == list(FACTS)
    with pytest.raises(KeyError):
        records("nothing", AT, AT, at=AT)


def test_a_range_is_half_open() -> None:
    condition = between("received_at", AT, AT + DAY)
    assert dict(condition.children) == {"received_at__gte": AT, "received_at__lt": AT + DAY}  # type: ignore[arg-type]
