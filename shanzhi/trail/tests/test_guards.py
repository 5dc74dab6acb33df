"""What the database itself refuses, whoever asks through the application."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.transaction import atomic

from shanzhi.tenancy.context import county
from shanzhi.trail import guards
from shanzhi.trail.models import Batch, Entry, Seal, SealItem
from shanzhi.trail.sealing import seal_county
from shanzhi.trail.services import record, record_bulk
from shanzhi.trail.tests.factories import START, make_event, person, recorded_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counties", "events")]
A = 341181


@pytest.mark.parametrize("table", guards.TABLES)
def test_what_only_grows_can_be_neither_changed_nor_removed(table: str) -> None:
    with county(A):
        rows = [recorded_event()[0]]
        record_bulk(actor=person(), code="test.things.made", objs=rows, at=START)
        seal_county(A, at=START)
        with connection.cursor() as cursor:
            for statement in (f"UPDATE {table} SET county_id = county_id", f"DELETE FROM {table}"):
                with pytest.raises(DatabaseError, match=r"only grows|permission denied"), atomic():
                    cursor.execute(statement)
        assert Entry.objects.count() == 2


@pytest.mark.parametrize("model", [Entry, Batch, Seal, SealItem])
def test_every_guarded_table_is_declared_as_one_that_only_grows(model: Any) -> None:
    assert model.APPEND_ONLY
    assert model._meta.db_table in guards.TABLES


@pytest.mark.postgres
def test_the_applications_role_has_no_right_to_change_them_either() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("grants are PostgreSQL's")
    with connection.cursor() as cursor:
        for table in guards.TABLES:
            for right in ("UPDATE", "DELETE"):
                cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, right])
                assert cursor.fetchone() == (False,)


@pytest.mark.sqlite
def test_guards_can_be_lifted_and_put_back_by_whoever_may_change_tables() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL the application's role may not")
    with county(A):
        entry = recorded_event()[1]
        guards.remove(connection)
        assert Entry.objects.filter(id=entry.id).update(at=START - timedelta(days=1)) == 1
        guards.install(connection)
        guards.install(connection)
        with pytest.raises(DatabaseError, match="only grows"), atomic():
            Entry.objects.filter(id=entry.id).update(at=START)


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_of_a_transaction_is_refused() -> None:
    with county(A, atomic=False):
        with atomic():
            row = make_event()
        with pytest.raises(RuntimeError, match="atomic"):
            record(actor=person(), code="test.thing.made", obj=row, at=START)
