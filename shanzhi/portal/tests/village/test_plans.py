"""Plans of what anybody on the internet may ask for: the told cases of a village, and what is like a new report.

Read as the application's role under forced row-level security, with 4,000 cases of which hardly any has a summary.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.cases.residents.alike import alike, public_open
from shanzhi.cases.suggesting.duplicates import LOOKED_AT, Matter
from shanzhi.cases.tests import test_plans
from shanzhi.cases.tests.test_plans import plan, whole_tables
from shanzhi.portal.village.cases import Wanted, public_cases
from tests.cast import Cast

town = test_plans.town  # a committed cast with 4,000 cases and their statistics
WORDS = "路口井盖断裂，晚上容易掉下去。"


def told(cast: Cast) -> list[Case]:
    """Five of the third village's half of the 4,000 cases have a public summary; the others are public without one."""
    village = Case.objects.filter(village_path=cast.areas["v3"].path)
    village.update(is_public=True)
    ids = list(village.order_by("-id").values_list("id", flat=True)[:5])
    Case.objects.filter(id__in=ids).update(summary="井盖已换")
    return list(Case.objects.filter(id__in=ids))


def matter(cast: Cast, place: str = "g3", text: str = WORDS) -> Matter:
    return Matter(text=text, area=cast.areas[place], kind="facilities")


def caught(work: Callable[[], Any]) -> list[str]:
    """The statements about cases that this sends, with their parameters."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [one["sql"] for one in captured.captured_queries if "cases_case" in one["sql"]]


def plan_of(sql: str) -> str:
    """The plan of a statement that was caught as it was sent."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN '}{sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.parametrize(
    "wanted", [Wanted(), Wanted(state="open"), Wanted(sort="oldest"), Wanted(kinds=["facilities"])]
)
def test_the_map_of_a_village_reads_told_cases_only(town: Cast, wanted: Wanted) -> None:
    mine = told(town)
    rows = public_cases(town.areas["v3"], wanted, told=True)
    assert {row.id for row in rows} == {row.id for row in mine}
    text = plan(rows, wanted.order)
    assert whole_tables(text) == [], text
    assert "case_village_told" in text, text


def test_what_is_told_or_not_is_another_index(town: Cast) -> None:
    """The partial index holds no case without a summary: a list of all cases must not be read from it."""
    told(town)
    rows = public_cases(town.areas["v3"], Wanted())
    text = plan(rows, Wanted().order)
    assert rows.count() == 2_000
    assert whole_tables(text) == [], text
    assert "case_village_told" not in text, text
    assert "_received" in text, text


def test_duplicates_of_a_report_enter_by_an_index_and_end_at_two_hundred(town: Cast) -> None:
    told(town)
    at = timezone.now()
    found = alike(matter(town), at=at)
    assert len(found) == 3
    (sql,) = caught(lambda: alike(matter(town), at=at))
    assert f"LIMIT {LOOKED_AT}" in sql
    text = plan_of(sql)
    assert whole_tables(text) == [], text
    assert "_received" in text, text  # by place or by the newest, whichever is shorter


def test_a_text_that_says_nothing_reads_no_case(town: Cast) -> None:
    told(town)
    for text in ("", "井盖", "，。！？"):
        assert caught(lambda text=text: alike(matter(town, text=text), at=timezone.now())) == []  # type: ignore[misc]


def test_only_public_open_cases_of_the_last_month_nearby_are_alike(town: Cast) -> None:
    at = timezone.now()
    one = told(town)[0]
    everything = Case.objects.filter(village_path=town.areas["v3"].path)
    everything.update(is_public=False)
    assert alike(matter(town), at=at) == []
    Case.objects.filter(id=one.id).update(is_public=True)
    assert [found.number for found in alike(matter(town), at=at)] == [one.number]
    assert one.number not in [found.number for found in alike(matter(town, "g1"), at=at)]  # another village
    assert alike(matter(town), at=at + timedelta(days=31)) == []
    for changes in ({"seen_by": "township_officer"}, {"ended_at": at, "state": "closed"}):
        before = {name: getattr(one, name) for name in changes}
        Case.objects.filter(id=one.id).update(**changes)
        assert alike(matter(town), at=at) == [], changes
        assert not public_open(Case.objects.get(id=one.id))
        Case.objects.filter(id=one.id).update(**before)
    assert public_open(Case.objects.get(id=one.id))
