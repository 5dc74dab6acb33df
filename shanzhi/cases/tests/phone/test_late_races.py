"""Five parallel posts of one key: one case, one step, one note; each of the five is told the same."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.cases import services
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case, Step
from shanzhi.cases.tests.pages import dispatched, fields
from shanzhi.cases.tests.phone.sending import ago, late_report, late_step
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Entry
from tests.cast import Cast, build_cast
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
FIVE = 5


@pytest.fixture
def town() -> Cast:
    row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
    return build_cast(row)


def clients(town: Cast) -> list[Client]:
    return [town["grid_worker"].client() for _ in range(FIVE)]


def sending(send: Callable[[Client], Any], client: Client) -> Callable[[], Any]:
    return lambda: send(client).json()


def test_five_reports_of_one_key_are_one_case(town: Cast) -> None:
    with county(341181):
        sent = fields(town, done_at=ago(hours=1))
    told = together(*[sending(lambda one: late_report(one, sent), client) for client in clients(town)])
    assert [one["state"] for one in told] == ["done"] * FIVE, told
    assert len({one["number"] for one in told}) == 1
    with county(341181):
        case = Case.objects.get()
        assert Step.objects.filter(case=case).count() == 1
        assert Entry.objects.filter(object_id=case.id).count() == 1


def test_five_steps_of_one_key_are_one_step(town: Cast) -> None:
    with county(341181):
        case = dispatched(town)
    sent = {"text": "换了井盖", "idempotency_key": uuid4().hex, "done_at": ago(hours=1)}
    told = together(*[sending(lambda one: late_step(one, case, "handle", **sent), client) for client in clients(town)])
    assert [one["state"] for one in told] == ["done"] * FIVE, told
    with county(341181):
        assert Step.objects.filter(case=case, act=Act.HANDLE).count() == 1
        assert not Step.objects.filter(case=case, act=Act.NOTE).exists()


def test_five_stale_steps_of_one_key_are_one_note(town: Cast) -> None:
    with county(341181):
        case = dispatched(town)
        leader = town.actor("grid_leader")
        services.case_handle(actor=leader, case=Case.objects.get(id=case.id), version=case.version, text="换好了")
    sent = {"text": "我也换了", "idempotency_key": uuid4().hex, "done_at": ago(hours=1)}
    told = together(*[sending(lambda one: late_step(one, case, "handle", **sent), client) for client in clients(town)])
    assert [one["state"] for one in told] == ["note"] * FIVE, told
    with county(341181):
        assert list(Step.objects.filter(case=case, act=Act.NOTE).values_list("text", flat=True)) == ["我也换了"]


def test_two_steps_of_two_people_at_once_lose_nothing(town: Cast) -> None:
    """One of them is done; the other's words stand beside it as a note."""
    with county(341181):
        case = dispatched(town)

    def handling(who: str) -> Callable[[], Any]:
        return sending(lambda one: late_step(one, case, "handle", text=f"{who}换了"), town[who].client())

    works = [handling(who) for who in ("grid_worker", "grid_leader")]
    told = together(*works)
    assert sorted(one["state"] for one in told) == ["done", "note"], told
    with county(341181):
        texts = set(Step.objects.filter(case=case, act__in=[Act.HANDLE, Act.NOTE]).values_list("text", flat=True))
        assert texts == {"grid_worker换了", "grid_leader换了"}
