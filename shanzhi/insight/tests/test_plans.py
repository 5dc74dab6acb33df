"""Plans as the application's role gets them: figures of a place enter by an index, however old the county is."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from shanzhi.cases.tests.test_plans import plan
from shanzhi.insight.models import Counted, PlaceDay, PlacePair
from shanzhi.insight.rolled import PAIR, _open, _summed
from shanzhi.insight.shares import COLUMNS
from shanzhi.insight.tests.proof import built
from tests.cast import Cast, report

TABLES = ("insight_placeday", "insight_placepair", "insight_counted")


def whole(text: str) -> list[str]:
    """Tables that the plan reads from end to end."""
    lines = text.splitlines()
    return [
        line for line in lines for name in TABLES
        if f"Seq Scan on {name}" in line or (line.startswith(f"SCAN {name}") and "INDEX" not in line)
    ]  # fmt: skip


@pytest.fixture
def path(cast: Cast) -> str:
    report(cast)
    built()
    return str(cast.areas["t1"].path)


def days() -> tuple[Any, Any]:
    today = timezone.localdate()
    return today - timedelta(days=30), today


@pytest.mark.parametrize("column", ["path", "up"])
def test_sums_of_a_period(path: str, column: str) -> None:
    rows = PlaceDay.objects.filter(Q((column, path)), day__range=days())
    assert whole(plan(_summed(rows, COLUMNS, "path"))) == []


@pytest.mark.parametrize("column", ["path", "up"])
def test_what_stands_open(path: str, column: str) -> None:
    rows = PlaceDay.objects.filter(Q((column, path)), day__lte=days()[1])
    assert whole(plan(_open(rows))) == []


@pytest.mark.parametrize("column", ["path", "up"])
def test_pairs_of_a_period(path: str, column: str) -> None:
    rows = PlacePair.objects.filter(Q((column, path)), called_on__range=days(), rated_on__range=days())
    assert whole(plan(_summed(rows, PAIR, "path"))) == []


def test_a_series(path: str) -> None:
    rows = PlaceDay.objects.filter(path=path, day__range=days())
    assert whole(plan(_summed(rows, COLUMNS, "day"))) == []


def test_what_a_batch_was_counted_as(path: str) -> None:
    assert whole(plan(Counted.objects.filter(id__in=range(1, 1000)))) == []


def test_a_long_history_is_a_row_a_day(path: str) -> None:
    """A year of the county is 365 rows for each group of roles, whatever the number of cases."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM insight_placeday WHERE county_id = 341181 AND up = '' AND reported > 0")
        assert cursor.fetchone()[0] == 1
