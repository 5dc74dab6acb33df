"""Many new rows of one model at once: COPY on PostgreSQL, one prepared statement on SQLite.

COPY is refused under row-level security, so that rows go into a table of the session first and from there, under the
policy, to where they belong. Sealed fields are sealed on the way.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models.base import ModelState

from shanzhi.tenancy.base import CountyModel
from shanzhi.tenancy.context import current
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.keyring import key_ring

Value = Callable[[Any], Any]
M = TypeVar("M", bound=CountyModel)


def row_new(model: type[M], **values: Any) -> M:
    """A new row in memory with its id, the current county, its defaults and these columns.

    What Django does for each field of each object besides takes longer than the database does.
    """
    row = model.__new__(model)
    row.__dict__.update(_defaults(model), _state=ModelState(), id=new_id(), county_id=current(), **values)
    return row


@lru_cache(maxsize=64)
def _defaults(model: type[CountyModel]) -> dict[str, Any]:
    fields = [field for field in model._meta.concrete_fields if field.attname not in ("id", "county_id")]
    assert not any(callable(field.default) for field in fields if field.has_default())
    return {field.attname: field.get_default() for field in fields}


def rows_insert(objs: Sequence[CountyModel]) -> None:
    """Inside the caller's transaction; the objects have all their values and are of one model."""
    if not objs:
        return
    model = type(objs[0])
    for one in objs:
        one.stamp()
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    sealed = [(at, _seal(field)) for at, field in enumerate(fields) if isinstance(field, EncryptedTextField)]
    values_insert(model, [str(field.column) for field in fields], [_row(one, names, sealed) for one in objs])


def _row(one: CountyModel, names: Sequence[str], sealed: Sequence[tuple[int, Value]]) -> list[Any]:
    values = one.__dict__
    row = [values[name] for name in names]
    for at, seal in sealed:
        row[at] = seal(row[at])
    return row


def _seal(field: "EncryptedTextField") -> Value:
    ring, place = key_ring(field.ring), field.place
    return lambda text: None if text is None else ring.seal(text, place)


def values_insert(model: type[CountyModel], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Rows of values in the order of these columns, their county and id among them."""
    if not rows:
        return
    table, columns = model._meta.db_table, ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            incoming = f"incoming_{table}"
            cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {incoming} (LIKE {table}) ON COMMIT DELETE ROWS")
            with cursor.copy(f"COPY {incoming} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {incoming}")  # noqa: S608
            cursor.execute(f"TRUNCATE {incoming}")
        else:
            places = ", ".join(["%s"] * len(names))
            sql = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608  # names of our own
            cursor.executemany(sql, [[_plain(value) for value in row] for row in rows])


def _plain(value: Any) -> Any:
    """As Django writes it on SQLite."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else value
