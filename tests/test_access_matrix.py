"""Who may open what: every page and operation × the cast × (own area, other area, other county).

The cases are generated from what is there; the expectations are written by hand, below, from contract.md and domain.md,
and do not ask the code who holds a permission.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.access.permissions import PERMISSIONS, PUBLIC, ROLES, SELF
from shanzhi.accounts.models import ApiToken, StandIn
from shanzhi.areas.models import DivisionImport
from shanzhi.cases import services
from shanzhi.cases.models import Case
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.files.models import StoredFile
from shanzhi.jobs.models import Job
from shanzhi.notices.models import Delivery, Notice
from shanzhi.packs.loading import load_files
from shanzhi.packs.shipped import SHIPPED
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Seal
from tests.cast import Cast, build_cast, report
from tests.endpoints import Endpoint, operations, pages
from tests.kinds import kind_add

VILLAGE_OFFICE = {"village_clerk", "branch_secretary"}
OFFICE = VILLAGE_OFFICE | {"township_officer", "command_centre"}
GRID = {"grid_worker", "grid_leader"}
WATCHERS = {"county_leader", "auditor"}
ADMINISTRATORS = {"system_admin", "security_admin", "audit_admin"}
STAFF = OFFICE | GRID | WATCHERS | ADMINISTRATORS | {"accountant", "supervisor", "department_handler"}
EVERYBODY = STAFF | {"resident", "volunteer"}
CITIZENS = EVERYBODY - ADMINISTRATORS

# Which posts carry a permission.
ALLOWED: dict[str, set[str]] = {
    SELF: EVERYBODY,
    "accounts.view": {"security_admin", "audit_admin"},
    "accounts.manage": {"security_admin"},
    "accounts.grant": {"security_admin"},
    "accounts.stand_ins": OFFICE | {"security_admin"},
    "accounts.tokens": {"security_admin"},
    "areas.view": STAFF,
    "areas.manage": {"system_admin"},
    "cases.report": CITIZENS - {"department_handler"},
    "cases.take_down": OFFICE,
    "cases.contact": OFFICE | GRID | {"department_handler"},
    "cases.own": CITIZENS,
    "cases.view": STAFF - ADMINISTRATORS,
    "cases.accept": OFFICE,
    "cases.reject": OFFICE,
    "cases.dispatch": OFFICE,
    "cases.verify": OFFICE,
    "cases.escalate": OFFICE,
    "cases.handle": OFFICE | GRID | {"department_handler"},
    "cases.return": OFFICE | GRID | {"department_handler"},
    "cases.close": CITIZENS,
    "cases.export": OFFICE | WATCHERS | {"department_handler"},
    "cases.suggestions": {"system_admin", "command_centre"},
    "cases.suggestions_manage": {"system_admin"},
    "packs.view": STAFF - ADMINISTRATORS | {"system_admin"},
    "packs.edit": {"system_admin"},
    "trail.view": {"audit_admin"},
    "notices.log": {"system_admin"},
}
# Whose turn it is on the case that is prepared for the act: a permission alone is not enough.
TURN: dict[str, set[str]] = {
    "cases.accept": VILLAGE_OFFICE,
    "cases.reject": VILLAGE_OFFICE,
    "cases.dispatch": VILLAGE_OFFICE,
    "cases.verify": VILLAGE_OFFICE,
    "cases.escalate": OFFICE,  # the level above may pull it up
    "cases.handle": GRID,
    "cases.return": GRID,
    "cases.close": VILLAGE_OFFICE | {"grid_worker"},  # the reporter
    "cases.take_down": VILLAGE_OFFICE,  # the receipt of what the village took down
    "cases.contact": VILLAGE_OFFICE,
}
SEES_CASE = {"own": OFFICE | GRID | WATCHERS | {"accountant", "supervisor"}, "other": WATCHERS}
# Who sees an object in the own and in another area; whoever does not gets the answer for what does not exist.
SEES: dict[str, dict[str, set[str]]] = {
    "case": SEES_CASE,
    "case_photo": SEES_CASE,
    # A grid's own place is the grid; the village above it is another's.
    "area": {"own": STAFF - GRID, "other": WATCHERS | ADMINISTRATORS},
    "unit": {"own": STAFF - GRID - VILLAGE_OFFICE - {"accountant", "supervisor"}, "other": WATCHERS | ADMINISTRATORS},
    "user": {"own": EVERYBODY, "other": EVERYBODY},
    "post": {"own": EVERYBODY, "other": EVERYBODY},
    # The list of the village clerk's post may be given away by its holder and by offices of the place or above it.
    "list": {"own": OFFICE | {"security_admin"}, "other": {"security_admin"}},
    "stand_in": {"own": OFFICE | {"security_admin"}, "other": {"security_admin"}},
    "token": {"own": EVERYBODY, "other": EVERYBODY},
    "import": {"own": EVERYBODY, "other": EVERYBODY},
    "seal": {"own": EVERYBODY, "other": EVERYBODY},
    "job": {"own": {"system_admin"}, "other": set()},
    "notice": {"own": {"village_clerk"}, "other": set()},
    "delivery": {"own": EVERYBODY, "other": EVERYBODY},
}

# What an address asks for beyond its permission: the list of a scope needs one, one's own reports do not.
ONLY: dict[str, set[str]] = {"cases:list": CITIZENS, "cases.case_list": STAFF - ADMINISTRATORS}


# In another county nobody has a post, so these speak for all.
ABROAD = {"grid_worker", "township_officer", "county_leader", "security_admin"}


def _reported(cast: Cast, place: str, by: str) -> Case:
    return report(cast, place=place, by=by)


def _moved(cast: Cast, case: Case, people: dict[str, str], *acts: str) -> Case:
    """Take a case so far that the act that is tried next is possible."""
    for name in acts:
        case = Case.objects.select_related("owner__parent").get(id=case.id)
        extra: dict[str, Any] = {"accept": {}, "dispatch": {"area": case.area}, "handle": {"text": "好了"}}.get(
            name, {}
        )
        act: Callable[..., Case] = getattr(services, f"case_{name}")
        act(actor=cast.actor(people[name]), case=case, version=case.version, **extra)
    return Case.objects.get(id=case.id)


BEFORE = {
    "cases.dispatch": ("accept",),
    "cases.handle": ("accept", "dispatch"),
    "cases.return": ("accept", "dispatch"),
    "cases.verify": ("accept", "handle"),
    "cases.close": ("accept", "handle", "verify"),
}
OWN_PEOPLE = dict.fromkeys(("accept", "dispatch", "handle", "verify"), "village_clerk")
OTHER_PEOPLE = dict.fromkeys(OWN_PEOPLE, "other_clerk")


@dataclass
class World:
    """Both counties with one object of each kind in the own area, another area and the other county."""

    own: Cast
    foreign: Cast
    permission: str
    taken_down: bool = False

    def called_in(self, place: str) -> Case:
        """What somebody without an account told the village, of a kind that has a paper."""
        cast, at = self.cast(place), timezone.now()
        clerk, where = ("other_clerk", "g3") if place == "other" else ("village_clerk", "g1")
        with county(cast.county.id):
            paper = {"code": "notice", "label": "告知书", "text": "{number}"}
            kind_add(f"paper_{place}", {"label": "有文书的", "papers": [paper]}, at=at)
            said = services.Report(body="路口井盖断裂", kind=f"paper_{place}", source="phone")
            who = ContactIn("钱小凤", "13955501234", True)
            return services.case_report(actor=cast.actor(clerk), report=said, area=cast.areas[where], contact=who)

    def case(self, place: str) -> Case:
        if self.taken_down:
            return self.called_in(place)
        before = BEFORE.get(self.permission, ())
        if place == "foreign":
            with county(self.foreign.county.id):
                return report(self.foreign)
        if place == "own":
            return _moved(self.own, _reported(self.own, "g1", "grid_worker"), OWN_PEOPLE, *before)
        return _moved(self.own, _reported(self.own, "g3", "other_worker"), OTHER_PEOPLE, *before)

    def cast(self, place: str) -> Cast:
        return self.foreign if place == "foreign" else self.own

    def step_photo(self, place: str) -> int:
        case = self.case(place)
        with county(self.cast(place).county.id):
            step = case.steps.first()
            photo = StoredFile.objects.create(
                kind="photo", name="a.jpg", content_type="image/jpeg", size=1, sha256="0" * 64, owner_type="cases.step",
                owner_id=step.id, created_by=case.reporter_id, created_at=timezone.now(),
            )  # fmt: skip
            photo.path().parent.mkdir(parents=True, exist_ok=True)
            photo.path().write_bytes(b"x")
            photo.path("thumb").parent.mkdir(parents=True, exist_ok=True)
            photo.path("thumb").write_bytes(b"x")
            return photo.id

    def define(self, place: str) -> None:
        """A department and the holidays of a year, as the county of this place has them."""
        number = self.cast(place).county.id
        table = SHIPPED["county"].directory / "holidays" / "2026.yaml"
        files = {"department/zhujian.yaml": b"name: x\nlevel: township\n", "holidays/2026.yaml": table.read_bytes()}
        with county(number):
            assert not load_files(files, actor=Actor.system(number), whole=False).faults

    def value(self, kind: str, place: str) -> str:
        """The parameter of an address that names the object of this kind at this place."""
        cast, at = self.cast(place), timezone.now()
        village, unit = ("v3", "t2") if place == "other" else ("v1", "t1")
        if kind == "case":
            return self.case(place).number
        if kind == "case_photo":
            return str(self.step_photo(place))
        if kind in ("area", "unit"):
            return cast.areas[village].code if kind == "area" else cast.units[unit].code
        person = cast["other_clerk" if place == "other" else "village_clerk"]
        if kind in ("user", "post", "list"):
            return str(person.user.pk if kind == "user" else person.post.id)
        with county(cast.county.id):
            if kind == "token":
                token = ApiToken.objects.create(
                    user=person.user, county_id=cast.county.id, name="x", digest=f"{place}{kind}", created_at=at,
                    expires_at=at,
                )  # fmt: skip
                return str(token.pk)
            if kind == "stand_in":
                day, instead = timezone.localdate(), cast["other_officer" if place == "other" else "branch_secretary"]
                standin = StandIn.objects.create(
                    post=person.post, substitute=instead.user, valid_from=day, valid_to=day, reason="x", created_at=at
                )
                return str(standin.id)
            if kind == "delivery":
                return str(Delivery.objects.create(channel="sms", topic="system", state="failed", created_at=at).id)
            if kind == "notice":
                return str(
                    Notice.objects.create(
                        recipient_id=person.user.pk, title="x", path="/", created_at=at, event_id=1
                    ).id
                )
            owner = cast["system_admin"].user.pk if place != "other" else person.user.pk
            if kind == "job":
                return str(
                    Job.objects.create(kind="areas.check", args={}, created_by=owner, created_at=at, lease_until=at).id
                )
            if kind == "seal":
                blank = bytes(32)
                Seal.objects.get_or_create(
                    number=1, defaults={"root": blank, "count": 1, "previous": blank, "digest": blank, "sealed_at": at}
                )
                return "1"
            if kind == "import":
                upload = StoredFile.objects.create(
                    kind="upload", name="a.csv", content_type="text/csv", size=1, sha256="0" * 64, created_by=owner,
                    created_at=at,
                )  # fmt: skip
                sent = DivisionImport.objects.create(
                    file=upload, name="a.csv", effective_on=at.date(), created_by_name="x", created_at=at
                )
                return str(sent.id)
        raise AssertionError(kind)


KINDS = {
    "case_number": "case", "area_code": "area", "unit_code": "unit", "user_id": "user", "post_id": "post",
    "token_id": "token", "stand_in_id": "stand_in", "import_id": "import", "file_id": "case_photo",
    "notice_id": "notice", "job_id": "job", "delivery_id": "delivery",
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
            if word in KINDS:
                return KINDS[word]
        if name == "number":
            return "seal" if "/seals/" in endpoint.path else "case"
        if name == "code":
            return "unit" if "/units/<" in endpoint.path else "area"
    return None


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
    if "/papers/" in path:
        path = path.replace("<slug:code>", "notice")
    if kind is not None:
        path = re.sub(r"<[^>]+>", lambda _: world.value(kind, place), path, count=1)
    assert "<" not in path, path
    return path


def body(endpoint: Endpoint, world: World, place: str) -> dict[str, Any]:
    """A body that is good enough to reach the guard; what it lacks is a 409 or 422, which is fine."""
    cast = world.cast(place)
    grid, village = ("g3", "v3") if place == "other" else ("g1", "v1")
    versions = {"cases.dispatch": 2, "cases.handle": 3, "cases.return": 3, "cases.verify": 3, "cases.close": 4}
    code = cast.areas[grid].code
    return {
        "version": versions.get(endpoint.permission or "", 1), "text": "写明原因", "reason": "写明原因", "hours": 24,
        "area": code, "target": f"area:{cast.areas[grid].id}", "body": "路口井盖断裂",
        "kind": "facilities" if (endpoint.permission or "").startswith("cases.") else "centre",
        "role": "volunteer", "user_id": str(cast["village_clerk"].user.pk), "area_code": cast.areas[village].code,
        "source": "phone", "phone": "13955501234", "purpose": "reply",
        "on": "2026-01-05", "name": "新名字", "into": cast.areas["t2"].code, "parent": cast.areas["t2"].code,
        "substitute_id": str(cast["branch_secretary"].user.pk),
        "valid_from": str(timezone.localdate()), "valid_to": str(timezone.localdate()),
    }  # fmt: skip


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
    if endpoint.name == "trail.check_latest":  # nothing was verified yet
        return {"404"} if role == "audit_admin" else {"403"}
    kind = kind_of(endpoint)
    sees = kind is None or role in SEES[kind][place]
    allowed = role in ONLY.get(endpoint.name, ALLOWED[permission])
    if kind == "case" and permission in TURN:
        allowed = role in TURN[permission] and place == "own"
    if endpoint.is_object:
        return {"404"} if not sees else {"ok"} if allowed else {"403"}
    return {"403"} if not allowed else {"ok"} if sees else {"404"}


# What there is only of a case that staff took down.
CALLED_IN = {
    "cases:reveals", "cases:receipt", "cases:paper", "cases.taking.contact", "cases.taking.reveal",
    "cases.taking.reveal_list", "cases.taking.receipt",
}  # fmt: skip
GUARDED = [e for e in (*pages(), *operations()) if e.in_county and e.permission not in (PUBLIC, None)]


@pytest.fixture
def world(request: pytest.FixtureRequest, cast: Cast, counties: dict[int, County], settings: Any) -> World:
    """Administrators without a second factor are led to it first (accounts' own tests); here they are let in."""
    settings.SHANZHI_REQUIRE_TOTP = False
    endpoint: Endpoint = request.param
    called_in = endpoint.name in CALLED_IN
    return World(cast, build_cast(counties[410927]), endpoint.permission or "", called_in)


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


@pytest.mark.django_db
@pytest.mark.parametrize("endpoint", [e for e in (*pages(), *operations()) if e.permission == PUBLIC], ids=str)
def test_what_is_public_answers_anybody(endpoint: Endpoint, cast: Cast) -> None:
    path = re.sub(r"<[^>]+>", cast.areas["t1"].code, endpoint.path.replace("<county:county>", "341181"))
    for method in endpoint.methods:
        answer = call(Client(), method, path, endpoint, {})
        assert answer.status_code < 500
        assert answer.status_code not in (401, 403), (method, answer.status_code)
