"""The same for programs: of the public, of officers, of whoever names them."""

import json
from typing import Any

import pytest
from django.test import Client

from shanzhi.clues.catalogue import Act, State
from shanzhi.clues.models import Clue, ClueOfficer, Knock, Step
from shanzhi.clues.services.steps import LIMITS
from shanzhi.clues.specs import SPECS, Spec
from shanzhi.clues.tests.desk import BODY, LEAD, OFFICER, OTHER, Office
from shanzhi.clues.tests.test_pages import ready
from shanzhi.lib.receipts import secret_read
from shanzhi.tenancy.keyset import SIZE
from tests.cast import Cast

API = "/api/v1/341181/"


def post(client: Client, path: str, body: dict[str, Any], *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(API + path, json.dumps(body, default=str), content_type="application/json", headers=headers)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def lead(office: Office) -> Client:
    return office.cast[LEAD].client()


@pytest.fixture
def officer(office: Office) -> Client:
    return office.cast[OFFICER].client()


def test_who_reads_clues(office: Office, client: Client) -> None:
    found = client.get(f"{API}clue-desk").json()
    assert found["open"] is True
    assert {one["id"] for one in found["officers"]} == {office.id(who) for who in (LEAD, OFFICER, OTHER)}
    assert found["officers"][0]["lead"] is True


def test_without_a_desk(cast: Cast, client: Client) -> None:
    assert client.get(f"{API}clue-desk").json() == {"open": False, "officers": []}
    assert code_of(post(client, "public/clues", {"body": BODY})) == (409, "no_desk")


def test_handing_in_following_adding_barring(office: Office, client: Client) -> None:
    sent = {"body": BODY, "whom": "外号大头", "barred": [office.id(OTHER)]}
    answer = post(client, "public/clues", sent, key="k")
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    receipt = answer.json()
    clue = Clue.objects.get()
    assert (receipt["number"], secret_read(receipt["secret"])) == (clue.shown_number, clue.secret)
    assert post(client, "public/clues", sent, key="k").json() == receipt
    assert Clue.objects.count() == 1
    secret = {"secret": receipt["secret"]}
    found = post(client, "public/clue-states", secret).json()
    assert (found["state"], found["words"], found["added"]) == ("已收到", [], 0)
    assert post(client, "public/clue-additions", {**secret, "text": "还有"}).json()["added"] == 1
    office.assign(clue, OFFICER)
    office.act(LEAD, clue, Act.TELL, told="正在查")
    found = post(client, "public/clue-bars", {**secret, "barred": [office.id(OFFICER)]}).json()
    assert (found["state"], [one["text"] for one in found["words"]]) == ("正在核查", ["正在查"])
    assert BODY not in json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize("path", ["public/clue-states", "public/clue-additions", "public/clue-bars"])
def test_a_wrong_secret_stays_counted(office: Office, client: Client, path: str) -> None:
    sent = {"secret": "ABCD-EFGH-JKMNP", "text": "x", "barred": ["1"]}
    assert code_of(post(client, path, sent)) == (404, "receipt_unknown")
    assert Knock.objects.get().last == 1


def test_too_many(office: Office, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "give", 0)
    answer = post(client, "public/clues", {"body": BODY})
    assert code_of(answer) == (429, "too_many")
    assert 0 < int(answer["Retry-After"]) <= 3601


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("public/clues", {}, 422), ("public/clues", {"body": ""}, 422), ("public/clues", {"body": "x" * 20_001}, 422),
        ("public/clues", {"body": "x" * 5_001}, 422), ("public/clues", {"body": "x", "barred": ["1"]}, 422),
        ("public/clues", {"body": "x", "barred": "1"}, 422), ("public/clue-states", {}, 422),
        ("public/clue-states", {"secret": "x" * 41}, 422), ("public/clue-additions", {"secret": "x"}, 422),
    ],
)  # fmt: skip
def test_what_is_wrong(office: Office, client: Client, path: str, body: dict[str, Any], status: int) -> None:
    assert post(client, path, body).status_code == status
    assert not Clue.objects.exists()


def test_the_list_has_no_text(office: Office, lead: Client, officer: Client) -> None:
    clue = office.assign(office.give(whom="外号大头"), OFFICER)
    answer = lead.get(f"{API}clues?tab=open")
    (row,) = answer.json()["items"]
    assert row["number"] == clue.shown_number
    assert row["assigned"] == [office.cast[OFFICER].user.name]
    assert BODY not in answer.content.decode()
    assert [one["id"] for one in officer.get(f"{API}clues").json()["items"]] == [str(clue.id)]
    assert not Step.objects.filter(act=Act.LOOK).exists()
    assert lead.get(f"{API}clues?tab=all").status_code == 422
    assert code_of(lead.get(f"{API}clues?after=x")) == (422, "cursor_invalid")


