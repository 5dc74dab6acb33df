"""Triggers that mark each case whose counted columns were written, in the transaction that writes them.

Whoever changes a case marks it, and nobody has to remember to: acts, a merge of areas that rewrites paths, call-backs,
a restore. A mark is an insert and nothing else, so that no act ever waits for the roller; decision 017 says more.
The migration installs them; on SQLite a later migration that makes `cases_case` anew must install them again.
"""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

COLUMNS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {  # table → the case's id in it, what is counted from it
    "cases_case": ("id", (
        "area_path", "seen_by", "parent_id", "state", "reachable", "received_at", "accepted_at", "due_at", "close_by",
        "dispatched_at", "redispatched", "handed_back", "handled_at", "closed_at", "reopened", "contacted_at",
        "rated_at", "satisfied", "ended_at",
    )),
    "cases_callback": ("case_id", ("state", "at", "solved", "satisfied")),
}  # fmt: skip
_SEQUENCE: Final = "insight_touched_ids"
_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION insight_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'cases_case' THEN
        INSERT INTO insight_touched (id, county_id, case_id) VALUES (nextval('%s'), NEW.county_id, NEW.id);
    ELSE
        INSERT INTO insight_touched (id, county_id, case_id) VALUES (nextval('%s'), NEW.county_id, NEW.case_id);
    END IF;
    RETURN NULL;
END $$
"""
_SQLITE: Final = """
BEGIN INSERT INTO insight_touched (id, county_id, case_id)
      VALUES ((SELECT coalesce(max(id), 0) + 1 FROM insight_touched), NEW.county_id, NEW.{case}); END
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers; done twice it does no harm."""
    remove(connection)
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if postgresql:
            cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {_SEQUENCE}")
            cursor.execute(_FUNCTION % (_SEQUENCE, _SEQUENCE))
        for table, (case, columns) in COLUMNS.items():
            body = "FOR EACH ROW EXECUTE FUNCTION insight_touch()" if postgresql else _SQLITE.format(case=case)
            for name, event in _events(table, columns):
                cursor.execute(f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" {body}')


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for table, (_, columns) in COLUMNS.items():
            for name, _event in _events(table, columns):
                target = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{target}')


def _events(table: str, columns: tuple[str, ...]) -> list[tuple[str, str]]:
    named = ", ".join(f'"{column}"' for column in columns)
    return [(f"{table}_touch_new", "INSERT"), (f"{table}_touch", f"UPDATE OF {named}")]
