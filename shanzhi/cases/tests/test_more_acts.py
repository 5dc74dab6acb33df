"""The same refusals for each of these acts, by page and by API: 404, 403, 409 twice, 422 with what was typed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from shanzhi.cases.acts import BESIDE, Act, acts_for
from shanzhi.cases.forms.specs import SPECS
from shanzhi.cases.models import Case, Step
from shanzhi.cases.selectors import case_get_for
from shanzhi.cases.tests.pages import act, address, dispatched, post, text_of
from shanzhi.trail.models import Entry
from tests.cast import Cast, report
from tests.kinds import kind_add

TYPED = "这是刚才写的话"
STAGES: dict[str, Any] = {
    "label": "分环节",
    "stages": [
        {"code": "look", "label": "勘查", "next": ["fix", "ask"]},
        {"code": "fix", "label": "维修", "next": []},
        {"code": "ask", "label": "询价", "next": []},
    ],
}


def reported(cast: Cast) -> Case:
    return report(cast)


def accepted(cast: Cast) -> Case:
    return act(cast, "village_clerk", "accept", report(cast))


def handling(cast: Cast) -> Case:
    kind_add("staged", STAGES)
    case = report(cast, kind="staged")
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])
    return act(cast, "grid_worker", "start", case)


def closed(cast: Cast) -> Case:
    case = dispatched(cast)
    act(cast, "grid_worker", "handle", case, text="好了")
    act(cast, "village_clerk", "verify", case)
    return act(cast, "village_clerk", "close", case)


def merged(cast: Cast) -> Case:
    return act(cast, "village_clerk", "merge", report(cast), into=report(cast), text="同一件")


def twin(cast: Cast) -> dict[str, str]:
    return {"into": report(cast).number}


@dataclass
class Way:
    """One act: where it is possible, by whom, with what, by whom not, where not, and what is wrong input."""

    act: Act
    case: Callable[[Cast], Case]
    who: str
    nobody: str
    elsewhere: Callable[[Cast], Case] | None
    form: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, Any] | None = None
    body: dict[str, Any] | None = None
    more: Callable[[Cast], dict[str, str]] | None = None
    stranger: str = "other_clerk"

    def __str__(self) -> str:
        return str(self.act)


PARTS = {"parts.0.body": "路灯不亮", "parts.1.body": "井盖断了"}
WAYS = [
    Way(Act.STAGE, handling, "grid_worker", "village_clerk", reported, {"stage": "fix"}, {"stage": "buy"}),
    Way(Act.RELEASE, handling, "grid_worker", "village_clerk", reported, {}),
    Way(Act.REOPEN, closed, "grid_worker", "supervisor", reported, {"text": "又坏了"}, {"text": "字" * 1001}),
    Way(Act.CLASSIFY, reported, "village_clerk", "grid_worker", closed, {"kind": "other"}, {"kind": "facilities"}),
    Way(
        Act.SPLIT, accepted, "village_clerk", "grid_worker", reported, PARTS, {"parts.0.body": "只有一件"},
        {"parts": [{"body": "路灯不亮"}, {"body": "井盖断了", "kind": "security"}]},
    ),
    Way(Act.MERGE, reported, "village_clerk", "grid_worker", closed, {"text": "同一件"}, {"into": "9"}, None, twin),
    Way(Act.UNMERGE, merged, "village_clerk", "grid_worker", reported, {}),
    Way(Act.NOTE, reported, "township_officer", "supervisor", merged, {"text": "上门看看"}, {"mentions": "1"}),
    Way(
        Act.MODERATE, reported, "village_clerk", "grid_worker", None, {"what": "title", "text": "有姓名"}, {"what": "x"}
    ),
    Way(Act.PUBLISH, reported, "village_clerk", "grid_worker", merged, {"text": "路灯修好了"}, {"text": "字" * 201}),
]  # fmt: skip
EACH = pytest.mark.parametrize("way", WAYS, ids=str)
API = "/api/v1/341181/cases/"


def send(client: Client, way: Way, case: Case, **body: Any) -> Any:
    path = f"{API}{case.number}/{SPECS[way.act].resource}"
    return client.post(path, json.dumps(body), content_type="application/json")


def filled(way: Way, cast: Cast) -> dict[str, Any]:
    return {**way.form, **(way.more(cast) if way.more else {})}


def unchanged(case: Case) -> bool:
    return Case.objects.get(id=case.id).version == case.version == Step.objects.filter(case_id=case.id).count()


@EACH
def test_done_by_a_page_it_leaves_a_step_and_a_trail(cast: Cast, way: Way) -> None:
    case, client = way.case(cast), cast[way.who].client()
    form = client.get(address(case, f"{way.act}-create"))
    assert form.status_code == 200
    assert SPECS[way.act].words[0] in text_of(form)
    done = post(client, case, way.act.value, **filled(way, cast))
    assert done.status_code == 302, text_of(done)
    step = Step.objects.filter(case=case).latest("version")
    assert step.act == way.act
    assert Entry.objects.filter(object_id=case.id, code=f"cases.case.{way.act.past}", version=step.version).count() == 1
    page = client.get(done["Location"])
    assert page.status_code == 200
    assert way.act.done in text_of(page)


@EACH
def test_the_api_does_the_same(cast: Cast, way: Way) -> None:
    case, client = way.case(cast), cast[way.who].client()
    body = way.body or filled(way, cast)
    assert way.act in client.get(API + case.number).json()["acts"]
    done = send(client, way, case, version=case.version, **body)
    assert done.status_code == 200, done.content
    assert done.json()["steps"][0]["act"] == way.act
    assert done.json()["version"] == case.version + 1


@EACH
def test_another_place_is_404_and_another_role_403(cast: Cast, way: Way) -> None:
    case = way.case(cast)
    stranger, nobody = cast[way.stranger].client(), cast[way.nobody].client()
    body = way.body or filled(way, cast)
    for client, status in ((stranger, 404), (nobody, 403)):
        assert client.get(address(case, f"{way.act}-create")).status_code == status
        assert post(client, case, way.act.value, **filled(way, cast)).status_code == status
        answer: HttpResponse = send(client, way, case, version=case.version, **body)
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"
    assert unchanged(case)
    actor = cast.actor(way.nobody)
    assert way.act not in acts_for(actor, case_get_for(actor, case.number))


@EACH
def test_who_acts_on_an_old_page_is_told(cast: Cast, way: Way) -> None:
    case, client = way.case(cast), cast[way.who].client()
    if way.act in BESIDE:  # what stands beside the turn asks for no version
        done = post(client, case, way.act.value, **{**filled(way, cast), "version": case.version - 1})
        assert done.status_code == 302
        return
    old = case.version - 1
    refused = post(client, case, way.act.value, **{**filled(way, cast), "text": TYPED, "version": old})
    assert refused.status_code == 409
    assert TYPED in refused.content.decode()
    assert "最新的经过" in text_of(refused)
    body = {**(way.body or filled(way, cast)), "version": old}
    assert send(client, way, case, **body).json()["code"] == "stale"
    assert unchanged(case)


@EACH
def test_what_the_state_does_not_know_is_told(cast: Cast, way: Way) -> None:
    if way.elsewhere is None:
        return
    case, client = way.elsewhere(cast), cast[way.who].client()
    refused = post(client, case, way.act.value, **{**filled(way, cast), "text": TYPED})
    assert refused.status_code == 409
    assert TYPED in refused.content.decode()
    body = {**(way.body or filled(way, cast)), "version": case.version}
    assert send(client, way, case, **body).status_code == 409
    assert unchanged(case)


@EACH
def test_wrong_input_comes_back_with_what_was_typed(cast: Cast, way: Way) -> None:
    if way.wrong is None:
        return
    case, client = way.case(cast), cast[way.who].client()
    typed = way.wrong.get("text", TYPED)
    refused = post(client, case, way.act.value, **{"text": typed, **way.wrong})
    assert refused.status_code == 422, text_of(refused)
    html = refused.content.decode()
    assert typed in html
    for name in ("into", "parts.0.body"):
        assert way.wrong.get(name, "") in html
    assert 'role="alert"' in html
    assert unchanged(case)


@EACH
def test_sent_twice_it_is_done_once(cast: Cast, way: Way) -> None:
    case, client, key = way.case(cast), cast[way.who].client(), uuid4().hex
    form = {**filled(way, cast), "version": case.version, "idempotency_key": key}
    for _ in range(2):
        assert client.post(address(case, f"{way.act}-create"), form).status_code == 302
    assert Step.objects.filter(case=case, act=way.act).count() == 1


@EACH
def test_a_kind_may_do_without(cast: Cast, way: Way) -> None:
    if way.act in (Act.STAGE, Act.UNMERGE):
        return
    kind_add("plain", {"label": "不办", "acts_off": [way.act.value]})
    case = report(cast, kind="plain")
    if way.act == Act.SPLIT:
        act(cast, "village_clerk", "accept", case)
    assert way.act not in acts_for(cast.actor("village_clerk"), case)


@pytest.mark.parametrize("way", [way for way in WAYS if way.act in (Act.CLASSIFY, Act.MERGE, Act.MODERATE)], ids=str)
def test_nobody_is_told_what_to_mend_in_what_is_not_theirs(cast: Cast, way: Way) -> None:
    """The township's officer may do it, but not here: 403 comes before 422."""
    case, client = way.case(cast), cast["township_officer"].client()
    assert post(client, case, way.act.value).status_code == 403
    assert send(client, way, case, version=case.version).status_code == 403
    assert unchanged(case)
