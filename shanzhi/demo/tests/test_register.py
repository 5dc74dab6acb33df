"""The people of the demo: the same for the same day, through the services, and nobody real."""

from collections import Counter

import pytest

from shanzhi.demo.chance import chance
from shanzhi.demo.register import FAMILIES, GRIDS, NOWHERE, VILLAGES, families
from shanzhi.demo.tests.loaded import A, Loaded
from shanzhi.lib.idcards import id_problem
from shanzhi.people.groups import groups_all
from shanzhi.people.models import Dwelling, Household, Membership, Resident, Stay
from shanzhi.people.selectors.counts import population_on
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county

pytestmark = pytest.mark.django_db


def test_families_are_the_same_each_time_and_of_every_kind() -> None:
    first, again = (list(families(chance("x"))) for _ in range(2))
    assert first == again
    assert len(first) == FAMILIES
    people = [one for family, _ in first for one in family]
    assert {one.group for one in people} >= {"left_child", "left_old", "left_woman", "alone", "disabled", "veteran"}
    assert any(one.away for one in people)
    assert any(outside for _, outside in first)
    assert all(family[0].relation == "0" for family, _ in first)


def test_a_few_villages_have_their_people(small: Loaded) -> None:
    with county(A):
        grids = sum(
            min(GRIDS, len(village.grids))
            for township in small.first.townships for village in [v for v in township.villages if v.grids][:VILLAGES]
        )  # fmt: skip
        assert Dwelling.objects.count() == Household.objects.count() == grids * FAMILIES
        assert not Dwelling.objects.filter(lon=None).exists()
        populations = Counter(Resident.objects.values_list("population", flat=True))
        assert set(populations) == {"settled", "inflow", "away"}
        assert Resident.objects.filter(household=None).count() == 0
        heads = Counter(Resident.objects.filter(relation="0").values_list("household_id", flat=True))
        assert set(heads.values()) == {1}
        assert len(heads) == Household.objects.count()


def test_nobody_real_is_meant(small: Loaded) -> None:
    with county(A):
        for row in Resident.objects.all():
            assert row.paper_number.startswith(NOWHERE)
            assert id_problem(row.paper_number, small.first.end.date()) == ""
            assert not row.phone or row.phone.startswith("1380000")


def test_children_without_parents_at_home_are_looked_after(small: Loaded) -> None:
    with county(A):
        known = groups_all()
        rows = list(Membership.objects.select_related("resident"))
        assert {row.group for row in rows} <= set(known)
        assert all(row.until is None and row.due_on is not None for row in rows)
        child = next(row.resident for row in rows if row.group == "left_child")
        parents = Resident.objects.filter(household=child.household, relation__in=("0", "1"))
        assert {one.population for one in parents} == {"away"}
        assert {one.lives for one in parents} == {None}


def test_any_day_since_can_be_asked_for(small: Loaded) -> None:
    with county(A):
        county_area = Resident.objects.exclude(registered=None)[0].registered
        assert county_area is not None
        top = county_area.parent
        while top is not None and top.parent is not None:
            top = top.parent
        assert top is not None
        today = small.first.end.date()
        now, then = population_on(top, today), population_on(top, today.replace(year=today.year - 1))
        assert now.figures.away > 0
        assert then.figures.away == 0
        assert then.figures.living > now.figures.living


def test_it_is_in_the_trail_and_nothing_of_it_is_amiss(small: Loaded) -> None:
    with county(A):
        assert Entry.objects.filter(code="people.resident.first").count() > 0
        assert Stay.objects.filter(void=True).count() == 0
    assert verify_county(A).findings == []
