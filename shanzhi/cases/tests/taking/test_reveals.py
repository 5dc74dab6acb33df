"""A caller's number: shown to those who deal with the case, for a purpose that is written down first."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from shanzhi.cases.models import Case, Reveal
from shanzhi.cases.services.splitting import Part
from shanzhi.cases.taking.contacts import ContactIn, handling_posts
from shanzhi.cases.taking.revealing import contact_reveal
from shanzhi.cases.tests.pages import act, address, post, text_of
from shanzhi.cases.tests.taking.people import MASKED, NAME, PHONE, taken
from shanzhi.lib.errors import Conflict, Forbidden, Invalid
from shanzhi.trail.models import Entry
from tests.cast import Cast, report


def asked(client: Client, case: Any, **data: Any) -> Any:
    return client.post(
        address(case, "reveals"), {"purpose": "reply", "text": "", "idempotency_key": uuid4().hex, **data}
    )


def test_the_number_is_shown_for_a_minute_and_it_is_written_down(cast: Cast) -> None:
    case = taken(cast)
    client = cast["village_clerk"].client()
    assert PHONE not in client.get(address(case, "reveals")).content.decode()
    answer = asked(client, case, purpose="other", text=" 约时间  上门 ")
    html = answer.content.decode()
    assert PHONE in html
    assert 'data-hide-after="60"' in html
    assert answer["Refresh"] == f"60; url={address(case)}"
    assert answer["Cache-Control"] == "no-store"
    row = Reveal.objects.get()
    assert (row.user_id, row.purpose, row.text) == (cast["village_clerk"].user.pk, "other", "约时间 上门")
    assert row.by.startswith(cast["village_clerk"].user.name)
    entry = Entry.objects.get(code="cases.contact.revealed")
    assert (entry.object_id, entry.actor_id) == (row.id, cast["village_clerk"].user.pk)
    again = text_of(client.get(address(case, "reveals")))
    assert "约时间 上门" in again
    assert PHONE not in again
    assert PHONE not in client.get(address(case)).content.decode()


def test_a_double_click_is_one_look(cast: Cast) -> None:
    case, key = taken(cast), uuid4().hex
    client = cast["village_clerk"].client()
    for _ in range(2):
        assert PHONE in asked(client, case, idempotency_key=key).content.decode()
    assert Reveal.objects.count() == 1
    assert asked(client, case, idempotency_key=key, purpose="check").status_code == 422
    assert Reveal.objects.count() == 1


BAD: dict[str, tuple[dict[str, str], str]] = {
    "no purpose": ({"purpose": "", "text": "写过的话"}, "请选看电话做什么用。"),
    "unknown purpose": ({"purpose": "fun", "text": "写过的话"}, "请选看电话做什么用。"),
    "other without words": ({"purpose": "other", "text": "  "}, "选“其他”时请写明用途。"),
    "too long": ({"purpose": "other", "text": "长" * 101}, "用途最多写 100 字，请删减。"),
}


@pytest.mark.parametrize("name", BAD)
def test_without_a_purpose_there_is_no_number(cast: Cast, name: str) -> None:
    data, sentence = BAD[name]
    answer = asked(cast["village_clerk"].client(), taken(cast), **data)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert data["text"].strip() in answer.content.decode()
    assert PHONE not in answer.content.decode()
    assert not Reveal.objects.exists()


@pytest.mark.parametrize("role", ["township_officer", "grid_worker", "grid_leader", "branch_secretary"])
def test_only_who_deals_with_it_now(cast: Cast, role: str) -> None:
    """In the village's hands: its office sees the number; whoever else sees the case does not."""
    case = taken(cast)
    client = cast[role].client()
    allowed = role == "branch_secretary"
    assert client.get(address(case, "reveals")).status_code == (200 if allowed else 403)
    assert (PHONE in asked(client, case).content.decode()) is allowed
    assert ("查看电话" in text_of(client.get(address(case)))) is allowed
    assert Reveal.objects.exists() is allowed


def test_the_handler_sees_it_only_while_it_is_with_them(cast: Cast) -> None:
    case = taken(cast)
    act(cast, "village_clerk", "accept", case)
    case = act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])
    worker = cast["grid_worker"].client()
    assert PHONE in asked(worker, case).content.decode()
    post(worker, case, "handle", text="修好了")
    case.refresh_from_db()
    assert asked(worker, case).status_code == 403
    assert not handling_posts(cast.actor("grid_worker"), case)
    assert Reveal.objects.count() == 1


