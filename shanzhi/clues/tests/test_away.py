"""Officers who are away for a while, come back, or are named anew: what was handed in meanwhile is not theirs."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.accounts.models import Post, User
from shanzhi.accounts.services import own_act
from shanzhi.clues.catalogue import Act
from shanzhi.clues.models import Clue, Step
from shanzhi.clues.selectors import clues_for, narrowed, officers_now
from shanzhi.clues.services import acts_for, assigned_to, officer_end
from shanzhi.clues.tests.desk import LEAD, OFFICER, Office, office_of
from shanzhi.clues.verifying import clues_verify
from tests.cast import Cast

AWAY = "command_centre"


@pytest.fixture
def office(cast: Cast) -> Office:
    return office_of(cast)


def gone(office: Office, how: str, *, back: bool = False) -> None:
    """Without a post, or without an account that can sign in; or as before."""
    user = office.cast[AWAY].user
    if how == "post":
        Post.objects.filter(user=user).update(revoked_at=None if back else timezone.now())
    else:
        User.objects.filter(pk=user.pk).update(is_active=back)


@pytest.mark.parametrize("how", ["post", "account"])
def test_a_lead_who_was_away_reads_nothing_of_that_time(office: Office, how: str) -> None:
    office.appoint(AWAY, lead=True)
    before = office.give("之前的一件")
    gone(office, how)
    assert office.cast[AWAY].user.pk not in {one.user_id for one in officers_now(at=timezone.now())}
    meanwhile = office.give()
    gone(office, how, back=True)
    seen = set(clues_for(office.desk(AWAY), at=timezone.now()).values_list("id", flat=True))
    assert seen == {before.id}, "the informant could not bar whom the form did not name"
    assert meanwhile.id in set(clues_for(office.desk(LEAD), at=timezone.now()).values_list("id", flat=True))
    assert clues_verify(desk=office.desk(LEAD), at=timezone.now()).whole


def test_what_was_barred_so_stands_in_the_first_step(office: Office) -> None:
    office.appoint(AWAY, lead=True)
    gone(office, "post")
    clue = office.give()
    step = Step.objects.get(clue_id=clue.id)
    assert len(json.loads(step.facts)["barred"]) == 1


def test_taking_off_ones_own_second_factor_is_no_takeover(office: Office) -> None:
    clue = office.give()
    own_act(user=office.cast[LEAD].user, kind="totp_off")
    assert set(clues_for(office.desk(LEAD), at=timezone.now()).values_list("id", flat=True)) == {clue.id}


def test_who_is_named_anew_is_offered_nothing_of_before(office: Office) -> None:
    """The only lead still sees the clue, as a lead; that it was assigned to them once counts for nothing."""
    clue = office.assign(office.give(), LEAD)
    row = office.rows[LEAD]
    officer_end(actor=office.cast.actor("security_admin"), officer_id=row.id, version=0, reason="重新任命")
    office.appoint(LEAD, lead=True, ago=timedelta(0))
    desk, now = office.desk(LEAD), Clue.objects.get(id=clue.id)
    assert assigned_to(now) == set()
    assert Act.CHECK not in acts_for(desk, now, assigned_to(now))
    assert not narrowed(clues_for(desk, at=timezone.now()), desk, tab="mine").exists()


def test_who_was_assigned_since_is_offered_the_work(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)
    desk = office.desk(OFFICER)
    assert Act.CHECK in acts_for(desk, clue, assigned_to(clue))
    assert [one.id for one in narrowed(clues_for(desk, at=timezone.now()), desk, tab="mine")] == [clue.id]


def test_the_check_reads_no_words_of_a_clue_that_the_lead_may_not_see(office: Office, monkeypatch: Any) -> None:
    office.appoint(AWAY, lead=True)
    office.give("给别人看的", barred=[LEAD])
    office.give()
    opened: list[str] = []
    read = Step.from_db.__func__  # type: ignore[attr-defined]
    monkeypatch.setattr(
        Step, "from_db", classmethod(lambda cls, *args: opened.append("x") or read(cls, *args))
    )  # fmt: skip
    found = clues_verify(desk=office.desk(LEAD), at=timezone.now())
    assert (found.whole, found.clues, len(opened)) == (True, 1, 1)
