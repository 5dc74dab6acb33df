"""Whoever was slower is told so and changes nothing, for every pair of acts; keys are given back and answer again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import product
from typing import Any

import pytest
from django.db import transaction

from shanzhi.access.actor import Actor
from shanzhi.duties.acts import acts_for, permission_of
from shanzhi.duties.catalogue import FROM, RECEIVERS_ACTS, Act, State
from shanzhi.duties.history import steps_agree
from shanzhi.duties.models import Line, LineStep
from shanzhi.duties.permissions import RECEIVE
from shanzhi.duties.services import Deed, acting, line_act
from shanzhi.duties.tests.world import do, in_days, issue, line_at, reported
from shanzhi.lib.errors import Conflict, DomainError, Invalid, Stale
from shanzhi.tenancy.models import IdempotencyKey, OutboxEvent
from shanzhi.trail.models import Entry
from tests.cast import Cast

SAID: dict[str, Any] = {"text": "写明情况。", "until": in_days(9)}
# What was done before, and by whom.
BEFORE: dict[str, list[tuple[str, Act]]] = {
    "issued": [],
    "received": [("village_clerk", Act.RECEIVE)],
    "asked": [("village_clerk", Act.ASK)],
    "declined": [("village_clerk", Act.DECLINE)],
    "done": [("village_clerk", Act.DONE)],
    "returned": [("village_clerk", Act.DONE), ("township_officer", Act.SEND_BACK)],
}


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def trace(line: Line) -> tuple[int, int, int, int]:
    return (
        LineStep.objects.filter(line=line).count(), Entry.objects.filter(object_id=line.id).count(),
        OutboxEvent.objects.filter(subject_id=line.id).count(), IdempotencyKey.objects.count(),
    )  # fmt: skip


def whose(people: dict[str, Actor], act: Act) -> Actor:
    return people["village_clerk" if permission_of(act) == RECEIVE else "township_officer"]


@pytest.mark.parametrize("before", list(BEFORE))
def test_every_pair_of_acts_has_one_winner(
    cast: Cast, county_a: Any, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """The other act is committed after this one has read the line: it loses by its compare-and-swap, not by luck."""
    people = {who: cast.actor(who) for who in ("village_clerk", "township_officer")}
    line = line_at(cast, issue(cast))
    for who, act in BEFORE[before]:
        do(people[who], line, act, **SAID)
    line = line_at(cast, line.duty)
    able = [act for who in people.values() for act in acts_for(who, line)]
    assert len(able) >= 2
    honest = acting.line_get_for
    for first, second in product(able, able):
        with undone():

            def slower(actor: Actor, line_id: int, first: Act = first) -> Line:
                seen = honest(actor, line_id)
                monkeypatch.setattr(acting, "line_get_for", honest)
                do(whose(people, first), line, first, **SAID)
                return seen

            monkeypatch.setattr(acting, "line_get_for", slower)
            with pytest.raises(Stale) as lost:
                do(whose(people, second), line, second, version=line.version, key="slow", **SAID)
            assert lost.value.status == 409
            fresh = line_at(cast, line.duty)
            assert fresh.version == line.version + 1, (first, second)
            assert fresh.steps.get(version=fresh.version).act == first
            # The trail has one entry for all lines of an instruction that is issued; a key that was refused is free.
            assert trace(line) == (fresh.version, fresh.version - 1, fresh.version, 0), (first, second)
            assert not list(steps_agree([fresh]))


def test_a_key_that_was_refused_can_be_sent_again(cast: Cast, county_a: Any) -> None:
    clerk, line = cast.actor("village_clerk"), line_at(cast, issue(cast))
    do(cast.actor("branch_secretary"), line, Act.RECEIVE)
    with pytest.raises(Conflict):
        do(clerk, line, Act.PROGRESS, version=1, key="k", text="东片走完了。")
    assert do(clerk, line, Act.PROGRESS, version=2, key="k", text="东片走完了。").version == 3


@pytest.mark.parametrize("act", [act for act in Act if act in FROM])
def test_a_replay_answers_with_the_line_and_another_body_is_refused(cast: Cast, county_a: Any, act: Act) -> None:
    """Also after the line went on: the answer was lost, the act was not."""
    people = {who: cast.actor(who) for who in ("village_clerk", "township_officer")}
    line = line_at(cast, issue(cast))
    needed = {Act.PROGRESS: "received", Act.GRANT: "asked", Act.REFUSE: "asked"}
    for who, earlier in BEFORE[needed.get(act, "issued" if State.ISSUED in FROM[act] else "done")]:
        do(people[who], line, earlier, **SAID)
    actor, version = whose(people, act), line_at(cast, line.duty).version
    first = do(actor, line, act, key="k", version=version, **SAID)
    again = do(actor, line, act, key="k", version=version, **SAID)
    assert (again.version, again.state, trace(line)[0]) == (version + 1, first.state, version + 1)
    others = [
        {**SAID, "text": "另一句。"}, {**SAID, "until": in_days(10)}, {**SAID, "nothing": True},
        {**SAID, "photos": (7,)}, {**SAID, "version": version + 1},
    ]  # fmt: skip
    for said in others:
        with pytest.raises(Invalid) as refused:
            do(actor, line, act, key="k", **{"version": version, **said})
        assert refused.value.code == "idempotency_key_reused"
    assert line_at(cast, line.duty).version == version + 1


def test_one_key_is_for_one_person_one_act_and_one_line(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "v1", "g1")
    line = line_at(cast, duty)
    do(cast.actor("village_clerk"), line, Act.RECEIVE, key="k", version=1)
    for who, act, place in (
        ("branch_secretary", Act.RECEIVE, "v1"), ("village_clerk", Act.DONE, "v1"), ("grid_worker", Act.RECEIVE, "g1"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            do(cast.actor(who), line_at(cast, duty, place), act, key="k", version=1)
        assert refused.value.code == "idempotency_key_reused"
    assert line_at(cast, duty, "g1").state == State.ISSUED


def test_a_replay_is_answered_with_the_line_as_it_is_now(
    cast: Cast, county_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two taps under one key: the second had read the line before the first was written."""
    clerk, line = cast.actor("village_clerk"), line_at(cast, issue(cast))
    honest = acting.claim

    def late(**said: Any) -> int | None:
        monkeypatch.setattr(acting, "claim", honest)
        do(clerk, line, Act.RECEIVE, key="k", version=1)
        return honest(**said)

    monkeypatch.setattr(acting, "claim", late)
    again = do(clerk, line, Act.RECEIVE, key="k", version=1)
    assert (again.state, again.version) == (State.RECEIVED, 2)