@pytest.mark.parametrize("role", ["auditor", "county_leader", "supervisor", "accountant"])
def test_who_only_watches_never_does(cast: Cast, role: str) -> None:
    case = taken(cast)
    client = cast[role].client()
    assert client.get(address(case, "reveals")).status_code == 403
    assert asked(client, case).status_code == 403
    page = client.get(address(case)).content.decode()
    assert PHONE not in page
    assert MASKED not in page


def test_who_does_not_see_the_case_does_not_learn_of_it(cast: Cast, cast_b: Cast, client: Client) -> None:
    case = taken(cast)
    assert cast["other_clerk"].client().get(address(case, "reveals")).status_code == 404
    assert cast_b["village_clerk"].client().get(address(case, "reveals")).status_code == 404
    assert client.get(address(case, "reveals")).status_code == 302


def test_a_case_without_a_number_has_no_such_page(cast: Cast) -> None:
    client = cast["village_clerk"].client()
    for case in (report(cast), taken(cast, contact=ContactIn(NAME, "", False))):
        assert client.get(address(case, "reveals")).status_code == 404
        assert "查看电话" not in text_of(client.get(address(case)))
        with pytest.raises(Conflict):
            contact_reveal(actor=cast.actor("village_clerk"), case=case, purpose="reply")


def test_who_handles_a_part_calls_whoever_told_the_whole(cast: Cast) -> None:
    case = taken(cast)
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "split", case, parts=[Part("路灯不亮，三盏。"), Part("井盖断了一半。")])
    part = Case.objects.filter(parent_id=case.id).order_by("number")[0]
    act(cast, "village_clerk", "dispatch", part, area=cast.areas["g1"])
    part.refresh_from_db()
    assert PHONE in asked(cast["grid_worker"].client(), part).content.decode()
    assert Reveal.objects.get().case_id == part.id
    assert cast["grid_worker"].client().get(address(case, "reveals")).status_code == 403
    assert cast["village_clerk"].client().get(address(part, "receipt")).status_code == 404


def test_the_service_guards_itself(cast: Cast) -> None:
    case = taken(cast)
    for role in ("auditor", "grid_worker", "other_clerk", "resident"):
        with pytest.raises(Forbidden):
            contact_reveal(actor=cast.actor(role), case=case, purpose="reply")
    with pytest.raises(Invalid):
        contact_reveal(actor=cast.actor("village_clerk"), case=case, purpose="")
    assert contact_reveal(actor=cast.actor("village_clerk"), case=case, purpose="notify").phone == PHONE


class TestApi:
    def call(self, cast: Cast, role: str, case: Any, **body: Any) -> Any:
        path = f"/api/v1/341181/cases/{case.number}/reveals"
        sent = json.dumps({"purpose": "check", **body})
        return cast[role].client().post(path, sent, content_type="application/json", HTTP_IDEMPOTENCY_KEY="one")

    def test_the_same_by_a_program(self, cast: Cast) -> None:
        case = taken(cast)
        for _ in range(2):
            assert self.call(cast, "village_clerk", case).json() == {"name": NAME, "phone": PHONE, "seconds": 60}
        assert Reveal.objects.count() == 1
        listed = cast["village_clerk"].client().get(f"/api/v1/341181/cases/{case.number}/reveals")
        assert [row["purpose"] for row in listed.json()] == ["check"]
        assert PHONE not in listed.content.decode()

    def test_refusals(self, cast: Cast) -> None:
        case = taken(cast)
        assert self.call(cast, "auditor", case).status_code == 403
        assert self.call(cast, "township_officer", case).status_code == 403
        assert self.call(cast, "other_clerk", case).status_code == 404
        assert self.call(cast, "village_clerk", case, purpose="fun").status_code == 422
        assert self.call(cast, "village_clerk", case, purpose="other").json()["fields"].keys() == {"text"}
        assert self.call(cast, "village_clerk", report(cast)).status_code == 409
        listed = cast["auditor"].client().get(f"/api/v1/341181/cases/{case.number}/reveals")
        assert listed.status_code == 403
        assert not Reveal.objects.exists()
