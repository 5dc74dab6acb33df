"""Two people at once, a double click, five posts of one key: one of them wins, the others are told, nothing is torn."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases import services
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.cases.services import Report, case_report
from shanzhi.lib.errors import Conflict
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County, IdempotencyKey, OutboxEvent
from shanzhi.trail.models import Entry
from tests.cast import Cast, build_cast, report
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Cast:
    """A committed cast; every thread enters the county by itself."""
    row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
    return build_cast(row)


def opened(town: Cast) -> Case:
    with county(341181):
        return report(town)


def test_of_five_who_accept_at_once_one_does(town: Cast) -> None:
    case = opened(town)
    people = [town.actor(who) for who in ("village_clerk", "branch_secretary") * 3][:5]

    def accept(actor: Any) -> Callable[[], Any]:
        return lambda: services.case_accept(actor=actor, case=Case.objects.get(id=case.id), version=1)

    results = together(*[accept(actor) for actor in people])
    assert sum(isinstance(r, Case) for r in results) == 1, results
    assert sum(isinstance(r, Conflict) and r.status == 409 for r in results) == 4, results
    with county(341181):
        assert list(Step.objects.filter(case=case).order_by("version").values_list("act", flat=True)) == [
            "report",
            "accept",
        ]
        assert Entry.objects.filter(object_id=case.id).count() == 2
        assert OutboxEvent.objects.filter(subject_id=case.id).count() == 2


def test_accept_against_reject_against_escalate(town: Cast) -> None:
    case = opened(town)
    clerk, secretary, officer = (town.actor(w) for w in ("village_clerk", "branch_secretary", "township_officer"))

    def fresh() -> Case:
        return Case.objects.select_related("owner__parent").get(id=case.id)

    results = together(
        lambda: services.case_accept(actor=clerk, case=fresh(), version=1),
        lambda: services.case_reject(actor=secretary, case=fresh(), version=1, text="重复"),
        lambda: services.case_escalate(actor=officer, case=fresh(), version=1, text="镇里来办"),
    )
    assert sum(isinstance(r, Case) for r in results) == 1, results
    with county(341181):
        final = Case.objects.get(id=case.id)
        assert final.version == 2
        assert Step.objects.get(case=case, version=2).to_state == final.state


def test_five_posts_of_one_key_make_one_case(town: Cast) -> None:
    worker, area = town.actor("grid_worker"), town.areas["g1"]
    words = Report(body="路口井盖断裂", kind="facilities")
    results = together(*[lambda: case_report(actor=worker, report=words, area=area, key="one-key")] * 5)
    assert len({case.id for case in results}) == 1, results
    with county(341181):
        assert (Case.objects.count(), Step.objects.count(), IdempotencyKey.objects.count()) == (1, 1, 1)


def test_ten_reports_at_once_get_ten_numbers(town: Cast) -> None:
    worker, area = town.actor("grid_worker"), town.areas["g1"]
    words = Report(body="路口井盖断裂", kind="facilities")
    results = together(*[lambda: case_report(actor=worker, report=words, area=area)] * 10)
    numbers = sorted(case.number for case in results)
    assert [number[-4:] for number in numbers] == [f"{n:04d}" for n in range(1, 11)]


def test_two_dispatches_leave_one_open_assignment(town: Cast) -> None:
    case = opened(town)
    clerk, secretary = town.actor("village_clerk"), town.actor("branch_secretary")
    with county(341181):
        services.case_accept(actor=clerk, case=Case.objects.get(id=case.id), version=1)

    def give(actor: Any, grid: str) -> Callable[[], Any]:
        return lambda: services.case_dispatch(
            actor=actor, case=Case.objects.get(id=case.id), version=2, area=town.areas[grid]
        )

    results = together(give(clerk, "g1"), give(secretary, "g4"))
    assert sum(isinstance(r, Case) for r in results) == 1, results
    with county(341181):
        only = Assignment.objects.get(case=case)
        assert only.area_id == Case.objects.get(id=case.id).turn_area_id
