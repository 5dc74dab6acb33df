"""A batch against one act, the watcher and another batch; two of one unit; one key for two wishes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases import services
from shanzhi.cases.acts import Act
from shanzhi.cases.history import steps_agree
from shanzhi.cases.models import ActBatch, Assignment, Case, Step
from shanzhi.cases.services import case_act
from shanzhi.cases.tests.pages import act
from shanzhi.cases.tests.test_whistles import whistle
from shanzhi.cases.watching import watch
from shanzhi.cases.worklists.batches import Wish, batch_create
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast, report
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
A = 341181
MANY = 12


@pytest.fixture
def town() -> Cast:
    """A committed cast; every thread enters the county by itself."""
    row = County.objects.create(id=A, code=str(A), name="天长市", joined_at=timezone.now())
    return build_cast(row)


def many(town: Cast, at: Any = None) -> list[Case]:
    with county(A):
        return [report(town, at=at) for _ in range(MANY)]


def batch(town: Cast, cases: list[Case], by: str = "village_clerk", **more: Any) -> Callable[[], ActBatch]:
    actor = town.actor(by)
    pairs = [(case.number, case.version) for case in cases]
    return lambda: batch_create(actor=actor, act="accept", cases=pairs, wish=Wish(), **more)


def test_a_batch_one_act_and_the_watcher_at_once(town: Cast) -> None:
    cases = many(town, timezone.now() - timedelta(hours=20))
    clerk, later = town.actor("village_clerk"), timezone.now() + timedelta(days=3)
    one = cases[MANY // 2]
    results = together(
        batch(town, cases), batch(town, cases[::-1], "branch_secretary"), lambda: watch(later),
        lambda: services.case_accept(actor=clerk, case=Case.objects.get(id=one.id), version=1),
    )  # fmt: skip
    bad = [result for result in results if isinstance(result, BaseException) and not isinstance(result, Conflict)]
    assert bad == []
    with county(A):
        assert Step.objects.filter(act=Act.ACCEPT).count() == MANY
        assert set(Case.objects.values_list("state", "version")) == {("accepted", 2)}
        assert list(steps_agree(Case.objects.all())) == []
        told = [row for made in ActBatch.objects.all() for row in made.rows]
        alone = sum(isinstance(result, Case) for result in results)
        assert sum(row[3] == "" for row in told) + alone == MANY


def test_one_key_for_two_wishes_is_refused_and_for_one_done_once(town: Cast) -> None:
    cases = many(town)
    results = together(*(batch(town, cases, key="k-1") for _ in range(3)))
    assert len({result.id for result in results}) == 1
    with county(A):
        with pytest.raises(Invalid):
            batch(town, cases[:3], key="k-1")()
        with pytest.raises(Invalid):
            actor = town.actor("village_clerk")
            batch_create(
                actor=actor, act="accept", cases=[(c.number, 1) for c in cases], wish=Wish("别的话"), key="k-1"
            )
        assert ActBatch.objects.count() == 1


def test_two_of_one_unit_arrive_once(town: Cast) -> None:
    with county(A):
        case = whistle(town, report(town))
    people = [town.actor("department_handler") for _ in range(3)]

    def arrives(actor: Any) -> Callable[[], Case]:
        return lambda: case_act(actor=actor, case=Case.objects.get(id=case.id), act=Act.ARRIVE)

    results = together(*(arrives(actor) for actor in people))
    assert sum(isinstance(result, Case) for result in results) == 1
    assert all(isinstance(result, (Case, Conflict)) for result in results), results
    with county(A):
        assert Step.objects.filter(case=case, act=Act.ARRIVE).count() == 1
        call = Assignment.objects.get(case=case)
        assert (call.state, call.version) == ("arrived", 2)


def test_who_is_dismissed_while_arriving_did_one_or_the_other(town: Cast) -> None:
    with county(A):
        case = whistle(town, report(town))
    handler, clerk, unit = town.actor("department_handler"), town.actor("village_clerk"), town.units["t1"]
    results = together(
        lambda: case_act(actor=handler, case=Case.objects.get(id=case.id), act=Act.ARRIVE),
        lambda: case_act(actor=clerk, case=Case.objects.get(id=case.id), act=Act.DISMISS, units=[unit]),
        lambda: act(town, "village_clerk", "accept", case),
    )
    assert all(isinstance(result, (Case, Conflict)) for result in results), results
    with county(A):
        call = Assignment.objects.get(case=case)
        assert (call.state, call.ended_at is not None) == ("left", True)
        assert list(steps_agree(Case.objects.all())) == []
