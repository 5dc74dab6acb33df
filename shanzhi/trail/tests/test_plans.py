"""How the database finds what the trail asks for: by an index, never by reading a whole table."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import atomic

from shanzhi.tenancy.context import county
from shanzhi.tenancy.ids import id_at
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Batch, Check, Entry, Salt, Seal, SealItem
from shanzhi.trail.sealing import RECENT, _unsealed, seal_county
from shanzhi.trail.selectors import EntryFilter, _matching
from shanzhi.trail.tests.factories import START, recorded_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county_a", "events")]
TABLES = [model._meta.db_table for model in (Entry, Salt, Batch, Seal, SealItem, Check)]


def plan(rows: "QuerySet[Any]") -> str:
    """The plan as the application's role gets it, with reading and sorting of whole tables made dear."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def whole_tables(text: str) -> list[str]:
    scanned = [f"Seq Scan on {name}" for name in TABLES] + [f"SCAN {name}" for name in TABLES]
    return [line for line in text.splitlines() if any(scan in line for scan in scanned) and "INDEX" not in line]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (EntryFilter(), "trail_entry_time"),
        (EntryFilter(since=START, until=START + timedelta(days=1)), "trail_entry_time"),
        (EntryFilter(actor_id=7), "trail_entry_actor"),
        (EntryFilter(object_type="cases.case", object_id=5), "trail_entry_object"),
        (EntryFilter(object_id=5), "trail_entry_object"),
        (EntryFilter(code="cases.case.closed"), "trail_entry_"),
    ],
)
def test_each_filter_of_the_list_has_its_index(wanted: EntryFilter, index: str) -> None:
    _, entry = recorded_event(1)
    filler = [Entry(at=START, actor_id=n, code="x.y.z", object_type="x.y", object_id=n) for n in range(3000)]
    for row in filler:
        row.digest = row.leaf = bytes(entry.leaf)
    Entry.objects.bulk_create(filler)
    text = plan(_matching(wanted).order_by("-at", "-id")[:51])
    assert whole_tables(text) == [], text
    assert index in text, text


def test_the_sealer_looks_at_recent_entries_only() -> None:
    recorded_event(1)
    floor = id_at(int((START - RECENT).timestamp() * 1000))
    text = plan(_unsealed(floor).order_by("id").values_list("id", "leaf")[:10_000])
    assert whole_tables(text) == [], text
    assert "entry_id" in text, text  # each recent entry is looked up among the items, which are not read


@pytest.mark.parametrize(
    "rows",
    [
        lambda: Entry.objects.filter(object_type="cases.case", object_id__in=[1, 2, 3]),
        lambda: Salt.objects.filter(object_type="cases.case", object_id__in=[1, 2, 3]),
        lambda: Batch.objects.filter(object_type="cases.case", first_id__lte=9, last_id__gte=3),
        lambda: Batch.objects.filter(entry_id__in=[1, 2]),
        lambda: SealItem.objects.filter(seal_id=1).order_by("position"),
        lambda: SealItem.objects.filter(entry_id__in=[1, 2]),
        lambda: Seal.objects.order_by("-number")[:1],
        lambda: Check.objects.order_by("-ended_at")[:1],
    ],
)
def test_what_the_verifier_and_the_pages_ask_is_found_by_an_index(rows: Any) -> None:
    text = plan(rows())
    assert whole_tables(text) == [], text


def test_entries_of_another_county_do_not_slow_the_sealer_down(counties: dict[int, County]) -> None:
    with county(410927), atomic():
        recorded_event(1)
    assert seal_county(341181, at=START) == 0
    assert seal_county(410927, at=START) == 1
