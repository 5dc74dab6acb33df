"""Plans of everything that is read, as the application's role under forced row-level security; and how many statements.

The tables that grow (people, what was done, who saw a number, posts, stand-ins) are entered by an index: by the place,
by the name, by the person. Nothing asks once for each person or place.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanzhi.accounts.models import Post
from shanzhi.areas.models import Area
from shanzhi.areas.paths import child
from shanzhi.staffing import selectors, services
from shanzhi.staffing.models import Assignment, AssignmentAct
from shanzhi.staffing.selectors import STATES, AsOf, StaffFilter, as_of
from shanzhi.staffing.selectors.holders import SORTS
from shanzhi.staffing.tests.conftest import NOW, TODAY, Appoint, days
from tests.cast import Cast

GROWING = ("staffing_assignment", "staffing_assignmentact", "staffing_phoneshown", "accounts_post", "accounts_standin",
           "accounts_user", "trail_entry", "tenancy_idempotencykey")  # fmt: skip
ASOF = as_of(NOW)


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
    """Seven hundred people all over the county, and what was done with them."""
    places = [cast.areas[name] for name in ("g1", "g2", "g3", "g4", "v1", "v2", "v3")]
    rows = Assignment.objects.bulk_create(
        Assignment(
            role="instructor", name=f"某{number}", area=places[number % 7], area_path=places[number % 7].path,
            valid_from=days(-(number % 900)), valid_to=days(number) if number % 3 else None, created_at=NOW,
        )
        for number in range(700)
    )  # fmt: skip
    AssignmentAct.objects.bulk_create(
        AssignmentAct(assignment=row, act="appointed", valid_from=row.valid_from, actor_id=1, actor_name="某", at=NOW)
        for row in rows
    )
    return cast


def test_a_table_that_is_read_whole_is_noticed() -> None:
    """What the other tests look for is found in the words of both databases, and nothing else is."""
    assert whole("SCAN staffing_assignment\nSEARCH accounts_post USING INDEX post_path (county_id=?)") == [
        "SCAN staffing_assignment"
    ]
    assert whole("Sort\n  ->  Seq Scan on accounts_post u0  (cost=1)") == ["Seq Scan on accounts_post u0  (cost=1)"]
    assert whole("Index Scan using post_path on accounts_post\nSCAN staffing_assignment USING INDEX x") == []


@pytest.mark.parametrize("who", ["county_centre", "village_clerk", "auditor"])
def test_every_list_of_people_enters_by_the_place(full: Cast, who: str) -> None:
    actor = full.actor(who)
    for wanted in (
        *(StaffFilter(sort=sort) for sort in SORTS), *(StaffFilter(state=state) for state in STATES),
        StaffFilter(role="instructor"), StaffFilter(role="worker"), StaffFilter(text="某1"),
        StaffFilter(path=full.areas["v1"].path, exact=True),
    ):  # fmt: skip
        held(lambda: selectors.holder_page(actor, wanted, ASOF))  # noqa: B023
    held(lambda: selectors.holder_page(actor, StaffFilter(), AsOf(days(-400), TODAY)))
    for sort in SORTS:  # the second page enters where the first one ended
        first = selectors.holder_page(actor, StaffFilter(sort=sort), ASOF)
        after = first.next_cursor or ""
        assert after
        held(lambda: selectors.holder_page(actor, StaffFilter(sort=sort), ASOF, cursor=after))  # noqa: B023


def test_the_list_of_a_village_reads_that_village_only(full: Cast) -> None:
    """Not only by some index: by that of the place, between the two ends of the subtree."""
    actor, wanted = full.actor("village_clerk"), StaffFilter(path=full.areas["v1"].path)
    text = held(lambda: selectors.holder_page(actor, wanted, ASOF))[0]
    assert "assignment_path" in text, text
    assert "post_path" in text or "post_role_path" in text, text
    if connection.vendor == "postgresql":
        conditions = [line for line in text.splitlines() if "Index Cond" in line]
        assert sum("area_path" in line for line in conditions) == 2, text


def test_boards_spots_and_persons_enter_by_their_place_or_number(full: Cast) -> None:
    for place, asof in (("county", ASOF), ("v1", AsOf(days(-400), TODAY)), ("g1", AsOf(days(400), TODAY))):
        held(lambda: selectors.board_of(full.areas[place], asof))  # noqa: B023
    plans = held(lambda: selectors.responsible(full.areas["g1"], at=NOW))
    assert any("assignment_path" in text for text in plans), plans
    actor, row = full.actor("village_clerk"), Assignment.objects.filter(area=full.areas["v1"])[0]
    held(lambda: selectors.assignment_get_for(actor, row.id))
    assert "assignment_act_at" in held(lambda: selectors.acts_of(row))[0]
    assert "staff_phone_shown" in held(lambda: selectors.shown_of(row))[0]


def test_whether_somebody_is_there_already_is_not_asked_of_everybody(full: Cast, appoint: Appoint) -> None:
    plans = held(lambda: appoint(name="还没有的人"))
    assert any("assignment_name" in text or "area_id" in text for text in plans), plans


def places_more(cast: Cast, number: int) -> None:
    above = cast.areas["v2"]
    Area.objects.bulk_create(
        Area(level="grid", code=f"{above.code}9{n:02}", name=f"新{n}网格", parent=above, ordinal=50 + n,
             path=child(above.path, 50 + n), valid_from=days(-900))
        for n in range(number)
    )  # fmt: skip


def test_pages_ask_no_more_for_more_places_and_people(cast: Cast, appoint: Appoint) -> None:
    client = cast["county_centre"].client()
    pages = ("", "?sort=-missing", "people/", "people/?sort=name", "vacancies/", "print/", "export/", "people/export/",
             "vacancies/export/", "rule/", f"here/?area={cast.areas['v2'].code}", "people/new/")  # fmt: skip
    appoint("police", "v2", name="民警", phone="13955501234")

    def statements() -> dict[str, int]:
        found = {}
        for page in pages:
            with CaptureQueriesContext(connection) as caught:
                assert client.get(f"/341181/staffing/{page}").status_code == 200
            found[page] = len(caught)
        return found

    statements()  # what is kept for the next request is there
    before = statements()
    places_more(cast, 20)
    for number in range(12):
        appoint("lawyer", ("v1", "v2", "v3")[number % 3], name=f"律师{number}", phone=f"139555012{number:02}")
        services.rule_set(
            actor=cast.actor("county_centre"), role="worker", place=cast.areas["g1"].code, least=number + 2,
            reason="专属网格", at=NOW,
        )  # fmt: skip
    assert statements() == before


def test_people_of_merged_places_are_not_asked_for_one_by_one(cast: Cast, appoint: Appoint) -> None:
    heir = cast.areas["g1"]

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            spots = selectors.responsible(heir, at=NOW)
            assert len([one for one in spots[0].people if one.role == "security"]) == wanted
        return len(caught)

    wanted = 1
    appoint("security", "g1", name="本格")
    before = statements()
    for number in range(4):
        appoint("security", "g4", name=f"并来{number}")
    gone = cast.areas["g4"]
    gone.valid_to, gone.successor = TODAY, heir
    gone.save()
    for model in (Assignment, Post):
        model.objects.filter(area=gone).update(area_path=heir.path)
    wanted = 5
    assert statements() == before
