"""Numbers given out one after the other within a county."""

from django.db import connection

from shanzhi.tenancy.context import current
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.models import CountyModel


def count_up(model: type[CountyModel], column: str, value: str | int, *, by: int = 1) -> int:
    """The next number of this value: 1, 2, …; with `by` so many at once, of which the last is returned.

    The model has `last` and is unique by county and `column`. Its row stays locked until the transaction ends, so that
    no number is given twice or skipped.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS c (id, county_id, {column}, last) VALUES (%s, %s, %s, %s)"  # noqa: S608
            f" ON CONFLICT (county_id, {column}) DO UPDATE SET last = c.last + excluded.last RETURNING last",
            [new_id(), current(), value, by],
        )
        number: int = cursor.fetchone()[0]
    return number
