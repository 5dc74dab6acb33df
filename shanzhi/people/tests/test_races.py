"""Two people at once and a double click: one of them wins, the other is told, nothing is torn; on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.lib.errors import Conflict, DomainError, Invalid, Stale
from shanzhi.people.models import Dwelling, Household, Kin, Look, Membership, Resident, Stay
from shanzhi.people.services import number_show
from shanzhi.people.services.kinship import Relative, kin_add
from shanzhi.people.tests.world import dwelling, groups, happen, household, id_number, member, resident
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 341181


@pytest.fixture
def here() -> Cast:
    """A committed county; every thread enters it by itself."""
    row = County.objects.create(id=NUMBER, code=str(NUMBER), name="天长市", joined_at=timezone.now())
    return build_cast(row)


def inside(work: Callable[[], Any]) -> Any:
    with county(NUMBER):
        return work()


def refusals(results: list[Any]) -> list[type[Exception]]:
    return [type(one) for one in results if isinstance(one, Exception)]


def test_the_same_person_by_two_offices_at_once_is_registered_once(here: Cast) -> None:
    number = id_number()
    results = together(
        lambda: resident(here, by="village_clerk", paper_number=number, order=1),
        lambda: resident(here, by="township_officer", paper_number=number, order=1),
    )
    assert refusals(results) == [Conflict]
    assert next(one for one in results if isinstance(one, DomainError)).code == "known_person"
    with county(NUMBER):
        assert Resident.objects.count() == Stay.objects.count() == 1


def test_a_double_click_registers_once_and_both_are_told_the_same(here: Cast) -> None:
    results = together(*[lambda: resident(here, order=1, key="one")] * 3)
    assert refusals(results) == []
    assert len({row.id for row in results}) == 1
    assert inside(Resident.objects.count) == 1


def test_of_two_events_at_once_one_stands(here: Cast) -> None:
    row = inside(lambda: resident(here))
    results = together(
        lambda: happen(here, row, "left", version=1, lives_elsewhere="上海市"),
        lambda: happen(here, row, "died", version=1),
    )
    assert refusals(results) == [Stale]
    with county(NUMBER):
        assert Stay.objects.filter(resident=row, until=None, void=False).count() == 1
        assert Resident.objects.get().version == 2


def test_two_heads_at_once_are_one(here: Cast) -> None:
    house = inside(lambda: household(here))
    results = together(
        lambda: resident(here, name="甲", order=1, household=house.id, relation="0"),
        lambda: resident(here, name="乙", order=2, household=house.id, relation="0"),
    )
    assert refusals(results) == [Invalid]
    assert inside(lambda: Resident.objects.filter(relation="0").count()) == 1


def test_one_address_by_two_at_once_is_one_dwelling(here: Cast) -> None:
    results = together(*[lambda: dwelling(here)] * 2)
    assert refusals(results) == [Conflict]
    assert inside(Dwelling.objects.count) == 1


def test_numbers_of_households_are_never_given_twice(here: Cast) -> None:
    results = together(*[lambda: household(here)] * 3)
    assert refusals(results) == []
    numbers = inside(lambda: sorted(Household.objects.values_list("number", flat=True)))
    assert [one[-6:] for one in numbers] == ["000001", "000002", "000003"]


def test_into_a_group_twice_at_once_is_once(here: Cast) -> None:
    inside(lambda: groups(here))
    row = inside(lambda: resident(here))
    results = together(*[lambda: member(here, row)] * 2)
    assert refusals(results) == [Conflict]
    assert inside(Membership.objects.count) == 1


def test_two_who_look_at_a_number_are_both_written_down(here: Cast) -> None:
    row = inside(lambda: resident(here))
    results = together(*(
        lambda by=by: number_show(actor=here.actor(by), number=row.id, field="phone", purpose="case")
        for by in ("grid_worker", "grid_leader", "village_clerk")
    ))  # fmt: skip
    assert refusals(results) == []
    assert inside(Look.objects.count) == 3


def test_two_who_write_down_one_pair_from_both_sides_do_it_once(here: Cast) -> None:
    one = inside(lambda: resident(here, paper_number=id_number(order=1)))
    two = inside(lambda: resident(here, paper_number=id_number(order=3)))

    def add(row: Resident, other: Resident) -> Callable[[], Any]:
        relative = Relative(who="", tie="sibling", member=other.id)
        return lambda: kin_add(actor=here.actor("village_clerk"), resident=row.id, relative=relative)

    results = together(*[add(one, two), add(two, one)] * 2)
    assert refusals(results) == [Conflict] * 3
    assert inside(Kin.objects.count) == 1
