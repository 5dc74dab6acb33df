"""Plans of everything that is read, as the application's role under forced row-level security: the tables that grow
(people, stays, dwellings, households, memberships, looks) are entered by an index, and no list is sorted as a whole."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.people.models import Dwelling, Household, Look, Membership, Resident, Stay
from shanzhi.people.numbers import group_index, paper_index
from shanzhi.people.permissions import CARE
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.selectors.care import group_counts, group_get_for, member_page, memberships_of
from shanzhi.people.selectors.counts import population_on
from shanzhi.people.selectors.homes import dwelling_page, household_members, household_page
from shanzhi.people.selectors.offering import dwelling_choices, household_choices, people_choices
from shanzhi.people.selectors.residents import TABS, PeopleFilter, resident_page, stay_on, stays_shown
from shanzhi.people.selectors.rights import look_page, request_page, requests_of
from shanzhi.people.services import memberships_sweep, page_opened
from shanzhi.people.services.residents import check_known
from shanzhi.people.tests.world import ago, groups, today
from tests.cast import Cast

GROWING = ("people_resident", "people_stay", "people_dwelling", "people_household", "people_membership", "people_look",
           "people_request", "trail_entry")  # fmt: skip
NOW = timezone.now()
ROWS = 700


def sent(work: Callable[[], Any]) -> list[str]:
    """What this reads, with its parameters."""
    with CaptureQueriesContext(connection) as caught:
        work()
    return [one["sql"] for one in caught.captured_queries if one["sql"].startswith(("SELECT", "(SELECT"))]


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN '}{sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def whole(text: str) -> list[str]:
    """Tables that grow and are read from end to end."""
    lines = [line.strip(" ->") for line in text.splitlines()]
    heads = tuple(f"{head} {name}" for head in ("SCAN", "Seq Scan on") for name in GROWING)
    return [line for line in lines if line.startswith(heads) and "USING" not in line]


def held(work: Callable[[], Any]) -> list[str]:
    """The plans of what this reads, none of which reads a whole table."""
    plans = [plan(sql) for sql in sent(work)]
    assert plans
    for text in plans:
        assert whole(text) == [], text
    return plans


@pytest.fixture
def full(cast: Cast) -> Cast:
    """Seven hundred people all over the county with their stays, homes, groups and who looked at them; by bulk."""
    groups(cast)
    places = [cast.areas[name] for name in ("g1", "g2", "g3", "g4", "v1", "v2", "v3")]
    told = {"actor_name": "某", "recorded_at": NOW}
    homes = Dwelling.objects.bulk_create(
        Dwelling(area=place, area_path=place.path, road=f"组{number}", address_index=f"{number}", created_at=NOW)
        for number in range(70) for place in [places[number % 7]]
    )  # fmt: skip
    houses = Household.objects.bulk_create(
        Household(number=f"2026-{number:06}", area=place, area_path=place.path, opened_on=ago(900), created_at=NOW)
        for number in range(70) for place in [places[number % 7]]
    )  # fmt: skip
    people = []
    for number in range(ROWS):
        place = places[number % 7]
        people.append(Resident(
            name=f"某{number}", lives=place, lives_path=place.path, registered=place, registered_path=place.path,
            dwelling=homes[number % 70], household=houses[number % 70], relation=str(number % 9), population="settled",
            paper_index=f"{number}", created_at=NOW,
        ))  # fmt: skip
    rows = Resident.objects.bulk_create(people)
    where = ("lives_id", "lives_path", "registered_id", "registered_path", "dwelling_id", "household_id", "relation")
    Stay.objects.bulk_create(
        Stay(resident=row, since=ago(800), until=until, population="settled", change="first", **told,
             **{name: getattr(row, name) for name in where})
        for row in rows for until in (ago(400), None)
    )  # fmt: skip
    Membership.objects.bulk_create(
        Membership(resident=row, group="alone", group_index=group_index("alone"), path=row.lives_path, since=ago(90),
                   due_on=today() + timedelta(days=number % 60 - 30), actor_name="某", created_at=NOW)
        for number, row in enumerate(rows)
    )  # fmt: skip
    user = cast["village_clerk"].user
    Look.objects.bulk_create(Look(resident_id=row.id, user=user, by="某", what="opened", at=NOW) for row in rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    return cast


def test_a_table_that_is_read_whole_is_noticed() -> None:
    """What the other tests look for is found in the words of both databases, and nothing else is."""
    assert whole("SCAN people_resident\nSEARCH people_stay USING INDEX stay_lives (county_id=?)") == [
        "SCAN people_resident"
    ]
    assert whole("Sort\n  ->  Seq Scan on people_stay  (cost=1)") == ["Seq Scan on people_stay  (cost=1)"]
    assert whole("Index Scan using x on people_look\nSCAN people_resident USING INDEX x") == []


@pytest.mark.parametrize("who", ["village_clerk", "township_officer", "county_centre"])
@pytest.mark.parametrize("tab", TABS)
def test_lists_of_people_enter_by_the_place(full: Cast, who: str, tab: str) -> None:
    actor, area = full.actor(who), full.areas["v1"]
    wishes = [PeopleFilter(tab), PeopleFilter(tab, population="settled", sex="1", age="60-79")]
    if actor.can(CARE):
        wishes.append(PeopleFilter(tab, care="alone"))
    for wanted in wishes:
        held(lambda wanted=wanted: resident_page(actor, area, wanted, today=today()))


def test_a_list_is_read_in_its_order_and_never_sorted(full: Cast) -> None:
    clerk, area = full.actor("village_clerk"), full.areas["v1"]
    page = resident_page(clerk, area, PeopleFilter(), today=today())
    assert len(page.rows) == 50
    for cursor in ("", page.next_cursor or ""):
        plans = held(lambda cursor=cursor: resident_page(clerk, area, PeopleFilter(), today=today(), cursor=cursor))
        listed = next(text for text in plans if "resident_lives" in text)
        assert "TEMP B-TREE" not in listed
        if connection.vendor == "postgresql":
            assert "Sort" not in listed.replace("Incremental Sort", ""), listed


def test_homes_enter_by_the_place(full: Cast) -> None:
    clerk, area = full.actor("village_clerk"), full.areas["v1"]
    for work in (
        lambda: dwelling_page(clerk, area), lambda: household_page(clerk, area), lambda: dwelling_choices(clerk, area),
        lambda: household_choices(clerk, area), lambda: people_choices(clerk, area),
        lambda: household_members(clerk, Household.objects.order_by("id")[0]),
    ):  # fmt: skip
        held(work)


@pytest.mark.parametrize("place", ["county", "t1", "v1", "g1"])
def test_counts_of_any_day_enter_by_the_place(full: Cast, place: str) -> None:
    for day in (today(), ago(500)):
        found = population_on(full.areas[place], day)
        assert found.figures.living > 0
        plans = held(lambda day=day: population_on(full.areas[place], day))
        assert any("stay_lives" in text for text in plans)
        assert any("stay_registered" in text for text in plans)


def test_one_person_is_found_by_keys(full: Cast) -> None:
    clerk = full.actor("village_clerk")
    row = Resident.objects.filter(lives=full.areas["g1"]).order_by("id")[0]
    for work in (
        lambda: resident_get_for(clerk, row.id), lambda: stays_shown(row), lambda: stay_on(row, ago(500)),
        lambda: memberships_of(clerk, row), lambda: look_page(row), lambda: requests_of(row),
        lambda: page_opened(actor=clerk, resident=row), lambda: request_page(clerk),
    ):  # fmt: skip
        held(work)


def test_a_number_is_looked_up_by_its_index(full: Cast) -> None:
    plans = held(lambda: check_known(full.actor("village_clerk"), "990001196001011234"))
    assert any("resident_paper_once" in text for text in plans)
    assert paper_index("990001196001011234")


def test_groups_enter_by_group_and_place(full: Cast) -> None:
    clerk, area = full.actor("village_clerk"), full.areas["v1"]
    group = group_get_for(clerk, "alone")
    for state in ("open", "due", "ended"):
        held(lambda state=state: member_page(clerk, group, area, state=state, today=today()))
    held(lambda: group_counts(clerk, area, today()))


def test_the_sweep_enters_by_the_end(full: Cast) -> None:
    Membership.objects.filter(resident__name="某1").update(until=ago(900))
    plans = held(lambda: memberships_sweep(at=NOW))
    assert plans
    assert not Membership.objects.filter(resident__name="某1").exists()
