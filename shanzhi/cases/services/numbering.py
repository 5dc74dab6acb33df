"""Public numbers of cases: YYMM-NNNN, counted within a county and a month."""

from datetime import datetime

from django.db import connection

from shanzhi.lib.times import local
from shanzhi.tenancy.context import current
from shanzhi.tenancy.ids import new_id


def month_of(at: datetime) -> str:
    return f"{local(at):%y%m}"


def next_number(at: datetime) -> str:
    """The next number of the month; the counter's row stays locked until the transaction ends, so none is skipped."""
    month = month_of(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_monthcounter AS c (id, county_id, month, last) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (county_id, month) DO UPDATE SET last = c.last + 1 RETURNING last",
            [new_id(), current(), month],
        )
        row = cursor.fetchone()
    return f"{month}-{row[0]:04d}"
