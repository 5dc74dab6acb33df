"""Who may open what: every page and operation × the cast × (own area, other area, other county).

The cases are generated from what is there; the expectations are written by hand, in `matrix_tables`, and do not ask the
code who holds a permission.
"""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from shanzhi.access.permissions import PERMISSIONS, PUBLIC, ROLES, SELF
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast
from tests.endpoints import Endpoint, operations, pages
from tests.matrix_tables import (
    ADMINISTRATORS,
    ALLOWED,
    CLUE_HANDLERS_ACTS,
    CLUE_LEADS,
    EVERYBODY,
    OFFICE,
    ONLY,
    SEES,
    TURN,
    WATCHERS,
)
from tests.matrix_world import BEFORE, World

# In another county nobody has a post, so these speak for all.
ABROAD = {"grid_worker", "township_officer", "county_leader", "security_admin"}

KINDS = {
    "case_number": "case", "area_code": "area", "unit_code": "unit", "user_id": "user", "post_id": "post",
    "token_id": "token", "stand_in_id": "stand_in", "import_id": "import",
    "outline_import_id": "outline_import", "file_id": "case_photo",
    "notice_id": "notice", "job_id": "job", "delivery_id": "delivery", "batch_id": "batch", "saved_id": "saved",
    "held_id": "held", "block_id": "block", "draw_id": "draw", "duty_id": "duty", "line_id": "duty_line",
    "staff_id": "staff", "resident_id": "resident", "stay_id": "stay", "dwelling_id": "dwelling",
    "household_id": "household", "membership_id": "membership", "kin_id": "kin", "request_id": "data_request",
    "visited_id": "visited", "visit_id": "visit", "clue_id": "clue", "officer_id": "clue_officer",
    "hook_id": "hook", "hook_delivery_id": "hook_delivery", "register_import_id": "register_import",
    "register_export_id": "register_export", "search_id": "search",
}  # fmt: skip


def kind_of(endpoint: Endpoint) -> str | None:
    """Which kind of object the address names, if any."""
    if "/definitions/" in endpoint.path or "/kinds/" in endpoint.path:  # the same for the whole county
        return None
    found = re.findall(r"<(?:(\w+):)?(\w+)>", endpoint.path)
    for converter, name in found:
        for word in (name, f"{converter}_{name}", converter):
            if word == "post_id" and endpoint.path.rstrip("/").endswith(("stand-ins", "substitutes")):
                return "list"
            if word == "saved_id" and endpoint.path.rstrip("/").endswith("restorations"):
                return "erased"
            if word in KINDS:
                return KINDS[word]
        if name == "number":
            return "seal" if "/seals/" in endpoint.path else "case"
        if name == "code":
            return "unit" if "/units/<" in endpoint.path else "area"
    return None


def resource(endpoint: Endpoint) -> str:
    """What the address makes or shows of a case: its last word, or the one before a code."""
    words = [word for word in endpoint.path.split("/") if word and "<" not in word]
    return words[-1] if words else ""


def address(endpoint: Endpoint, world: World, place: str) -> str:
    path = endpoint.path.replace("<county:county>", str(world.cast(place).county.id))
    kind = kind_of(endpoint)
    if "/definitions/" in path:
        named = {"family": "department", "code": "zhujian", "year": "2026"}
        world.define(place)
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: named[found[1]], path)
    if "/kinds/" in path:
        path = re.sub(r"<(?:\w+:)?code>", "facilities", path)
    path = re.sub(r"<(?:slug:)?act>", "disablements", path).replace("<slug:channel>", "sms")
    path = path.replace("<slug:hook_act>", "pauses")
    path = re.sub(r"<(?:slug:)?indicator>", "reported", path)
    path = path.replace("<slug:event>", "left")
    if "<slug:group>" in path:
        world.care(place)
        path = path.replace("<slug:group>", "alone")
    if "/papers/" in path:
        path = re.sub(r"<(?:slug:)?code>", "notice", path)
    if kind is not None:
        path = re.sub(r"<[^>]+>", lambda _: world.value(kind, place), path, count=1)
    assert "<" not in path, path
    return path


