"""Who is named to the desk, by whom, and that the county's trail says so."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.accounts.models import User
from shanzhi.clues.models import ClueOfficer
from shanzhi.clues.permissions import DESK
from shanzhi.clues.selectors import officers_now
from shanzhi.clues.services import officer_appoint, officer_end
from shanzhi.clues.services.appointing import ADMIN, ALREADY, NOBODY, SELF
from shanzhi.clues.tests.desk import LEAD, OFFICER, OTHER, Office
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.notices.models import Notice
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry
from tests.cast import Cast

LIST = "/341181/clues/officers/"
NEW = f"{LIST}new/"


@pytest.fixture
def security(cast: Cast, settings: Any) -> Client:
    """The security administrator's browser, second factor left out."""
    settings.SHANZHI_REQUIRE_TOTP = False
    return cast["security_admin"].client()


def appoint(cast: Cast, login: str, *, by: str = "security_admin", **more: Any) -> ClueOfficer:
    return officer_appoint(actor=cast.actor(by), login=login, **{"lead": False, **more})


def test_a_person_is_named_and_it_is_in_the_trail(cast: Cast) -> None:
    row = appoint(cast, f" {cast[OFFICER].user.username.upper()} ", lead=True)
    assert (row.user_id, row.lead, row.ended_at, row.appointed_by) == (
        cast[OFFICER].user.pk, True, None, cast["security_admin"].user.pk,
    )  # fmt: skip
    entry = Entry.objects.get(code="clues.officer.appointed")
    assert (entry.object_id, entry.actor_id) == (row.id, cast["security_admin"].user.pk)
    assert Notice.objects.get(event_id=row.id).recipient_id == cast[OFFICER].user.pk
    assert cast.actor(OFFICER).can(DESK)


def test_the_key_is_made_with_the_first_officer(cast: Cast, own_key: Any) -> None:
    """Not with the first clue: that the file is there would say that there is one."""
    assert not own_key.exists()
    appoint(cast, cast[OFFICER].user.username)
    made = own_key.read_bytes()
    Office(cast).appoint(LEAD, lead=True)
    assert own_key.read_bytes() == made


@pytest.mark.parametrize(
    ("login", "sentence"),
    [("nobody", NOBODY), ("", NOBODY), ("security_admin", SELF), ("system_admin", ADMIN), ("audit_admin", ADMIN),
     (OFFICER, ALREADY)],
)  # fmt: skip
def test_who_cannot_be_named(office: Office, login: str, sentence: str) -> None:
    name = office.cast[login].user.username if login in office.cast.people else login
    with pytest.raises(Invalid) as error:
        appoint(office.cast, name)
    assert error.value.fields["login"] == [sentence]


def test_neither_a_disabled_account_nor_one_of_another_county(cast: Cast, cast_b: Cast) -> None:
    User.objects.filter(pk=cast[OTHER].user.pk).update(is_active=False)
    for login in (cast[OTHER].user.username, cast_b[OFFICER].user.username):
        with pytest.raises(Invalid):
            appoint(cast, login)


@pytest.mark.parametrize("by", ["system_admin", "audit_admin", "county_leader", "command_centre", OFFICER])
def test_nobody_else_names_and_ends(office: Office, by: str) -> None:
    with pytest.raises(Forbidden):
        appoint(office.cast, office.cast["accountant"].user.username, by=by)
    with pytest.raises(Forbidden):
        officer_end(actor=office.cast.actor(by), officer_id=office.rows[OTHER].id, version=0, reason="x")


def test_the_same_key_names_once(cast: Cast) -> None:
    rows = [appoint(cast, cast[OFFICER].user.username, key="k") for _ in range(2)]
    assert rows[0].id == rows[1].id


def end(office: Office, who: str, **more: Any) -> ClueOfficer:
    said = {"version": 0, "reason": "调走", **more}
    return officer_end(actor=office.cast.actor("security_admin"), officer_id=office.rows[who].id, **said)


