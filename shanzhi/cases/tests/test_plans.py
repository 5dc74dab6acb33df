"""Plans, read as the application's role under forced row-level security: no work list reads a whole table.

Sequential scans are switched off where PostgreSQL offers it, so a scan that is left means that no index can be used
at all, as happens with operators that are not leakproof.
"""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

from shanzhi.cases.models import Assignment, Case, CaseText, Step
from shanzhi.cases.selectors import CaseFilter, Cases, Tab, case_list_for
from shanzhi.config import env
from shanzhi.tenancy.context import county
from shanzhi.tenancy.keyset import Order
from shanzhi.tenancy.models import County, CountyModel
from tests.cast import Cast, build_cast, report

BIG = ("cases_case", "cases_step", "cases_casetext", "cases_assignment", "trail_entry")


def plan(rows: Cases, order: Order | None = None) -> str:
    """The database's plan for the first page of these rows."""
    if order is not None:
        rows = order.sorted(rows)[:51]
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:  # nothing is asked of the database at all
        return ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}", params)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def whole_tables(text: str) -> list[str]:
    """Big tables that the plan reads from end to end."""
    postgres = [name for name in BIG if f"Seq Scan on {name}" in text]
    sqlite = [
        line for line in text.splitlines() for name in BIG if line.startswith(f"SCAN {name}") and "INDEX" not in line
    ]
    return postgres + sqlite


@pytest.mark.parametrize(
    "who", ["grid_worker", "village_clerk", "township_officer", "county_leader", "department_handler"]
)
@pytest.mark.parametrize("tab", list(Tab.LABELS))
def test_every_tab_of_everybody_enters_by_an_index(cast: Cast, who: str, tab: str) -> None:
    report(cast)
    wanted = CaseFilter(tab=tab)
    text = plan(case_list_for(cast.actor(who), wanted, now=timezone.now()), wanted.order)
    assert whole_tables(text) == [], text


INDEXES: dict[str, tuple[str, Callable[[Cast], CaseFilter]]] = {
    "mine": ("case_turn_area", lambda cast: CaseFilter(tab=Tab.MINE)),
    "mine of a unit": ("case_turn_unit", lambda cast: CaseFilter(tab=Tab.MINE)),
    "own reports": ("case_reporter", lambda cast: CaseFilter(tab=Tab.REPORTED)),
}


@pytest.fixture
def town(transactional_db: None) -> Iterator[Cast]:
    """A committed cast with 4,000 cases, of which the database has statistics."""
    row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
    cast = build_cast(row)
    with county(row.id):
        case = report(cast)
        changes = {"number": "'x' || g", "area_path": "'0001000' || (1 + g % 2) || '0003000' || (g % 9)", **SPREAD}
        for column, other in (("turn_area_id", cast.areas["v2"].id), ("reporter_id", cast["other_worker"].user.pk)):
            changes[column] = f"CASE WHEN g % 100 = 0 THEN {column} ELSE {other} END"
        multiply("cases_case", Case, case.id, changes)
        multiply("cases_casetext", CaseText, case.texts.get().id, {"case_id": "case_id + g", "tokens": OTHER_WORDS})
    if connection.vendor == "postgresql":
        owner = env.database(settings.DATABASE_OWNER_URL, root=settings.ROOT)
        place = {key: owner[key.upper()] for key in ("host", "port", "user")}
        with psycopg.connect(**place, dbname=connection.settings_dict["NAME"], autocommit=True) as session:
            session.execute("ANALYZE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    with county(row.id):
        yield cast
    if connection.vendor == "sqlite":  # statistics outlive the rows that they were made of, and mislead later plans
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sqlite_stat1")
            cursor.execute("ANALYZE sqlite_schema")


# All over the county.
SPREAD = {"lon": "1189000000 + (g * 7919) % 4000000", "lat": "326000000 + (g * 104729) % 2000000"}
OTHER_WORDS = "('别的' || (g % 50))" + ("::tsvector" if connection.vendor == "postgresql" else "")


def multiply(table: str, model: type[CountyModel], row_id: int, changes: dict[str, str]) -> None:
    """4,000 more rows like this one."""
    names = [field.column for field in model._meta.local_fields if not field.generated]
    values = [changes.get(name, "id + g" if name == "id" else name) for name in names]
    series = "WITH RECURSIVE s(g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM s WHERE g < 4000)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{series} INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table}, s"
            if connection.vendor == "postgresql"
            else f"INSERT INTO {table} ({', '.join(names)}) {series} SELECT {', '.join(values)} FROM {table}, s"
            f" WHERE {table}.id = {row_id}"
        )


def test_search_and_subtree_enter_by_the_indexes_made_for_them(town: Cast) -> None:
    wanted = CaseFilter(query="井盖")
    rows = case_list_for(town.actor("county_leader"), wanted, now=timezone.now())
    text = plan(rows, wanted.order)
    assert rows.count() == 1
    assert whole_tables(text) == [], text
    assert ("cases_casetext_tokens" if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX") in text, text
    ended = CaseFilter(tab=Tab.ENDED)
    text = plan(case_list_for(town.actor("village_clerk"), ended, now=timezone.now()).order_by())
    assert "case_village_received" in text, text
    if connection.vendor == "postgresql":
        assert "village_path" in text.split("Index Cond")[1].split("\n")[0], text


def test_the_index_made_for_a_list_is_the_one_used(town: Cast) -> None:
    for name, (index, make) in INDEXES.items():
        wanted = make(town)
        who = "department_handler" if "unit" in name else "village_clerk"
        text = plan(case_list_for(town.actor(who), wanted, now=timezone.now()), wanted.order)
        assert index in text, f"{name}: {text}"


def test_steps_and_assignments_of_a_case_enter_by_its_id(cast: Cast) -> None:
    case = report(cast)
    for rows in (Step.objects.filter(case_id=case.id).order_by("-version"), Assignment.objects.filter(case_id=case.id)):
        assert whole_tables(plan(rows)) == []