def body(endpoint: Endpoint, world: World, place: str) -> dict[str, Any]:
    """A body that is good enough to reach the guard; what it lacks is a 409 or 422, which is fine."""
    cast = world.cast(place)
    grid, village = ("g3", "v3") if place == "other" else ("g1", "v1")
    code = cast.areas[grid].code
    return {
        "version": 1 + len(BEFORE.get(resource(endpoint), ())), "text": "写明原因", "reason": "写明原因", "hours": 24,
        "area": code, "target": f"area:{cast.areas[grid].id}", "body": "路口井盖断裂",
        "kind": "facilities" if (endpoint.permission or "").startswith("cases.") else "centre",
        "role": "volunteer", "user_id": str(cast["village_clerk"].user.pk), "area_code": cast.areas[village].code,
        "units": [cast.units["t2" if place == "other" else "t1"].code], "amount": "3 days",
        "until": str(timezone.localdate() + timedelta(days=3)), "what": "body", "parts": [],
        "source": "phone", "phone": "13955501234", "purpose": "reply", "how": "phone", "reached": True,
        "outcome": "missed", "on": "2026-01-05", "name": "新名字", "url": "https://example.cn/hook",
        "into": "2611-9999" if "/cases/" in endpoint.path else cast.areas["t2"].code,
        "parent": cast.areas["t2"].code,
        "substitute_id": str(cast["branch_secretary"].user.pk),
        "valid_from": str(timezone.localdate()), "valid_to": str(timezone.localdate()),
        **ELSEWISE.get(endpoint.name, {}),
    }  # fmt: skip


# Fields that mean something else there than elsewhere.
ELSEWISE: dict[str, dict[str, Any]] = {
    "cases.gate.block_make": {"what": "device", "reason": "abuse", "days": 1},
    "cases.gate.block_extend": {"days": 1},
    "duties.duty_acts": {"act": "strike", "lines": [{"id": "1", "version": 1}]},
    "staffing.rule_set": {"role": "worker", "place": "341181101201001", "least": 2},
    "staffing:rule-change": {"what": "grid.worker", "place": "341181101201001", "least": 2},
    "staffing.appoint": {"role": "instructor", "place": "341181101201001"},
    "staffing:appoint": {"role": "instructor", "place": "341181101201001"},
    "staffing.phone": {"purpose": "case"},
    "staffing:phone": {"purpose": "case"},
    "people.dwelling_change": {"place": "341181101201001", "road": "张庄组"},
    "people.join": {"resident": "1", "relation": "2"},
    "people.head": {"head": "1"},
    "people.split": {"members": {"1": "0"}},
    "people.merge": {"into": "1"},
    "people.event": {"event": "left", "note": ""},
    "people.household_event": {"event": "left", "note": ""},
    "people.correct": {"since": "2026-01-05", "note": "写错了"},
    "people.care_begin": {"group": "alone", "since": "2026-01-05"},
    "people.kin_new": {"who": "李建军", "tie": "parent"},
    "people.kin_reveal": {"purpose": "visit"},
    "people.care_end": {"until": "2026-01-05"},
    "people.finding.search": {"area": ""},
    "people.reveal": {"field": "phone", "purpose": "contact"},
    "people.decide": {"done": True, "answer": "已办。"},
    "visits.make": {"outcome": "absent"},
    "visits:visit": {"outcome": "absent"},
    "areas.mapping.split_create": {"line": [[118.9, 32.7], [119.0, 32.8]]},
}


def call(client: Client, method: str, path: str, endpoint: Endpoint, sent: dict[str, Any]) -> HttpResponse:
    """One request whose effects are taken back."""
    with transaction.atomic():
        if method == "GET":
            response = client.get(path)
        elif endpoint.is_api:
            response = client.generic(method, path, json.dumps(sent), content_type="application/json")
        else:
            response = client.post(path, sent)
        transaction.set_rollback(True)
    return response


def verdict(response: HttpResponse) -> str:
    """login, 401, 403, 404, or ok for whatever got past the guards."""
    status = response.status_code
    assert status < 500, response.content[:500]
    if status in (301, 302) and "/accounts/login/" in response["Location"]:
        return "login"
    return str(status) if status in (401, 403, 404) else "ok"


