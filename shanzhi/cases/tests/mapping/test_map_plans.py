"""Plans of the map, read as the application's role under forced row-level security: squares enter by their index."""

from dataclasses import replace
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.cases.mapping.places import open_by_place
from shanzhi.cases.mapping.selectors import seen_on_map, whistles_on_map
from shanzhi.cases.selectors import CaseFilter, Tab, case_list_for
from shanzhi.cases.tests.mapping.world import WHOLE, at, land
from shanzhi.cases.tests.test_plans import plan, town, whole_tables
from tests.cast import Cast

__all__ = ["town"]
INDEXES = {
    ("county_leader", Tab.OPEN): "case_map_open",
    ("county_leader", Tab.ENDED): "case_map",
    ("township_officer", Tab.OPEN): "case_map_town_open",
    ("township_officer", Tab.ENDED): "case_map_town",
    ("township_officer", Tab.OVERDUE): "",  # by its squares or by its time limits, whichever are fewer
}


def asked(beginning: str, work: Any) -> str:
    """The plan of the one statement among those of this work that begins so."""
    with CaptureQueriesContext(connection) as made:
        work()
    (found,) = [query["sql"] for query in made.captured_queries if query["sql"].startswith(beginning)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{found}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_every_square_is_a_range_of_its_index(town: Cast) -> None:
    now = timezone.now()
    for (who, tab), index in INDEXES.items():
        actor, wanted = town.actor(who), CaseFilter(tab=tab)
        text = asked("WITH square", lambda: seen_on_map(actor, wanted, WHOLE, 10, now=now))  # noqa: B023
        assert whole_tables(text) == [], text
        assert f"{index} " in text, text
        if index and connection.vendor == "postgresql":
            assert text.split("Index Cond")[1].split("\n")[0].count("spot") == 2, text


def test_a_small_part_is_entered_by_its_squares_and_colours_by_their_place(town: Cast) -> None:
    now = timezone.now()
    small = (*at(5, 5), *at(7, 7))
    land(town)
    actor = town.actor("county_leader")
    wanted = CaseFilter(box=small)
    rows = case_list_for(actor, wanted, now=now)
    assert "case_map_open" in plan(rows.order_by())
    assert 0 < rows.count() < case_list_for(actor, replace(wanted, box=WHOLE), now=now).count()
    for who in ("grid_worker", "village_clerk", "township_officer", "county_leader"):
        for tab in (Tab.OPEN, Tab.ENDED, Tab.MINE):
            one = replace(wanted, tab=tab)
            text = plan(case_list_for(town.actor(who), one, now=now), one.order)
            assert whole_tables(text) == [], text
    for level in ("township", "village", "grid"):
        text = asked("WITH place", lambda: open_by_place(actor, level, WHOLE, now=now))  # noqa: B023
        assert whole_tables(text) == [], text
    assert whole_tables(asked('SELECT "cases_assignment"', lambda: whistles_on_map(actor, WHOLE, now=now))) == []
