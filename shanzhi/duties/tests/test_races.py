"""Several at the same moment: one of them wins, the others are told, nothing is torn."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.duties.catalogue import Act, State
from shanzhi.duties.history import steps_agree
from shanzhi.duties.jobs import watch
from shanzhi.duties.models import Duty, Line, LineStep
from shanzhi.duties.services import Deed, line_act, lines_act
from shanzhi.duties.tests.world import issue, line_at, reported
from shanzhi.lib.errors import Conflict
from shanzhi.notices.models import Notice
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County, OutboxEvent
from shanzhi.trail.models import Entry
from tests.cast import Cast, build_cast
from tests.racing import together

A = 341181
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Cast:
    """A committed cast; every thread enters the county by itself."""
    row = County.objects.create(id=A, code=str(A), name="天长市", joined_at=timezone.now())
    return build_cast(row)


def receiving(actor: Actor, line: Line, key: str | None = None) -> Callable[[], Any]:
    return lambda: line_act(actor=actor, line_id=line.id, act=Act.RECEIVE, version=1, key=key)


def test_of_five_who_receive_at_once_one_does(town: Cast) -> None:
    with county(A):
        line = line_at(town, issue(town))
    people = [town.actor(who) for who in ("village_clerk", "branch_secretary") * 3][:5]
    results = together(*[receiving(actor, line) for actor in people])
    assert sum(isinstance(one, Line) for one in results) == 1, results
    assert sum(isinstance(one, Conflict) and one.status == 409 for one in results) == 4, results
    with county(A):
        assert list(LineStep.objects.filter(line=line).values_list("act", flat=True)) == ["issue", "receive"]
        assert Entry.objects.filter(object_id=line.id, code="duties.line.receive").count() == 1
        assert OutboxEvent.objects.filter(subject_id=line.id, code="duties.line.receive").count() == 1


def test_a_double_tap_under_one_key_is_one_receipt(town: Cast) -> None:
    with county(A):
        line = line_at(town, issue(town))
    results = together(*[receiving(town.actor("village_clerk"), line, "tap") for _ in range(3)])
    assert all(isinstance(one, Line) for one in results), results
    with county(A):
        assert LineStep.objects.filter(line=line).count() == 2


def test_struck_off_and_sent_back_at_once(town: Cast) -> None:
    with county(A):
        line = reported(town, issue(town))
    officer = town.actor("township_officer")

    def act(name: Act) -> Callable[[], Any]:
        return lambda: line_act(
            actor=officer, line_id=line.id, act=name, version=line.version, deed=Deed(text="照片不清楚。")
        )

    results = together(act(Act.STRIKE), act(Act.SEND_BACK))
    assert sum(isinstance(one, Line) for one in results) == 1, results
    with county(A):
        fresh = line_at(town, line.duty)
        assert fresh.state in (State.STRUCK, State.RETURNED)
        assert fresh.version == line.version + 1
        assert not list(steps_agree([fresh]))


def test_two_batches_over_the_same_lines(town: Cast) -> None:
    with county(A):
        duty = issue(town, "v1", "g1", "g2")
        lines = [reported(town, duty), reported(town, duty, "g1", by="grid_worker")]
    officer = town.actor("township_officer")
    seen = [(line.id, line.version) for line in lines]

    def strike(pairs: list[tuple[int, int]]) -> Callable[[], Any]:
        return lambda: lines_act(actor=officer, act=Act.STRIKE, seen=pairs)

    first, second = together(strike(seen), strike(seen[::-1]))
    done = [one.line_id for outcomes in (first, second) for one in outcomes if not one.error]
    assert sorted(done) == sorted(line_id for line_id, _ in seen)
    with county(A):
        assert Line.objects.filter(duty=duty, state=State.STRUCK).count() == 2


def test_numbers_are_given_out_once(town: Cast) -> None:
    def give() -> Duty:
        return issue(town)

    results = together(give, give, give)
    assert len({duty.number for duty in results}) == 3, results


def test_of_two_workers_one_reminds(town: Cast) -> None:
    with county(A):
        line = line_at(town, issue(town, "v1"))
    assert line.watch_at is not None
    at = line.watch_at
    results = together(lambda: watch(at), lambda: watch(at))
    assert sorted(results) == [0, 1]
    with county(A):
        assert Notice.objects.filter(title__startswith="交办快到期").count() == 2  # the clerk and the secretary
