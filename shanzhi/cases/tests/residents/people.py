"""What the tests of villagers without an account share."""

import json
import re
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases import permissions
from shanzhi.cases.gate.visitors import DEVICE
from shanzhi.cases.models import Case, Receipt, Visit
from shanzhi.cases.services import Report, case_report
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.cases.taking.secrets import secret_shown
from shanzhi.cases.tests.gate.test_challenges import answer_of
from shanzhi.cases.tests.pages import act, field
from shanzhi.tenancy.keyring import key_ring
from tests.cast import Cast
from tests.kinds import kind_add

BODY = "村口路灯坏了三盏，晚上看不见路。"
PHONE = "13955501234"
FOLLOW = "/341181/follow/"
RECEIPT = "/341181/follow/receipt/"
API = "/api/v1/341181/public/"


def report_page(cast: Cast, village: str = "v1") -> str:
    return f"/341181/villages/{cast.areas[village].code}/report/"


def complain_page(cast: Cast, village: str = "v1") -> str:
    return f"/341181/villages/{cast.areas[village].code}/complain/"


def sent(**changes: Any) -> dict[str, Any]:
    """What the form of a villager sends."""
    data = {
        "body": BODY, "area": "", "place": "村口", "lon": "", "lat": "", "accuracy": "", "kind": "facilities",
        "phone": "", "caller": "", "idempotency_key": uuid4().hex,
    }  # fmt: skip
    return {**data, **changes}


def villager() -> Client:
    """A browser without an account that has opened a page before: it has its mark."""
    client = Client()
    client.get(FOLLOW)
    return client


def question_in(answer: Any) -> dict[str, str]:
    """What somebody without scripts sends besides, who answers the question that stands on this page."""
    html = answer.content.decode()
    found = re.search(r'for="id_proof_answer">([^<]+)<', html)
    assert found, "no question"
    return {"proof_question": field(html, "proof_question"), "proof_answer": str(answer_of(found[1]))}


def often(client: Client, act: str, times: int) -> None:
    """This browser did that so often within the hour."""
    device = key_ring().blind(client.cookies["device"].value, DEVICE)
    for _ in range(times):
        Visit.objects.create(act=act, address="a" * 64, device=device, at=timezone.now())


def told(cast: Cast, *, place: str = "g1", contact: ContactIn | None = None, **changes: Any) -> Case:
    """A case that somebody without an account reported, by the service."""
    words = {"body": BODY, "kind": "facilities", "place": "村口", "source": "resident", **changes}
    actor = Actor.public(cast.county.id, granted={permissions.REPORT}, device="d" * 64)
    return case_report(actor=actor, report=Report(**words), area=cast.areas[place], contact=contact)


def secret_of(case: Case, role: str = "reporter") -> str:
    return Receipt.objects.filter(case_id=case.id, role=role).latest("id").secret


def holding(case: Case, role: str = "reporter") -> Client:
    """A browser in which the secret of this case was typed."""
    client = villager()
    answer = client.post(FOLLOW, {"secret": secret_shown(secret_of(case, role)), "number": ""})
    assert answer.status_code == 200
    return client


def handled(cast: Cast, case: Case, text: str = "换了灯泡") -> Case:
    act(cast, "village_clerk", "accept", case)
    return act(cast, "village_clerk", "handle", case, text=text)


def verified(cast: Cast, case: Case) -> Case:
    handled(cast, case)
    return act(cast, "village_clerk", "verify", case)


def closed(cast: Cast, case: Case) -> Case:
    verified(cast, case)
    return act(cast, "village_clerk", "close", case)


def complaints(cast: Cast) -> None:
    """The county has the kind of complaints."""
    kind_add("complaint", {
        "label": "投诉办理人员或服务", "public": False,
        "fields": [{"code": "whom", "label": "投诉谁", "type": "text", "required": True},
                   {"code": "about", "label": "关于哪件事", "type": "text"}],
        "seen_by": ["township_officer", "command_centre", "county_leader", "auditor"],
        "acts_off": ["dispatch", "start", "classify"], "clocks": {"accept": "1 days", "handle": "7 days"},
    }, at=timezone.now())  # fmt: skip


def send(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    """A JSON request of a program."""
    return client.post(API + path, json.dumps(body), content_type="application/json", headers=headers)
