"""A few acts are free, then a proof is asked for, and at last nobody is admitted for a while."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.access.api import problem_of
from shanzhi.cases.gate.admitting import (
    HOUR,
    LIMITS,
    ProofNeeded,
    admit,
    challenge_for,
    level_for,
    load_level,
    owes_proof,
    use_up,
    wait_words,
)
from shanzhi.cases.gate.challenges import BITS, LASTS, Proof, solve
from shanzhi.cases.gate.jobs import forget_visits
from shanzhi.cases.gate.visitors import Visitor
from shanzhi.cases.models import Spent, Visit
from shanzhi.cases.tests.gate.people import visitor
from shanzhi.cases.tests.gate.test_challenges import answer_of
from shanzhi.lib.errors import TooMany
from shanzhi.tenancy.models import County

pytestmark = pytest.mark.django_db
ACTS = sorted(LIMITS)


def asked(who: Visitor, act: str = "report", *, at: Any = None, proof: Proof | None = None) -> ProofNeeded:
    with pytest.raises(ProofNeeded) as caught:
        admit(who, act, at=at or timezone.now(), proof=proof)
    return caught.value


def answered(error: ProofNeeded) -> Proof:
    return Proof(error.challenge.question, str(answer_of(error.challenge.words)))


@pytest.mark.parametrize("act", ACTS)
def test_a_few_are_free_then_a_proof_is_asked_for(county_a: County, act: str) -> None:
    who, at = visitor(), timezone.now()
    for _ in range(LIMITS[act].free):
        assert not owes_proof(who, act, at=at)
        assert challenge_for(who, act, at=at) is None
        admit(who, act, at=at)
    assert challenge_for(who, act, at=at) is not None
    error = asked(who, act, at=at)
    assert (error.status, error.code) == (422, "proof_needed")
    assert "小问题" in error.message
    assert Visit.objects.count() == LIMITS[act].free
    admit(who, act, at=at, proof=answered(error))
    assert Visit.objects.count() == LIMITS[act].free + 1
    # Another hour, and it is free again; another act never was concerned.
    assert not owes_proof(who, act, at=at + HOUR)
    assert not owes_proof(who, next(one for one in ACTS if one != act), at=at)


def test_an_address_is_asked_later_than_a_browser(county_a: County) -> None:
    at = timezone.now()
    for number in range(LIMITS["report"].free_address):
        admit(visitor(f"phone{number}", "village"), "report", at=at)
    assert owes_proof(visitor("another", "village"), "report", at=at)
    assert not owes_proof(visitor("another", "elsewhere"), "report", at=at)


def test_a_mark_that_is_new_is_counted_by_its_address(county_a: County) -> None:
    at = timezone.now()
    for number in range(LIMITS["report"].free_address):
        admit(Visitor("a" * 64, f"made up {number}", fresh=True), "report", at=at)
    assert owes_proof(Visitor("a" * 64, "made up again", fresh=True), "report", at=at)


def test_work_is_as_good_as_an_answer(county_a: County) -> None:
    who, at = visitor(), timezone.now()
    for _ in range(3):
        admit(who, "report", at=at)
    challenge = asked(who, at=at).challenge
    admit(who, "report", at=at, proof=Proof(challenge.work, solve(challenge.work, challenge.bits)))
    assert Visit.objects.count() == 4


def test_a_proof_is_spent_once(county_a: County) -> None:
    who, at = visitor(), timezone.now()
    for _ in range(3):
        admit(who, "report", at=at)
    proof = answered(asked(who, at=at))
    admit(who, "report", at=at, proof=proof)
    again = asked(who, at=at, proof=proof)
    assert "用过" in again.message
    assert again.challenge.question != proof.challenge
    assert Visit.objects.count() == 4


def test_a_wrong_answer_uses_the_question_up(county_a: County) -> None:
    who, at = visitor(), timezone.now()
    for _ in range(3):
        admit(who, "report", at=at)
    error = asked(who, at=at)
    wrong = asked(who, at=at, proof=Proof(error.challenge.question, "99"))
    assert "没有答对" in wrong.message
    assert asked(who, at=at, proof=answered(error)).message.startswith("刚才的问题过期或者用过了")


def test_a_transaction_that_was_taken_back_uses_it_up_afterwards(county_a: County) -> None:
    who, at = visitor(), timezone.now()
    for _ in range(3):
        admit(who, "report", at=at)
    error = asked(who, at=at)
    wrong = asked(who, at=at, proof=Proof(error.challenge.question, "99"))
    Spent.objects.all().delete()  # as if the caller's transaction had not held
    use_up(wrong)
    use_up(error)  # nothing was sent with this one
    assert Spent.objects.count() == 1
    asked(who, at=at, proof=answered(error))


def test_one_that_is_over_or_of_somebody_else_asks_anew_and_uses_nothing_up(county_a: County) -> None:
    who, at = visitor(), timezone.now()
    for _ in range(3):
        admit(who, "report", at=at)
    proof = answered(asked(who, at=at))
    assert "过期" in asked(who, at=at + LASTS + timedelta(seconds=1), proof=proof).message
    other = visitor()
    for _ in range(3):
        admit(other, "report", at=at)
    asked(other, at=at, proof=proof)
    asked(who, at=at, proof=Proof("nonsense", "1"))
    assert not Spent.objects.exists()
    admit(who, "report", at=at, proof=proof)


@pytest.mark.parametrize("act", ACTS)
def test_beyond_the_limit_nobody_is_admitted_and_the_wait_is_said(county_a: County, act: str) -> None:
    who, at = visitor(), timezone.now()
    rows = [Visit(act=act, address=who.address, device=who.device, at=at) for _ in range(LIMITS[act].device)]
    Visit.objects.bulk_create(rows)
    later = at + timedelta(minutes=20)
    with pytest.raises(TooMany, match="请过 40 分钟再试") as caught:
        admit(who, act, at=later)
    assert caught.value.wait == 40 * 60 + 1
    response = problem_of(caught.value)
    assert (response.status_code, response["Retry-After"]) == (429, "2401")
    # A neighbour with another phone on the same network is not concerned, though asked for a proof perhaps.
    try:
        admit(visitor(address=who.address.rstrip("a")), act, at=later)
    except ProofNeeded:
        pass
    Visit.objects.all().update(at=later - HOUR)
    admit(who, act, at=later)


def test_an_address_has_a_limit_too(county_a: County) -> None:
    at = timezone.now()
    limit = LIMITS["report"].address
    Visit.objects.bulk_create(Visit(act="report", address="a" * 64, device=str(n), at=at) for n in range(limit))
    with pytest.raises(TooMany):
        admit(Visitor("a" * 64, "another"), "report", at=at)


def test_while_very_many_come_everybody_is_asked_and_the_work_grows(county_a: County, settings: Any) -> None:
    settings.GATE = {"normal": 4, "village": 1000, "county": 1000}
    at = timezone.now()
    found = []
    for count in (3, 1, 4, 8, 200):
        Visit.objects.bulk_create(Visit(act="report", address="x", device=str(n), at=at) for n in range(count))
        found.append((load_level(at=at), level_for(at=at), owes_proof(visitor(), "report", at=at)))
    assert found == [(0, 0, False), (1, 0, True), (2, 1, True), (3, 2, True), (6, 5, True)]
    assert asked(visitor(), at=at).challenge.bits == BITS + 5
    assert load_level(at=at + timedelta(minutes=10)) == 0


def test_a_program_gets_the_challenge_as_a_member_of_the_problem(county_a: County) -> None:
    who, at = visitor(), timezone.now()
    for _ in range(3):
        admit(who, "report", at=at)
    error = asked(who, at=at)
    response = problem_of(error)
    body = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert (body["code"], body["status"], body["fields"]) == ("proof_needed", 422, {"proof": [error.message]})
    assert body["challenge"]["question"] == {"challenge": error.challenge.question, "words": error.challenge.words}
    assert body["challenge"]["work"]["bits"] == BITS
    assert set(body["challenge"]["work"]) == {"challenge", "bits", "hash"}


def test_an_act_without_a_limit_is_a_mistake(county_a: County) -> None:
    with pytest.raises(KeyError):
        admit(visitor(), "sing", at=timezone.now())


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 分钟"), (60, "1 分钟"), (61, "2 分钟"), (3600, "1 小时"), (0, "1 分钟")]
)
def test_the_wait_is_rounded_up(seconds: int, words: str) -> None:
    assert wait_words(timedelta(seconds=seconds)) == words


def test_what_counts_no_more_is_forgotten(county_a: County) -> None:
    who, at = visitor(), timezone.now()
    for minutes in (0, 59, 61):
        Visit.objects.create(act="report", address=who.address, device=who.device, at=at - timedelta(minutes=minutes))
    Spent.objects.create(challenge="old", expires_at=at - timedelta(seconds=1))
    Spent.objects.create(challenge="new", expires_at=at + timedelta(seconds=1))
    assert forget_visits(at) == 2
    assert Visit.objects.count() == 2
    assert Spent.objects.get().challenge == "new"
