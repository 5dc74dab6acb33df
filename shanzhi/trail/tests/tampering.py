"""What somebody with full power over the database could do: change what the guards protect, and put them back."""

from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from shanzhi.config import env
from shanzhi.trail import guards


def tamper(table: str, statement: str, params: tuple[Any, ...] = ()) -> int:
    """Run one statement on a table of the test's database as its owner, past triggers, grants and row-level security.

    Returns how many rows it changed. The test must have committed: on PostgreSQL it is another connection.
    """
    if connection.vendor == "sqlite":
        guards.remove(connection)
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            changed = cursor.rowcount
        guards.install(connection)
        return changed
    owner = env.database(settings.DATABASE_OWNER_URL, root=settings.ROOT)
    here = connection.settings_dict
    with psycopg.connect(
        host=here["HOST"], port=here["PORT"], dbname=here["NAME"], user=owner["USER"], password=owner["PASSWORD"]
    ) as other:
        other.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER")
        changed = other.execute(statement, params).rowcount
        other.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY, ENABLE TRIGGER USER")
    return changed
