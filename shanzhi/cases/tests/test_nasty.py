"""Whatever is sent to an act, a batch, a list or a receipt: a page or a sentence, never a breakdown."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shanzhi.cases.acts import Act
from shanzhi.cases.forms import SPECS
from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import act
from shanzhi.cases.tests.test_whistles import whistle
from tests.cast import Cast, report
from tests.kinds import kind_add

NASTY = (
    "\0", "9" * 19, "9" * 5000, "-9223372036854775809", "1e309", "²", "١٢",
    "<script>alert(1)</script>", "../../etc/passwd", "%00", "photo:" + "9" * 19, "step:²", "lift:" + "9" * 19,
    "0000-00-00", "2026-02-30", "2026-²-1", "99999 days", "days", "长" * 3000,
)  # fmt: skip
FEW = ("\0", "9" * 19, "9" * 5000, "²", "<script>alert(1)</script>", "2026-²-1", "step:²")
NAMES = (
    "text", "version", "kind", "stage", "into", "likely", "what", "instead", "until", "amount", "limit", "units",
    "helpers", "target", "mentions", "photos", "within", "satisfied", "reply", "back", "parts.0.body", "parts.0.kind",
    "parts.0.title", "parts.1.body", "who", "unit_more",
)  # fmt: skip
TWO: dict[str, Any] = {"choices": ["甲", "乙"]}
KIND: dict[str, Any] = {
    "label": "什么都问",
    "fields": [
        {"code": name, "label": name, "type": name, **(TWO if name.startswith("choice") else {})}
        for name in ("text", "long", "number", "choice", "choices", "date", "person", "place", "photo")
    ],
    "stages": [{"code": "a", "label": "甲", "next": ["b"]}, {"code": "b", "label": "乙"}],
}


@pytest.fixture
def cases(cast: Cast) -> list[tuple[str, Case]]:
    """Cases at several points of their way, each with somebody who may do things there."""
    kind_add("all", KIND)
    told = report(cast, kind="all")
    taken = act(cast, "village_clerk", "accept", report(cast))
    given = act(cast, "village_clerk", "accept", report(cast))
    given = act(cast, "village_clerk", "dispatch", given, area=cast.areas["g1"])
    called = whistle(cast, report(cast))
    return [("village_clerk", told), ("village_clerk", taken), ("grid_worker", given), ("department_handler", called),
            ("township_officer", given)]  # fmt: skip


def refused_or_done(response: Any, *what: object) -> None:
    assert response.status_code < 500, what
    if response["Content-Type"].startswith("text/html"):
        assert b"<script>alert" not in response.content, what


@pytest.mark.parametrize("act_of", [pytest.param(one, id=one.value) for one in SPECS])
def test_no_form_of_an_act_breaks_down(cast: Cast, cases: list[tuple[str, Case]], act_of: Act) -> None:
    for who, case in cases if act_of in (Act.ARRIVE, Act.FINISH, Act.SUPERVISE, Act.GRANT) else cases[:2]:
        client = cast[who].client()
        url = reverse(f"cases:{act_of.value}-create", args=[case.county_id, case.number])
        for nasty in FEW:
            case.refresh_from_db()
            sent: dict[str, Any] = dict.fromkeys(NAMES, nasty)
            refused_or_done(client.post(url, {**sent, "version": case.version, "text": "写明"}), who, nasty)


@pytest.mark.parametrize("act_of", [pytest.param(one, id=one.value) for one in SPECS])
def test_no_body_of_an_act_breaks_down(cast: Cast, cases: list[tuple[str, Case]], act_of: Act) -> None:
    spec = SPECS[act_of]
    for who, case in cases[3:] if act_of in (Act.ARRIVE, Act.FINISH, Act.SUPERVISE) else cases[2:3]:
        client = cast[who].client()
        url = f"/api/v1/{case.county_id}/cases/{case.number}/{spec.resource}"
        for nasty in (*FEW[:4], None, {}, [[]], {"a": [{}]}, 10**30, -1, 2**63, ["9" * 19], [{"body": "\0"}] * 2):
            case.refresh_from_db()
            for name in spec.body.model_fields:
                sent = {"version": case.version, "text": "写明", "until": "2026-12-01", name: nasty}
                answer = client.post(url, json.dumps(sent), content_type="application/json")
                refused_or_done(answer, who, name, nasty)


def test_no_answer_to_a_question_breaks_down(cast: Cast, cases: list[tuple[str, Case]]) -> None:
    case, client = cases[1][1], cast["village_clerk"].client()
    act(cast, "village_clerk", "escalate", case, text="上报")
    case = report(cast)
    odd = (10**30, 1e308, True, [], [[]], ["9" * 19], {"name": "\0"}, {"name": "甲", "phone": "\0"}, {"x": 1})
    for nasty in (*NASTY, *odd):
        for code in (field["code"] for field in KIND["fields"]):
            case.refresh_from_db()
            sent = {"version": case.version, "kind": "all", "answers": {code: nasty}}
            url = f"/api/v1/{case.county_id}/cases/{case.number}/classifications"
            answer = client.post(url, json.dumps(sent), content_type="application/json")
            refused_or_done(answer, code, nasty)
            if answer.status_code == 200:
                case = report(cast)


def addresses(county: int) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (f"/{county}/cases/", ("tab", "q", "state", "due", "place", "kind", "unit", "source", "mark", "kin", "sort",
                               "received_from", "received_to", "cursor", "case", "urgent")),
        (f"/{county}/cases/whistles/", ("state", "unit", "cursor")),
        (f"/{county}/cases/whistles/export/", ("state", "unit")),
        (f"/{county}/cases/export/", ("tab", "q", "kind", "format", "received_from", "unit")),
        (f"/{county}/cases/lists/", ("deleted",)),
        (f"/{county}/cases/batches/new/", ("act", "case", "again", "all", "list")),
    ]  # fmt: skip


def test_no_address_of_a_list_breaks_down(cast: Cast, cases: list[tuple[str, Case]]) -> None:
    clerk, others = cast["village_clerk"].client(), [cast["department_handler"].client(), cast["grid_worker"].client()]
    for url, names in addresses(341181):
        for nasty in FEW:
            for client in others:
                refused_or_done(client.get(url, dict.fromkeys(names, nasty)), url, nasty)
            for name in names:
                more = {"act": "accept"} if "batches" in url and name != "act" else {}
                refused_or_done(clerk.get(url, {name: nasty, **more}), url, name, nasty)


def test_nothing_kept_followed_or_taken_down_breaks_down(cast: Cast) -> None:
    clerk = cast["village_clerk"].client()
    for nasty in NASTY:
        refused_or_done(clerk.post("/341181/cases/lists/new/", {"name": nasty, "query": f"q={nasty}"}), nasty)
        refused_or_done(Client().post("/341181/follow/", {"number": nasty, "secret": nasty}), nasty)
        answer = Client().post("/api/v1/341181/follow", json.dumps({"number": nasty, "secret": nasty}),
                               content_type="application/json")  # fmt: skip
        refused_or_done(answer, nasty)
        names = ("body", "caller", "phone", "area", "kind", "source", "township", "lon", "lat", "occurred_at")
        refused_or_done(clerk.post("/341181/cases/take-down/", dict.fromkeys(names, nasty)), nasty)
        for body in ({"name": nasty, "query": nasty}, {"name": "甲", "query": f"q={nasty}"}):
            answer = clerk.post("/api/v1/341181/cases/lists", json.dumps(body), content_type="application/json")
            refused_or_done(answer, nasty)
        body = {"act": "dispatch", "cases": [{"number": "2611-0001", "version": 1}], "text": nasty}
        for name in ("text", "area", "unit", "limit"):
            sent = json.dumps({**body, name: nasty})
            answer = clerk.post("/api/v1/341181/cases/batches", sent, content_type="application/json")
            refused_or_done(answer, name, nasty)
