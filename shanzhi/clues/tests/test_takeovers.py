"""Administrators keep accounts: what they could do with an officer's account opens no clue."""

import json
import secrets
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from shanzhi.accounts.models import AccountAct, ApiToken, User
from shanzhi.accounts.services import password_reset, totp_remove
from shanzhi.clues.catalogue import Act
from shanzhi.clues.models import Assignee, Clue, Step
from shanzhi.clues.selectors import assigned_now, clues_for, desk_of, officers_now
from shanzhi.clues.services import clue_add, officer_end
from shanzhi.clues.services.appointing import ELSEWHERE, INITIAL
from shanzhi.clues.tests.desk import ADDRESS, BODY, LEAD, OFFICER, OTHER, Office
from shanzhi.lib.errors import Forbidden, Invalid, NotFound
from shanzhi.notices.models import Notice
from tests.cast import Cast

API = "/api/v1/341181/"


def reset(office: Office, who: str) -> None:
    """A password that the security administrator knows."""
    user = office.cast[who].user
    user.refresh_from_db()
    password_reset(actor=office.cast.actor("security_admin"), user_id=user.pk, version=user.version)


def again(office: Office, who: str, *, lead: bool) -> None:
    """Ended and named again, by the same administrator."""
    User.objects.filter(pk=office.cast[who].user.pk).update(must_change_password=False)
    row = office.rows[who]
    officer_end(actor=office.cast.actor("security_admin"), officer_id=row.id, version=0, reason="重新任命")
    office.appoint(who, lead=lead, ago=timedelta())


@pytest.mark.parametrize("who", [LEAD, OFFICER])
def test_a_password_that_was_reset_opens_nothing(office: Office, who: str) -> None:
    office.assign(office.give(), OFFICER)
    reset(office, who)
    with pytest.raises(Forbidden) as error:
        office.desk(who)
    assert error.value.code == "taken_over"
    assert who not in [one.user.username.split("-")[0] for one in officers_now(at=timezone.now())]


def test_nor_a_second_factor_that_was_taken_off(office: Office) -> None:
    user = office.cast[OFFICER].user
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    totp_remove(actor=office.cast.actor("security_admin"), user_id=user.pk, reason="手机丢了")
    with pytest.raises(Forbidden):
        office.desk(OFFICER)


def test_ones_own_new_password_changes_nothing(office: Office) -> None:
    AccountAct(user=office.cast[OFFICER].user, kind="password_changed", at=timezone.now()).save()
    assert office.desk(OFFICER).user_id == office.cast[OFFICER].user.pk


def test_a_reset_before_the_appointment_is_over(office: Office) -> None:
    AccountAct(user=office.cast["accountant"].user, kind="password_reset", at=timezone.now() - timedelta(days=1)).save()
    office.appoint("accountant", ago=timedelta())
    assert office.desk("accountant").officer.id == office.rows["accountant"].id


def test_named_again_a_lead_sees_what_comes_from_now_on(office: Office) -> None:
    office.appoint("branch_secretary", lead=True)
    before = office.give(at=timezone.now() - timedelta(minutes=5))
    reset(office, LEAD)
    again(office, LEAD, lead=True)
    after = office.give()
    desk = office.desk(LEAD)
    assert set(clues_for(desk, at=timezone.now()).values_list("id", flat=True)) == {after.id}
    assert clues_for(office.desk("branch_secretary"), at=timezone.now()).filter(id=before.id).exists()


def test_named_again_an_officer_has_nothing_of_before(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)
    reset(office, OFFICER)
    again(office, OFFICER, lead=False)
    assert not clues_for(office.desk(OFFICER), at=timezone.now()).exists()
    assert Assignee.objects.filter(clue=clue).count() == 1
    assert assigned_now(clue, officers_now(at=timezone.now())) == set()
    office.assign(clue, OFFICER)
    assert clues_for(office.desk(OFFICER), at=timezone.now()).filter(id=clue.id).exists()
    newest = Step.objects.filter(clue_id=clue.id).latest("serial")
    assert Notice.objects.filter(event_id=newest.id).get().recipient_id == office.cast[OFFICER].user.pk


def test_additions_are_told_to_the_lead_where_nobody_works_at_it(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)
    reset(office, OFFICER)
    clue_add(secret=clue.secret, text="还有", address=ADDRESS)
    newest = Step.objects.get(clue_id=clue.id, act=Act.ADD)
    assert Notice.objects.filter(event_id=newest.id).get().recipient_id == office.cast[LEAD].user.pk


def test_the_list_of_officers_says_so(office: Office, settings: Any) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    browser = office.cast["security_admin"].client()
    assert "重置过" not in browser.get("/341181/clues/officers/").content.decode()
    reset(office, OFFICER)
    assert browser.get("/341181/clues/officers/").content.decode().count("重置过") == 1


def test_who_still_has_an_initial_password_is_not_named(cast: Cast) -> None:
    User.objects.filter(pk=cast[OFFICER].user.pk).update(must_change_password=True)
    with pytest.raises(Invalid) as error:
        Office(cast).appoint(OFFICER)
    assert error.value.fields["login"] == [INITIAL]


def test_nor_whose_account_another_county_keeps(cast: Cast) -> None:
    User.objects.filter(pk=cast[OFFICER].user.pk).update(home_county=410927)
    with pytest.raises(Invalid) as error:
        Office(cast).appoint(OFFICER)
    assert error.value.fields["login"] == [ELSEWHERE]


def test_the_first_page_of_a_phone_still_opens(office: Office) -> None:
    office.appoint("grid_worker")
    office.assign(office.give(), "grid_worker")
    user = office.cast["grid_worker"].user
    AccountAct(user=user, kind="password_reset", at=timezone.now()).save()
    answer = office.cast["grid_worker"].client().get("/341181/home/")
    assert answer.status_code == 200
    assert "线索" not in answer.content.decode()


def bearer(office: Office, who: str) -> Client:
    """A program with a token of this person, as an administrator issues it."""
    word, at = ApiToken.PREFIX + secrets.token_urlsafe(32), timezone.now()
    ApiToken.objects.create(
        user=office.cast[who].user, county_id=office.cast.county.id, name="x", digest=ApiToken.digest_of(word),
        created_at=at, expires_at=at + timedelta(days=1),
    )  # fmt: skip
    return Client(headers={"Authorization": f"Bearer {word}"})


@pytest.mark.parametrize("who", [LEAD, OFFICER])
def test_a_token_opens_no_clue(office: Office, who: str) -> None:
    clue = office.assign(office.give(), OFFICER)
    program = bearer(office, who)
    for path in ("clues", f"clues/{clue.id}", "clues/checks"):
        answer = program.get(API + path)
        assert (answer.status_code, answer.json()["code"]) == (403, "token_refused")
    sent = json.dumps({"version": clue.version, "note": "x"})
    answer = program.post(f"{API}clues/{clue.id}/notes", sent, content_type="application/json")
    assert answer.status_code == 403
    assert Clue.objects.get(id=clue.id).version == clue.version
    assert office.cast[who].client().get(f"{API}clues/{clue.id}").json()["body"] == BODY


@pytest.mark.parametrize("who", [OTHER, "auditor"])
def test_of_others_a_token_learns_nothing(office: Office, who: str) -> None:
    clue = office.give()
    found = bearer(office, who).get(f"{API}clues/{clue.id}").status_code
    assert found == (403 if who == OTHER else 404)
    assert bearer(office, who).get(f"{API}clues/5").status_code == found
    with pytest.raises(NotFound):
        desk_of(office.cast.actor("auditor"))
