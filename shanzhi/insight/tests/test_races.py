"""Several rollers at once, and people who go on meanwhile: nothing is counted twice, nothing is lost."""

from typing import Any

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases import services
from shanzhi.cases.models import Case
from shanzhi.cases.rates.periods import YEAR, named
from shanzhi.insight import rolled
from shanzhi.insight.live import Reader, summed
from shanzhi.insight.models import PlaceDay, Rolling, Touched
from shanzhi.insight.services import recount, roll, roll_all
from shanzhi.insight.tests.proof import built, proved
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast, report
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Cast:
    row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
    town = build_cast(row)
    with county(341181):
        built()
    return town


def facts(town: Cast) -> dict[str, int]:
    at = timezone.now()
    with county(341181):
        reader = Reader(Actor.system(341181), town.areas["county"], at)
        return summed(rolled.by_place(reader, named(YEAR, at)).values())


def rolled_one(*_: Any) -> int:
    return roll(at=timezone.now(), size=2)


def test_four_rollers_count_each_case_once(town: Cast) -> None:
    with county(341181):
        for _ in range(6):
            report(town)
    results = together(*[rolled_one] * 4)
    assert sum(results) == 6, results
    with county(341181):
        assert not Touched.objects.exists()
        assert PlaceDay.objects.get(path=town.areas["county"].path, reported__gt=0).reported == 6
        proved()


def test_the_row_of_a_county_is_made_once(town: Cast) -> None:
    with county(341181):
        Rolling.objects.all().delete()
        report(town)
    found = together(*[lambda: recount(at=timezone.now())] * 2)
    assert sorted(one.first for one in found) == [False, True], found
    with county(341181):
        assert Rolling.objects.count() == 1
        proved()


def test_people_go_on_while_it_is_rolled(town: Cast) -> None:
    with county(341181):
        cases = [report(town) for _ in range(3)]
    clerk = town.actor("village_clerk")

    def accept(case: Case) -> Any:
        return lambda: services.case_accept(actor=clerk, case=Case.objects.get(id=case.id), version=1).state

    results = together(*[accept(case) for case in cases], lambda: roll_all(at=timezone.now()), rolled_one)
    assert results[:3] == ["accepted"] * 3, results
    assert (facts(town)["reported"], facts(town)["accepted"]) == (3, 3)
    with county(341181):
        roll_all(at=timezone.now())
    assert (facts(town)["reported"], facts(town)["accepted"]) == (3, 3)
    with county(341181):
        proved()
