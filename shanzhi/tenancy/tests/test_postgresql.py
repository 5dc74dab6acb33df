"""Row-level security under the application's own scoping: the role owns nothing and fails closed."""

from unittest.mock import patch

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.db.backends.postgresql import base
from django.db.utils import Error
from django.test.utils import CaptureQueriesContext

from shanzhi.areas.models import Area
from shanzhi.tenancy.context import NoCounty, county
from shanzhi.tenancy.fields import is_county_model
from tests.cast import Cast

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def _only_here() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's")


def rows(sql: str, *params: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_the_suite_runs_as_a_role_that_cannot_bypass(db: None) -> None:
    name, superuser, bypass, inherit = rows(
        "SELECT rolname, rolsuper, rolbypassrls, rolinherit FROM pg_roles WHERE rolname = current_user"
    )[0]
    assert (name, superuser, bypass, inherit) == ("shanzhi_app", False, False, False)
    assert rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user") == [(0,)]


def test_every_county_table_is_forced_and_keyed_by_county(db: None) -> None:
    tables = [m._meta.db_table for m in apps.get_models() if is_county_model(m)]
    found = dict(
        rows(
            "SELECT relname::text, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = ANY(%s)", tables
        )
    )
    assert found == dict.fromkeys(tables, True)
    for table in tables:
        key = rows(
            "SELECT array_agg(a.attname::text ORDER BY k.n) FROM pg_constraint c,"
            " unnest(c.conkey) WITH ORDINALITY k(c, n), pg_attribute a"
            " WHERE c.conrelid = %s::regclass AND c.contype = 'p' AND a.attrelid = c.conrelid AND a.attnum = k.c",
            table,
        )
        assert key == [(["county_id", "id"],)], table


def test_raw_sql_sees_the_county_of_the_transaction_and_nothing_without(cast: Cast, cast_b: Cast) -> None:
    count = "SELECT count(*) FROM areas_area"
    assert rows(count) == [(len(cast.areas),)]
    with county(410927):
        assert rows("SELECT DISTINCT county_id FROM areas_area") == [(410927,)]
    assert rows("SELECT DISTINCT county_id FROM areas_area") == [(341181,)]
    rows("SELECT set_config('app.county', '', true)")
    assert rows(count) == [(0,)]


def test_a_row_of_another_county_cannot_be_written(cast: Cast, cast_b: Cast) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        rows(
            "INSERT INTO tenancy_idempotencykey (id, county_id, key, actor_id, operation, body_digest, result_id,"
            " created_at) VALUES (1, 410927, 'x', 1, 'x', 'x', 1, now()) RETURNING id"
        )


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE areas_area DISABLE ROW LEVEL SECURITY",
        "DROP POLICY county ON areas_area",
        "CREATE TABLE mine (id int)",
        "UPDATE trail_entry SET code = 'x'",
        "DELETE FROM trail_seal",
    ],
)
def test_the_role_may_not_lift_its_own_fence(db: None, sql: str) -> None:
    with pytest.raises(Error), transaction.atomic():
        rows(sql)


def test_outside_of_a_transaction_nothing_is_read_silently(transactional_db: None) -> None:
    with county(341181, atomic=False), pytest.raises(NoCounty, match="transaction"):
        Area.objects.count()
    with county(341181, atomic=False), transaction.atomic():
        assert rows("SELECT current_setting('app.county')") == [("341181",)]
        assert Area.objects.count() == 0


def test_a_transaction_says_its_county_once(transactional_db: None) -> None:
    with CaptureQueriesContext(connection) as caught, county(341181):
        assert rows("SELECT current_setting('app.county')") == [("341181",)]
    said = [one["sql"] for one in caught.captured_queries if one["sql"].startswith("SET LOCAL")]
    assert said == ["SET LOCAL app.county = '341181'"]


def test_a_county_inside_another_is_said_and_taken_back(transactional_db: None) -> None:
    setting = "SELECT current_setting('app.county')"
    with county(341181):
        with county(410927):
            assert rows(setting) == [("410927",)]
        with county(410927, atomic=False):
            assert rows(setting) == [("410927",)]
        assert rows(setting) == [("341181",)]


def test_a_transaction_inside_a_long_job_begins_with_its_own_county(transactional_db: None) -> None:
    setting = "SELECT current_setting('app.county')"
    with county(341181, atomic=False):
        with county(410927):
            assert rows(setting) == [("410927",)]
        with transaction.atomic():
            assert rows(setting) == [("341181",)]


def test_an_idle_connection_is_usable_without_asking(transactional_db: None) -> None:
    rows("SELECT 1")
    with patch.object(base.DatabaseWrapper, "is_usable", side_effect=AssertionError("the server was asked")):
        assert connection.is_usable()


def test_a_connection_that_the_server_ended_is_noticed_and_replaced(transactional_db: None) -> None:
    other = connection.copy()
    [(pid,)] = rows("SELECT pg_backend_pid()")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()
    assert not connection.is_usable()
    connection.health_check_enabled, connection.health_check_done = True, False
    assert rows("SELECT pg_backend_pid()") != [(pid,)]


def test_after_an_error_the_server_is_asked(transactional_db: None) -> None:
    rows("SELECT 1")
    connection.errors_occurred = True
    with patch.object(base.DatabaseWrapper, "is_usable", return_value=False) as asked:
        assert not connection.is_usable()
    assert asked.called
    connection.errors_occurred = False