@pytest.mark.parametrize("day", [in_days(0), in_days(3), date(2000, 12, 31), date(2101, 1, 1), date.max, date.min])
def test_a_refusal_leaves_no_trace(cast: Cast, county_a: Any, day: date) -> None:
    clerk, line = cast.actor("village_clerk"), line_at(cast, issue(cast))
    before = trace(line)
    for act, said in (
        (Act.ASK, {"text": "桥在修。", "until": day}), (Act.DONE, {"text": ""}), (Act.DONE, {"text": "好", "photos": (1,)}),
    ):  # fmt: skip
        with pytest.raises(DomainError):
            do(clerk, line, act, key="k", **said)
    assert trace(line) == before


def test_states_that_only_the_office_of_the_issuer_leaves(cast: Cast, county_a: Any) -> None:
    """From reported to struck off nobody of the other side does anything, whatever the body says."""
    line = reported(cast, issue(cast))
    for who in ("village_clerk", "branch_secretary", "county_leader", "command_centre", "auditor", "system_admin"):
        for act in FROM:
            if who == "village_clerk" and act in RECEIVERS_ACTS:
                continue
            with pytest.raises(DomainError):
                line_act(
                    actor=cast.actor(who), line_id=line.id, act=act, version=line.version,
                    deed=Deed(text="x", until=in_days(9)),
                )  # fmt: skip
    assert line_at(cast, line.duty).version == line.version
