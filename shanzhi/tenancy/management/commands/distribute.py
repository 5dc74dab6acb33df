"""`manage.py distribute`: what migrations cannot say about PostgreSQL, done again and again without harm."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from shanzhi.tenancy.constraints import CountyForeignConstraint
from shanzhi.tenancy.context import CROSS_ROLE
from shanzhi.tenancy.fields import is_county_model

APP_ROLE = "shanzhi_app"
PLANNER = ("random_page_cost = 1.1", "jit = off")
PRIMARY_KEY = """
    SELECT c.conname, array_agg(a.attname::text ORDER BY k.n)
      FROM pg_constraint c, unnest(c.conkey) WITH ORDINALITY k(c, n), pg_attribute a
     WHERE c.conrelid = %s::regclass AND c.contype = 'p' AND a.attrelid = c.conrelid AND a.attnum = k.c
     GROUP BY c.conname
"""


class Command(BaseCommand):
    help = (
        "After `migrate`, as the owner, on PostgreSQL: keys (county_id, id), forced row-level security, grants to the "
        "application's roles. Does nothing on SQLite. Run it after every migrate; it changes only what is missing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            return
        tables = [model for model in apps.get_models() if is_county_model(model) and model._meta.managed]
        with connection.cursor() as cursor:
            dropped = widen_keys(cursor, tables)
            with connection.schema_editor(atomic=False) as editor:
                for model, constraint in dropped:
                    cursor.execute(constraint.add_sql(model, editor))
            for model in tables:
                isolate(cursor, model._meta.db_table)
            grant(cursor)
            tune(cursor)
        self.stdout.write(f"{len(tables)} county tables isolated")


def tune(cursor: CursorWrapper) -> None:
    """For every later session: lists are entered by their indexes, which lie on a fast disk or in memory, and the first
    fifty rows are there before anything could be compiled for them. Left alone where the owner may not say so."""
    cursor.execute("SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()")
    if cursor.fetchone()[0]:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        for setting in PLANNER:
            cursor.execute(f"ALTER DATABASE {name} SET {setting}")


def widen_keys(
    cursor: CursorWrapper, tables: list[type[models.Model]]
) -> list[tuple[type[models.Model], CountyForeignConstraint]]:
    """Make each primary key (county_id, id); returns the foreign keys dropped for it, to be added again."""
    dropped: list[tuple[type[models.Model], CountyForeignConstraint]] = []
    for model in tables:
        table = model._meta.db_table
        cursor.execute(PRIMARY_KEY, [table])
        key = cursor.fetchone()
        if key is None or key[1] != ["id"]:
            continue
        for other in tables:
            for constraint in other._meta.constraints:
                if isinstance(constraint, CountyForeignConstraint) and constraint.wide:
                    field: Any = other._meta.get_field(constraint.field)
                    if field.remote_field.model is model and _drop_constraint(cursor, other, constraint.name):
                        dropped.append((other, constraint))
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.fields == ("county_id", "id"):
                _drop_constraint(cursor, model, constraint.name)
        cursor.execute(
            f'ALTER TABLE "{table}" DROP CONSTRAINT "{key[0]}", ADD CONSTRAINT "{key[0]}" PRIMARY KEY (county_id, id)'
        )
    return dropped


def _drop_constraint(cursor: CursorWrapper, model: type[models.Model], name: str) -> bool:
    table = model._meta.db_table
    cursor.execute("SELECT 1 FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s", [table, name])
    if cursor.fetchone() is None:
        return False
    cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    return True


def isolate(cursor: CursorWrapper, table: str) -> None:
    """Row-level security that fails closed: without a county of the transaction no row is seen, even by the owner."""
    cursor.execute("SELECT policyname FROM pg_policies WHERE tablename = %s", [table])
    have = {row[0] for row in cursor.fetchall()}
    if "county" not in have:
        cursor.execute(
            f'CREATE POLICY county ON "{table}" TO {APP_ROLE}'
            " USING (county_id = nullif(current_setting('app.county', true), '')::int)"
        )
    if "cross_county" not in have:
        cursor.execute(f'CREATE POLICY cross_county ON "{table}" TO {CROSS_ROLE} USING (true)')
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    cursor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')


def grant(cursor: CursorWrapper) -> None:
    """The application may read and write rows, and nothing else; tables that only grow lose UPDATE and DELETE."""
    for role in (APP_ROLE, CROSS_ROLE):
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        for model in apps.get_models():
            if getattr(model, "APPEND_ONLY", False):
                cursor.execute(f'REVOKE UPDATE, DELETE ON "{model._meta.db_table}" FROM {role}')
