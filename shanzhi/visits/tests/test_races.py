"""Five posts of one key, two people at one door, a membership that ends meanwhile; on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.people.models import Membership, Resident
from shanzhi.people.services import membership_end
from shanzhi.people.tests.world import ago, today
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Entry
from shanzhi.visits.models import Visit
from shanzhi.visits.tests.world import due, groups, make
from tests.cast import Cast, build_cast
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
A = 341181


@pytest.fixture
def here() -> tuple[Cast, Resident]:
    """A committed county with somebody who is due; every thread enters it by itself."""
    cast = build_cast(County.objects.create(id=A, code=str(A), name="天长市", joined_at=timezone.now()))
    with county(A):
        groups(cast)
        return cast, due(cast, on=ago(3))


def inside(work: Callable[[], Any]) -> Any:
    with county(A):
        return work()


def wrong(results: list[Any]) -> list[Any]:
    return [one for one in results if isinstance(one, Exception)]


def test_five_posts_of_one_key_are_one_visit_and_one_case(here: tuple[Cast, Resident]) -> None:
    cast, row = here
    results = together(*[lambda: make(cast, row, "need", report=True, key="one")] * 5)
    assert wrong(results) == []
    assert len({one.id for one in results}) == 1
    with county(A):
        assert (Visit.objects.count(), Case.objects.count()) == (1, 1)
        assert Entry.objects.filter(code="visits.visit.made").count() == 1


def test_two_at_one_door_both_count_and_the_next_day_is_right(here: tuple[Cast, Resident]) -> None:
    cast, row = here
    results = together(
        lambda: make(cast, row), lambda: make(cast, row, by="village_clerk"),
        lambda: make(cast, row, on=ago(2), by="township_officer"),
    )  # fmt: skip
    assert wrong(results) == []
    with county(A):
        assert Visit.objects.count() == 3
        assert Membership.objects.get().seen_on == today()


def test_a_membership_that_ends_meanwhile_tears_nothing(here: tuple[Cast, Resident]) -> None:
    cast, row = here
    with county(A):
        one = Membership.objects.get()
    results = together(
        lambda: make(cast, row),
        lambda: membership_end(
            actor=cast.actor("village_clerk"), number=one.id, version=one.version, until=today(), reason="搬走"
        ),
    )  # fmt: skip
    with county(A):
        member, made = Membership.objects.get(), Visit.objects.count()
        assert made == sum(isinstance(one, Visit) for one in results)
        if member.until is None:  # the visit was first, and the end was told that something had changed
            assert member.seen_on == today()
            assert len(wrong(results)) == 1
        else:
            assert member.due_on is None