def test_an_end_says_who_when_and_why(office: Office) -> None:
    row = end(office, OFFICER)
    assert (row.reason, row.version, row.ended_by) == ("调走", 1, office.cast["security_admin"].user.pk)
    assert row.ended_at is not None
    assert Entry.objects.filter(code="clues.officer.ended", object_id=row.id).count() == 1
    assert not office.cast.actor(OFFICER).can(DESK)
    with pytest.raises(Conflict):
        end(office, OFFICER, version=1)
    assert office.appoint(OFFICER, ago=timedelta()).id != row.id  # named again it is another row


def test_an_end_that_is_refused(office: Office, cast_b: Cast) -> None:
    with pytest.raises(Stale):
        end(office, OFFICER, version=3)
    for reason in (" ", "长" * 201):
        with pytest.raises(Invalid):
            end(office, OFFICER, reason=reason)
    with county(cast_b.county.id), pytest.raises(NotFound):
        officer_end(actor=cast_b.actor("security_admin"), officer_id=office.rows[OFFICER].id, version=0, reason="x")
    assert ClueOfficer.objects.filter(ended_at=None).count() == 3


def test_the_list_of_the_form_is_of_those_who_can_work(office: Office) -> None:
    names = [one.user_id for one in officers_now(at=timezone.now())]
    assert names[0] == office.cast[LEAD].user.pk
    assert len(names) == 3
    User.objects.filter(pk=office.cast[OTHER].user.pk).update(is_active=False)
    end(office, OFFICER)
    assert [one.user_id for one in officers_now(at=timezone.now())] == [office.cast[LEAD].user.pk]


def test_pages(office: Office, security: Client) -> None:
    page = security.get(LIST).content.decode()
    assert office.cast[LEAD].user.username in page
    assert security.get(f"{LIST}?state=ended").status_code == 200
    answer = security.post(NEW, {"login": office.cast["accountant"].user.username, "lead": "on"})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    row = ClueOfficer.objects.get(user=office.cast["accountant"].user)
    assert row.lead
    url = f"{LIST}{row.id}/ends/"
    assert security.get(url).status_code == 200
    assert security.post(url, {"version": 0, "reason": ""}).status_code == 422
    assert security.post(url, {"version": 0, "reason": "轮换"}).status_code == 302
    assert "轮换" in security.get(f"{LIST}?state=ended").content.decode()


def test_pages_keep_what_was_typed(office: Office, security: Client) -> None:
    answer = security.post(NEW, {"login": "nobody", "lead": "on"})
    assert answer.status_code == 422
    assert 'value="nobody"' in answer.content.decode()
    assert NOBODY in answer.content.decode()
    row = office.rows[OTHER]
    stale = security.post(f"{LIST}{row.id}/ends/", {"version": 5, "reason": "轮换到别处"})
    assert stale.status_code == 409
    assert "轮换到别处" in stale.content.decode()
    assert 'name="version" value="0"' in stale.content.decode()


def test_the_menu_shows_the_desk_to_officers_alone(office: Office, security: Client) -> None:
    home = "/341181/me/"
    for who in (LEAD, OFFICER, OTHER):
        assert 'href="/341181/clues/"' in office.cast[who].client().get(home).content.decode()
    for who in ("accountant", "auditor", "command_centre", "supervisor"):
        assert "/clues/" not in office.cast[who].client().get(home).content.decode()
    page = security.get(home).content.decode()
    assert LIST in page
    assert 'href="/341181/clues/"' not in page


def test_a_phone_says_what_waits(office: Office) -> None:
    office.appoint("grid_worker")
    browser = office.cast["grid_worker"].client()
    assert "线索专办台" not in browser.get("/341181/home/").content.decode()
    clue = office.assign(office.give(), "grid_worker")
    page = browser.get("/341181/home/").content.decode()
    assert "线索专办台" in page
    assert clue.number not in page
    assert "线索专办台" not in office.cast["grid_leader"].client().get("/341181/home/").content.decode()