def expected(endpoint: Endpoint, role: str, place: str) -> set[str]:
    """By hand: see the tables above."""
    permission = endpoint.permission or ""
    if place == "foreign":
        return {"404"}
    if endpoint.name == "cases.taking.take_down" and place == "other":
        return {"404"} if role in OFFICE else {"403"}
    if endpoint.name == "cases.case_report" and place == "other":  # the area is in the body
        return {"403"} if role in ADMINISTRATORS | {"department_handler"} else {"ok"} if role in WATCHERS else {"404"}
    if permission == "clues.desk":  # to anybody else nothing of it exists, whatever post they hold
        assigned_only = kind_of(endpoint) == "clue" and resource(endpoint) in CLUE_HANDLERS_ACTS
        return {"404"} if role not in CLUE_LEADS else {"403"} if assigned_only else {"ok"}
    if endpoint.name == "trail.check_latest":  # nothing was verified yet
        return {"404"} if role == "audit_admin" else {"403"}
    kind = kind_of(endpoint)
    sees = kind is None or role in SEES[kind][place]
    if resource(endpoint) == "dismissals" and role == "department_handler" and place == "own":
        sees = True  # it was called there
    allowed = role in ONLY.get(endpoint.name, ALLOWED[permission])
    if kind in ("case", "duty_line") and resource(endpoint) in TURN:
        reaches = place == "own" or (role == "county_leader" and role in TURN[resource(endpoint)])
        allowed = role in TURN[resource(endpoint)] and reaches
    if endpoint.is_object:
        return {"404"} if not sees else {"ok"} if allowed else {"403"}
    return {"403"} if not allowed else {"ok"} if sees else {"404"}


# What there is only of a case that staff took down.
CALLED_IN = {
    "cases:contact-create", "cases.case_contact", "cases:reveals", "cases:receipt", "cases:paper",
    "cases.taking.contact_read", "cases.taking.reveal_make",
    "cases.taking.reveal_list", "cases.taking.receipt_read", "cases.taking.paper_read",
}  # fmt: skip
GUARDED = [e for e in (*pages(), *operations()) if e.in_county and e.permission not in (PUBLIC, None)]


@pytest.fixture
def world(request: pytest.FixtureRequest, cast: Cast, counties: dict[int, County], settings: Any) -> World:
    """Administrators without a second factor are led to it first (accounts' own tests); here they are let in."""
    settings.SHANZHI_REQUIRE_TOTP = False
    endpoint: Endpoint = request.param
    called_in = endpoint.name in CALLED_IN
    found = World(cast, build_cast(counties[410927]), resource(endpoint), called_in)
    if endpoint.permission == "clues.desk":
        for place in ("own", "foreign"):
            found.clue_lead(place)
    return found


@pytest.mark.parametrize("world", GUARDED, indirect=True, ids=str)
def test_everybody_everywhere(world: World, request: pytest.FixtureRequest) -> None:
    endpoint: Endpoint = request.node.callspec.params["world"]
    clients = {role: world.own[role].client() for role in ROLES}
    wrong = []
    for place in ("own", "other", "foreign"):
        path, sent = address(endpoint, world, place), body(endpoint, world, place)
        for method in endpoint.methods:
            answer = call(Client(), method, path, endpoint, sent)
            if answer.status_code == 405:
                continue
            nobody = {"401"} if endpoint.is_api else {"login"}
            if verdict(answer) not in nobody:
                wrong.append((method, place, "anonymous", verdict(answer)))
            for role, client in clients.items():
                if place == "foreign" and role not in ABROAD:
                    continue
                answer = call(client, method, path, endpoint, sent)
                found, want = verdict(answer), expected(endpoint, role, place)
                if answer.status_code != 405 and found not in want:
                    wrong.append((method, place, role, f"{found}, not {'/'.join(sorted(want))}"))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_page_and_operation_declares_a_permission() -> None:
    silent = [str(e) for e in (*pages(), *operations()) if e.permission is None]
    assert silent == []


def test_the_hand_written_table_knows_every_permission_and_role() -> None:
    assert set(ALLOWED) == {*PERMISSIONS, SELF}
    assert set(ROLES) == EVERYBODY


# The answer itself is that something is bad: here no worker runs.
TELLS = {("operations:health", 503)}


@pytest.mark.django_db
@pytest.mark.parametrize("endpoint", [e for e in (*pages(), *operations()) if e.permission == PUBLIC], ids=str)
def test_what_is_public_answers_anybody(endpoint: Endpoint, cast_outside: Cast) -> None:
    path = re.sub(r"<[^>]+>", cast_outside.areas["t1"].code, endpoint.path.replace("<county:county>", "341181"))
    for method in endpoint.methods:
        # Over all counties, in transactions of its own: not inside one that is taken back.
        alone = endpoint.name.startswith("operations:")
        answer = Client().generic(method, path) if alone else call(Client(), method, path, endpoint, {})
        assert answer.status_code < 500 or (endpoint.name, answer.status_code) in TELLS
        assert answer.status_code not in (401, 403), (method, answer.status_code)
