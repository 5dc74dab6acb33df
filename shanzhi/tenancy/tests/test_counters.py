"""Numbers one after the other, each county and each value by itself."""

import pytest
from django.db.transaction import atomic

from shanzhi.cases.models import MonthCounter
from shanzhi.duties.models import DutyCounter
from shanzhi.tenancy.context import county
from shanzhi.tenancy.counters import count_up
from shanzhi.tenancy.models import County


def test_each_value_and_each_county_counts_by_itself(counties: dict[int, County]) -> None:
    with county(341181):
        assert [count_up(MonthCounter, "month", "2611") for _ in range(3)] == [1, 2, 3]
        assert count_up(MonthCounter, "month", "2612") == 1
        assert count_up(DutyCounter, "year", 2026) == 1
    with county(410927):
        assert count_up(MonthCounter, "month", "2611") == 1
    with county(341181):
        assert count_up(MonthCounter, "month", "2611") == 4
        assert MonthCounter.objects.get(month="2611").last == 4


def test_what_is_taken_back_gives_its_number_back(county_a: County) -> None:
    count_up(DutyCounter, "year", 2026)
    with pytest.raises(ZeroDivisionError), atomic():
        count_up(DutyCounter, "year", 2026)
        raise ZeroDivisionError
    assert count_up(DutyCounter, "year", 2026) == 2
