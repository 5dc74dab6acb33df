"""Several at the same moment: one of them wins, the others are told, nothing is torn."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.clues.catalogue import Act
from shanzhi.clues.models import Bar, Clue, ClueOfficer, Head, Step
from shanzhi.clues.services import Deed, Given, clue_act, clue_add, clue_bar, clue_give, clue_look, officer_appoint
from shanzhi.clues.tests.desk import ADDRESS, BODY, LEAD, OFFICER, Office, office_of
from shanzhi.clues.verifying import clues_verify
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.notices.models import Notice
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import build_cast
from tests.racing import together

A = 341181
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office() -> Office:
    """Committed; every thread enters the county by itself."""
    row = County.objects.create(id=A, code=str(A), name="天长市", joined_at=timezone.now())
    cast = build_cast(row)
    with county(A):
        return office_of(cast)


def whole(office: Office) -> bool:
    return clues_verify(desk=office.desk(LEAD), at=timezone.now()).whole


def test_five_posts_under_one_key_are_one_clue(office: Office) -> None:
    results = together(*[lambda: clue_give(given=Given(body=BODY), address=ADDRESS, key="tap")] * 5)
    assert all(isinstance(one, Clue) for one in results), results
    assert len({(one.id, one.secret) for one in results}) == 1
    with county(A):
        assert Clue.objects.count() == Step.objects.count() == 1
        assert whole(office)


def test_clues_at_once_are_numbered_without_a_gap(office: Office) -> None:
    def giving(number: int) -> Callable[[], Any]:
        return lambda: clue_give(given=Given(body=f"第 {number} 件"), address=f"203.0.113.{number}")

    results = together(*map(giving, range(5)))
    assert all(isinstance(one, Clue) for one in results), results
    with county(A):
        assert sorted(Step.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5]
        assert Head.objects.get().last == 5
        assert whole(office)


def acting(office: Office, clue: Clue, act: Act, key: str | None = None, **said: Any) -> Callable[[], Any]:
    desk = office.desk(OFFICER)
    return lambda: clue_act(desk=desk, clue_id=clue.id, act=act, version=clue.version, deed=Deed(**said), key=key)


def test_of_five_acts_at_once_one_is_done(office: Office) -> None:
    with county(A):
        clue = office.assign(office.give(), OFFICER)
        works = [acting(office, clue, Act.CHECK) for _ in range(5)]
    results = together(*works)
    assert sum(isinstance(one, Clue) for one in results) == 1, results
    assert sum(isinstance(one, Conflict) for one in results) == 4, results
    with county(A):
        assert Step.objects.filter(act=Act.CHECK).count() == 1
        assert whole(office)


def test_a_double_tap_is_one_act(office: Office) -> None:
    with county(A):
        clue = office.assign(office.give(), OFFICER)
        works = [acting(office, clue, Act.CHECK, key="tap") for _ in range(3)]
    results = together(*works)
    assert all(isinstance(one, Clue) for one in results), results
    with county(A):
        assert Step.objects.filter(act=Act.CHECK).count() == 1


def test_acts_looks_and_additions_at_once(office: Office) -> None:
    """They meet at the clue and at the county's head, always in this order: nobody waits for ever."""
    with county(A):
        clue = office.assign(office.give(), OFFICER)
        lead, act = office.desk(LEAD), acting(office, clue, Act.CHECK)
    results = together(
        act, lambda: clue_look(desk=lead, clue_id=clue.id),
        lambda: clue_add(secret=clue.secret, text="还有", address=ADDRESS),
        lambda: clue_give(given=Given(body="另一件"), address=ADDRESS),
    )  # fmt: skip
    assert all(isinstance(one, Clue) for one in results), results
    with county(A):
        assert Step.objects.count() == 6
        assert whole(office)


def test_one_person_is_named_once(office: Office) -> None:
    admin, login = office.cast.actor("security_admin"), office.cast["accountant"].user.username
    results = together(*[lambda: officer_appoint(actor=admin, login=login, lead=False)] * 4)
    assert sum(isinstance(one, ClueOfficer) for one in results) == 1, results
    assert sum(isinstance(one, Invalid) for one in results) == 3, results
    with county(A):
        user = office.cast["accountant"].user
        assert ClueOfficer.objects.filter(user=user).count() == 1
        assert Notice.objects.filter(recipient_id=user.pk).count() == 1


def test_two_who_bar_at_once_leave_one_lead(office: Office) -> None:
    with county(A):
        office.appoint("command_centre", lead=True)
        clue = office.give()
    results = together(
        lambda: clue_bar(secret=clue.secret, barred=[office.id(LEAD)], address="203.0.113.1"),
        lambda: clue_bar(secret=clue.secret, barred=[office.id("command_centre")], address="203.0.113.2"),
    )  # fmt: skip
    assert [type(one) for one in results if isinstance(one, Exception)] == [Invalid]
    with county(A):
        assert Bar.objects.filter(clue_id=clue.id).count() == 1
