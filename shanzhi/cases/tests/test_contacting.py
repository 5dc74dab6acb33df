"""Whoever told of a case is contacted: by whom, what stays of it, and what the person reads of it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases.acts import Act, acts_for
from shanzhi.cases.models import Case, Step
from shanzhi.cases.services import case_contact
from shanzhi.cases.services.talking import has_reached
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.cases.taking.following import told
from shanzhi.cases.tests.pages import act, address, post, text_of
from shanzhi.cases.tests.taking.people import taken
from shanzhi.lib.errors import Conflict, Forbidden, Invalid
from tests.cast import Cast, report


def contact(cast: Cast, case: Case, by: str = "village_clerk", **more: Any) -> Case:
    return case_contact(actor=cast.actor(by), case=case, **{"how": "phone", "reached": True, **more})


def words(case: Case) -> list[str]:
    return [step.words for step in told(Case.objects.select_related("owner", "area__parent").get(id=case.id)).steps]


def test_who_was_reached_reads_it_and_the_first_time_counts(cast: Cast) -> None:
    case, at = taken(cast), timezone.now()
    contact(cast, case, reached=False, at=at)
    case.refresh_from_db()
    assert case.contacted_at is None
    assert "已和您联系" not in words(case)
    contact(cast, case, text="说今晚来修", at=at + timedelta(hours=1))
    contact(cast, case, how="visit", at=at + timedelta(hours=2))
    case.refresh_from_db()
    assert case.contacted_at == at + timedelta(hours=1)
    assert words(case).count("已和您联系") == 2
    steps = list(Step.objects.filter(case=case, act=Act.CONTACT).order_by("version"))
    assert [step.target for step in steps] == ["电话，没联系上", "电话", "当面"]
    assert [has_reached(step) for step in steps] == [False, True, True]


def test_the_page_asks_how_and_whether_and_shows_it_in_the_timeline(cast: Cast) -> None:
    case, client = taken(cast), cast["village_clerk"].client()
    assert "联系反映人" in text_of(client.get(address(case)))
    form = text_of(client.get(address(case, "contact-create")))
    assert "怎么联系的" in form
    assert "联系上了吗" in form
    refused = post(client, case, "contact", how="phone", text="打了两次")
    assert refused.status_code == 422
    assert "请选联系上了没有。" in text_of(refused)
    assert "打了两次" in refused.content.decode()
    assert post(client, case, "contact", how="message", reached="yes", text="发了短信").status_code == 302
    page = text_of(client.get(address(case)))
    assert "联系反映人，微信短信" in page
    assert "联系上了" in page


def test_the_api_does_the_same(cast: Cast) -> None:
    case, client = taken(cast), cast["village_clerk"].client()
    path = f"/api/v1/341181/cases/{case.number}/contacts"
    done = client.post(path, json.dumps({"how": "visit", "reached": True}), content_type="application/json")
    assert done.status_code == 200, done.content
    assert done.json()["steps"][0]["act"] == "contact"
    wrong = client.post(path, json.dumps({"how": "pigeon", "reached": True}), content_type="application/json")
    assert wrong.status_code == 422
    assert wrong.json()["fields"] == {"how": ["请选怎么联系的：电话、当面，还是微信短信。"]}


def test_only_who_deals_with_it(cast: Cast) -> None:
    case = taken(cast)
    for role in ("grid_worker", "township_officer", "auditor", "county_leader"):
        with pytest.raises(Forbidden):
            contact(cast, Case.objects.get(id=case.id), by=role)
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])
    contact(cast, Case.objects.get(id=case.id), by="grid_worker")
    assert cast["other_clerk"].client().get(address(case, "contact-create")).status_code == 404


def test_nobody_is_contacted_about_what_staff_saw_themselves(cast: Cast) -> None:
    own, desk = report(cast), taken(cast, source="desk", contact=ContactIn("", "", False))
    for case in (own, desk):
        assert Act.CONTACT not in acts_for(cast.actor("village_clerk"), case)
        with pytest.raises(Conflict, match="没有反映人要联系"):
            contact(cast, case)
    resident = report(cast, by="resident", place="v1")
    assert (resident.reachable, own.reachable, desk.reachable) == (True, False, False)
    assert taken(cast).reachable
    assert not taken(cast, contact=ContactIn("钱小凤", "", True)).reachable
    assert Act.CONTACT in acts_for(cast.actor("village_clerk"), resident)
    assert Act.CONTACT not in acts_for(cast.actor("resident"), resident)


def test_how_has_to_be_one_of_three(cast: Cast) -> None:
    with pytest.raises(Invalid):
        contact(cast, taken(cast), how="")
