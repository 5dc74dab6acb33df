"""Triggers that refuse every change of what only grows, whoever asks: the owner of the tables as well.

The first migration installs them; on SQLite a later migration that alters one of these tables makes it anew and must
install them again. Only whoever may change tables can lift them (and then the verifier names what was altered);
the tests do so around the flush of their database. TRUNCATE is left to grants: the application's role has none.
"""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES: Final = ("trail_entry", "trail_batch", "trail_seal", "trail_sealitem")
EVENTS: Final = ("update", "delete")
_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail only grows: % of % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Forbid UPDATE and DELETE on the tables of the trail; done twice it does no harm."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table, event, name in _triggers():
            if connection.vendor == "postgresql":
                action = "FOR EACH ROW EXECUTE FUNCTION trail_refuse()"
            else:
                action = "BEGIN SELECT RAISE(ABORT, 'the trail only grows'); END"
            cursor.execute(f'CREATE TRIGGER "{name}" BEFORE {event.upper()} ON "{table}" {action}')


def remove(connection: BaseDatabaseWrapper) -> None:
    """Lift the guards; on PostgreSQL only the owner of the tables can."""
    with connection.cursor() as cursor:
        for table, _event, name in _triggers():
            target = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{target}')


def _triggers() -> list[tuple[str, str, str]]:
    return [(table, event, f"{table}_no_{event}") for table in TABLES for event in EVENTS]
