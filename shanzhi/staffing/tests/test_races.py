"""Two people at once and a double click: one of them wins, the other is told, nothing is torn; on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.lib.errors import Conflict, Stale
from shanzhi.lib.times import local
from shanzhi.staffing import services
from shanzhi.staffing.models import Assignment, AssignmentAct, PhoneShown, RuleEntry
from shanzhi.staffing.services import Details, Term
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Entry
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


def add(here: Cast, by: str = "county_centre", **changes: Any) -> Assignment:
    call = {"role": "police", "place": here.areas["v1"].code, "details": Details("孙志平", phone="13955501234"),
            "term": Term(local(timezone.now()).date()), **changes}  # fmt: skip
    return services.assignment_add(actor=here.actor(by), **call)


def test_the_same_person_by_three_offices_at_once_is_appointed_once(here: Cast) -> None:
    offices = ("county_centre", "township_officer", "village_clerk")
    results = together(*(lambda by=by: add(here, by) for by in offices))
    assert refusals(results) == [Conflict, Conflict]
    with county(NUMBER):
        assert Assignment.objects.count() == AssignmentAct.objects.count() == 1
        assert Entry.objects.filter(code="staffing.assignment.appointed").count() == 1


def test_a_double_click_appoints_once_and_both_are_told_the_same(here: Cast) -> None:
    results = together(*[lambda: add(here, key="one")] * 3)
    assert refusals(results) == []
    assert len({row.id for row in results}) == 1
    assert inside(lambda: Assignment.objects.count()) == 1


def test_of_an_end_and_a_renewal_at_once_one_stands(here: Cast) -> None:
    row, clerk = inside(lambda: add(here)), here.actor("village_clerk")
    inside(lambda: services.assignment_set_term(
        actor=clerk, number=row.id, version=1, term=Term(row.valid_from, row.valid_from), reason="短"
    ))  # fmt: skip
    results = together(
        lambda: services.assignment_end(actor=clerk, number=row.id, version=2, reason="调离"),
        lambda: services.assignment_renew(actor=clerk, number=row.id, version=2, valid_to=None),
    )
    assert refusals(results) == [Stale]
    with county(NUMBER):
        now = Assignment.objects.get()
        assert now.version == 3
        assert AssignmentAct.objects.count() == 3
        assert (now.ended_on is None) == (now.valid_to is None)


def test_the_rule_changes_one_after_another(here: Cast) -> None:
    def change(least: int) -> RuleEntry:
        return services.rule_set(
            actor=here.actor("county_centre"), role="worker", level="grid", least=least, reason="x", seen=0
        )

    results = together(lambda: change(2), lambda: change(3), lambda: change(4))
    assert refusals(results) == [Stale, Stale]
    with county(NUMBER):
        assert RuleEntry.objects.get().number == 1


def test_two_who_look_at_a_number_are_both_written_down(here: Cast) -> None:
    row = inside(lambda: add(here))
    results = together(*(
        lambda by=by: services.phone_show(actor=here.actor(by), number=row.id, purpose="case")
        for by in ("grid_worker", "grid_leader", "village_clerk")
    ))  # fmt: skip
    assert refusals(results) == []
    assert inside(lambda: PhoneShown.objects.count()) == 3
