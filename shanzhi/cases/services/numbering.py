"""Public numbers of cases: YYMM-NNNN, counted within a county and a month."""

from datetime import datetime

from shanzhi.cases.models import MonthCounter
from shanzhi.lib.times import local
from shanzhi.tenancy.counters import count_up


def month_of(at: datetime) -> str:
    return f"{local(at):%y%m}"


def next_number(at: datetime) -> str:
    """The next number of the month; none is skipped."""
    month = month_of(at)
    return f"{month}-{count_up(MonthCounter, 'month', month):04d}"
