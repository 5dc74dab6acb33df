"""Two at the same moment: a proof is spent once, a held report becomes one case, a limit holds exactly."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from shanzhi.cases.gate.admitting import ProofNeeded, admit
from shanzhi.cases.gate.blocking import block_place
from shanzhi.cases.gate.challenges import Proof, challenge_new
from shanzhi.cases.gate.releasing import held_discard, held_release
from shanzhi.cases.models import Block, Case, Flood, Held, Receipt, Spent, Visit
from shanzhi.cases.tests.gate.people import send, visitor
from shanzhi.cases.tests.gate.test_challenges import answer_of
from shanzhi.lib.errors import Conflict
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    """Committed; every thread enters the county by itself, and each test where it reads."""
    row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
    return build_cast(row)


def made(work: Any) -> Any:
    """Inside the county, committed."""
    with county(341181):
        return work()


def atomically(work: Any) -> Any:
    with transaction.atomic():
        return work()


def errors_of(results: list[Any]) -> list[type[Exception]]:
    return [type(one) for one in results if isinstance(one, Exception)]


def test_a_proof_is_spent_once(cast: Cast) -> None:
    who, at = visitor(), timezone.now()
    rows = [Visit(act="report", address=who.address, device=who.device, at=at - timedelta(minutes=5)) for _ in "abc"]
    made(lambda: Visit.objects.bulk_create(rows))
    asked = made(lambda: challenge_new(who, "report", level=0, at=at))
    proof = Proof(asked.question, str(answer_of(asked.words)))
    results = together(*[lambda: atomically(lambda: admit(who, "report", at=at, proof=proof))] * 4)
    assert results.count(None) == 1
    assert errors_of(results) == [ProofNeeded] * 3
    assert made(lambda: (Spent.objects.count(), Visit.objects.count())) == (1, 4)


def test_five_of_one_key_are_one_report_with_one_proof(cast: Cast) -> None:
    who, at = visitor(), timezone.now()
    rows = [Visit(act="report", address=who.address, device=who.device, at=at - timedelta(minutes=5)) for _ in "abc"]
    made(lambda: Visit.objects.bulk_create(rows))
    asked = made(lambda: challenge_new(who, "report", level=0, at=at))
    proof = Proof(asked.question, str(answer_of(asked.words)))
    results = together(*[lambda: send(cast, who, key="one", proof=proof, at=at)] * 5)
    assert errors_of(results) == []
    assert len({one.secret for one in results}) == 1
    assert made(Case.objects.count) == 1


def test_the_limit_holds_exactly_and_every_receipt_follows(cast: Cast, settings: Any) -> None:
    settings.GATE = {"normal": 1000, "village": 3, "county": 1000}
    results = together(*[lambda: send(cast)] * 8)
    assert errors_of(results) == []
    assert made(lambda: (Case.objects.count(), Held.objects.count(), Flood.objects.count())) == (3, 5, 1)
    assert len({one.secret for one in results}) == 8


def test_one_held_report_becomes_one_case_or_nothing(cast: Cast, settings: Any) -> None:
    settings.GATE = {"normal": 1000, "village": 0, "county": 1000}
    held = made(lambda: send(cast).held)
    assert held is not None
    actor = cast.actor("township_officer")

    def fresh() -> Held:
        return Held.objects.select_related("area").get(id=held.id)

    def release() -> Any:
        return atomically(lambda: held_release(actor=actor, held=fresh(), at=timezone.now()))

    def discard() -> Any:
        return atomically(lambda: held_discard(actor=actor, held=fresh(), reason="flood", at=timezone.now()))

    results = together(release, release, discard)
    made(held.refresh_from_db)
    # A release after a discard is meant (an objection); never are there two cases, nor a discarded case.
    assert set(errors_of(results)) <= {Conflict}
    counts = made(lambda: (Case.objects.count(), Receipt.objects.count()))
    assert counts == ((1, 1) if held.state == "released" else (0, 0))
    assert (held.case_id is not None) == (held.state == "released")


def test_a_sender_is_kept_out_once(cast: Cast) -> None:
    case = made(lambda: send(cast).case)
    assert case is not None
    actor = cast.actor("township_officer")
    results = together(
        *[
            lambda: atomically(
                lambda: block_place(
                    actor=actor, case=case, what="device", reason="flood", text="x", days=1, at=timezone.now()
                )
            )
        ]
        * 3
    )
    assert errors_of(results) == [Conflict, Conflict]
    assert made(Block.objects.count) == 1