def test_pages_of_a_long_list(office: Office, lead: Client) -> None:
    for number in range(SIZE + 1):
        office.give(address=f"203.0.113.{number}")
    first = lead.get(f"{API}clues?tab=waiting").json()
    rest = lead.get(f"{API}clues?tab=waiting&after={first['next']}").json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (SIZE, 1, None)


def test_one_clue_is_read_and_that_is_written_down(office: Office, lead: Client) -> None:
    clue = office.give(place="北河桥头", phone="13955550001", barred=(OTHER,))
    found = lead.get(f"{API}clues/{clue.id}").json()
    assert (found["body"], found["place"], found["phone"]) == (BODY, "北河桥头", "13955550001")
    assert found["barred"] == [office.cast[OTHER].user.name]
    assert found["acts"] == ["assign", "tell", "note"]
    assert [one["who"] for one in found["looks"]] == [office.cast[LEAD].user.name]
    assert "secret" not in found


@pytest.mark.parametrize("who", [OFFICER, OTHER, "accountant", "auditor", "command_centre", "resident"])
def test_strangers(office: Office, who: str) -> None:
    clue, browser = office.give(barred=(OTHER,)), office.cast[who].client()
    assert browser.get(f"{API}clues/{clue.id}").status_code == 404
    assert post(browser, f"clues/{clue.id}/notes", {"version": 0, "note": "x"}).status_code == 404
    on_desk = who in (OFFICER, OTHER)
    assert browser.get(f"{API}clues").status_code == (200 if on_desk else 404)
    assert browser.get(f"{API}clues/checks").status_code == (403 if on_desk else 404)
    assert Client().get(f"{API}clues").status_code == 401
    assert browser.get(f"{API}clues/x").status_code == 404


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.slug)
def test_each_act_is_an_operation(office: Office, spec: Spec) -> None:
    clue, browser, sent = ready(office, spec)
    path = f"clues/{clue.id}/{spec.slug}"
    stale = post(browser, path, {**sent, "version": clue.version + 7})
    assert code_of(stale) == (409, "stale")
    answer = post(browser, path, sent, key="k")
    assert answer.status_code == 200
    assert answer.json()["version"] == clue.version + 1
    assert post(browser, path, sent, key="k").json()["version"] == clue.version + 1
    assert Step.objects.filter(clue_id=clue.id, act=spec.act).count() == 1
    assert post(browser, path, {}).status_code == 422


def test_refusals_in_their_order(office: Office, lead: Client, officer: Client) -> None:
    clue = office.assign(office.give(), OFFICER)
    path = f"clues/{clue.id}/"
    assert code_of(post(lead, f"{path}checks", {"version": 1})) == (403, "not_yours")
    assert code_of(post(officer, f"{path}assignments", {"version": 1})) == (403, "not_yours")
    assert code_of(post(officer, f"{path}transfers", {"version": 1})) == (409, "wrong_state")
    post(officer, f"{path}checks", {"version": 1})
    answer = post(officer, f"{path}transfers", {"version": 2, "organ": "police"})
    assert code_of(answer) == (422, "invalid")
    assert set(answer.json()["fields"]) == {"organ_name", "on"}
    assert Clue.objects.get(id=clue.id).state == State.CHECKING


def test_the_check(office: Office, lead: Client) -> None:
    office.give()
    assert lead.get(f"{API}clues/checks").json() == {
        "whole": True, "clues": 1, "steps": 1, "missing": 0, "faults": [],
    }  # fmt: skip
    Step.objects.all().delete()
    found = lead.get(f"{API}clues/checks").json()
    assert (found["whole"], found["missing"]) == (False, 1)


def test_officers_are_named_and_ended(office: Office, settings: Any) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    security = office.cast["security_admin"].client()
    login = office.cast["accountant"].user.username
    made = post(security, "clue-officers", {"login": login, "lead": True}, key="k")
    assert made.status_code == 201
    assert post(security, "clue-officers", {"login": login, "lead": True}, key="k").json() == made.json()
    assert code_of(post(security, "clue-officers", {"login": login})) == (422, "officer_invalid")
    assert len(security.get(f"{API}clue-officers").json()["items"]) == 4
    path = f"clue-officers/{made.json()['id']}/ends"
    assert code_of(post(security, path, {"version": 9, "reason": "x"})) == (409, "stale")
    ended = post(security, path, {"version": 0, "reason": "调走"}).json()
    assert (ended["reason"], ended["version"]) == ("调走", 1)
    assert [one["login"] for one in security.get(f"{API}clue-officers?ended=true").json()["items"]] == [login]
    assert code_of(post(security, path, {"version": 1, "reason": "x"})) == (409, "officer_ended")
    assert code_of(post(security, "clue-officers/5/ends", {"version": 1, "reason": "x"})) == (404, "not_found")
    assert ClueOfficer.objects.filter(ended_at=None).count() == 3
    for who in (LEAD, "system_admin", "audit_admin"):
        assert office.cast[who].client().get(f"{API}clue-officers").status_code == 403
    assert security.get(f"{API}clues").status_code == 404
