"""What schemathesis makes of the API's document, sent by eight kinds of callers: no 5xx, nothing that is not declared.

Each example is generated once and sent by everybody, each time in a savepoint that is taken back. Half of the examples
name things that are there, so that they get past the looking-up; the draws are the same in every run.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any
from zlib import crc32

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Config, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shanzhi.accounts.models import ApiToken, StandIn
from shanzhi.areas.models import AreaVersion
from shanzhi.areas.services.acting import write_history
from shanzhi.cases import services
from shanzhi.cases.models import Case
from shanzhi.clues.catalogue import Act as ClueAct
from shanzhi.clues.selectors import desk_of
from shanzhi.clues.services import Deed, Given, clue_act, clue_give, officer_appoint
from shanzhi.config.api import api
from shanzhi.duties.choosing import Receiver
from shanzhi.duties.services import Order, duty_issue
from shanzhi.files.models import StoredFile
from shanzhi.jobs.models import Job
from shanzhi.notices.models import Notice
from shanzhi.trail.models import Seal
from tests.cast import SINCE, Cast, report

A = 341181
NOBODY = "nobody"
CALLERS = (
    "village_clerk", "grid_worker", "township_officer", "security_admin", "system_admin", "audit_admin", "resident",
    NOBODY,
)  # fmt: skip
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
]  # fmt: skip
EXAMPLES = int(os.environ.get("SHANZHI_API_EXAMPLES", "0"))
CONFIG = Config.from_dict({"generation": {"with-security-parameters": False}})  # the callers' tokens are ours
DOCUMENT = from_dict(api.get_openapi_schema(path_prefix="/api/v1/"), config=CONFIG)
DOCUMENT.app = get_wsgi_application()
OPERATIONS = {found.ok().definition.raw["operationId"]: found.ok() for found in DOCUMENT.get_all_operations()}


@dataclass
class World:
    """The cast with one of everything that an address can name, and a token for each caller."""

    cast: Cast
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    there: dict[str, str] = field(default_factory=dict)


def token(cast: Cast, role: str) -> dict[str, str]:
    """The header of a caller."""
    if role == NOBODY:
        return {}
    word, now = ApiToken.PREFIX + token_urlsafe(32), timezone.now()
    ApiToken.objects.create(
        user=cast[role].user, county_id=A, name="测试", digest=ApiToken.digest_of(word), created_at=now,
        expires_at=now + timedelta(days=1),
    )  # fmt: skip
    return {"Authorization": f"Bearer {word}"}


@pytest.fixture(autouse=True)
def _same_connection() -> Iterator[None]:
    """A server closes a connection that is in the middle of a transaction; the tests' own must stay, as it is."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


# How far a case is taken before the act that is tried on it, by people of its village.
BEFORE = {
    "case_dispatch": ("accept",), "case_start": ("accept", "dispatch"), "case_handle": ("accept", "dispatch"),
    "case_return": ("accept", "dispatch"), "case_verify": ("accept", "handle"),
    "case_close": ("accept", "handle", "verify"),
}  # fmt: skip


def prepared(cast: Cast, operation: str) -> Case:
    """A case on which this operation is possible for somebody."""
    case, clerk = report(cast), cast.actor("village_clerk")
    for act in BEFORE.get(operation, ()):
        case = Case.objects.select_related("owner__parent").get(id=case.id)
        more: dict[str, Any] = {"dispatch": {"area": cast.areas["g1"]}, "handle": {"text": "好了"}}.get(act, {})
        getattr(services, f"case_{act}")(actor=clerk, case=case, version=case.version, **more)
    return Case.objects.get(id=case.id)


@pytest.fixture
def world(cast: Cast, name: str) -> World:
    now = timezone.now()
    opened = AreaVersion.Act.OPENED  # the cast is made by bulk, without the history that every real area has
    areas = list(cast.areas.values())
    write_history(areas, act=opened, on=SINCE, reason="设立", actor=cast.actor("system_admin"), at=now)
    report(cast, spot="李庄组路口")
    case = prepared(cast, name)
    clerk, admin = cast["village_clerk"].user.pk, cast["system_admin"].user.pk
    photo = StoredFile.objects.create(
        kind="photo", name="a.jpg", content_type="image/jpeg", size=1, sha256="0" * 64, created_by=clerk, created_at=now
    )
    for size in ("", "thumb"):
        photo.path(*filter(None, [size])).parent.mkdir(parents=True, exist_ok=True)
        photo.path(*filter(None, [size])).write_bytes(b"x")
    notice = Notice.objects.create(recipient_id=clerk, title="x", path="/", created_at=now, event_id=1)
    job = Job.objects.create(kind="areas.check", args={}, created_by=admin, created_at=now, lease_until=now)
    blank = bytes(32)
    Seal.objects.create(number=1, root=blank, count=1, previous=blank, digest=blank, sealed_at=now)
    standin = StandIn.objects.create(
        post=cast["village_clerk"].post, substitute=cast["branch_secretary"].user, valid_from=timezone.localdate(now),
        valid_to=timezone.localdate(now), reason="x", created_at=now,
    )  # fmt: skip
    there = {
        "number": case.number, "version": str(case.version), "area": cast.areas["v1"].code,
        "into": cast.areas["v2"].code, "parent": cast.areas["t2"].code, "township": cast.areas["t1"].code,
        "grid": cast.areas["g1"].code, "unit": cast.units["t1"].code, "post_id": str(cast["grid_worker"].post.id),
        "user_id": str(clerk), "file_id": str(photo.id), "notice_id": str(notice.id), "job_id": str(job.id),
        "seal": "1", "stand_in_id": str(standin.id),
    }  # fmt: skip
    order = Order(title="排查河道", body="沿河走一遍。", due_on=timezone.localdate(now) + timedelta(days=3))
    village = [Receiver(area=cast.areas["v1"])]
    duty = duty_issue(actor=cast.actor("township_officer"), order=order, receivers=village)
    there |= {"duty_id": str(duty.id), "line_id": str(duty.lines.get().id)}
    there |= desk(cast)
    return World(cast, {role: token(cast, role) for role in CALLERS}, there)


def desk(cast: Cast) -> dict[str, str]:
    """A clue that was assigned, with two of the callers on the desk."""
    admin, ids = cast.actor("security_admin"), []
    for who in ("village_clerk", "township_officer"):
        login = cast[who].user.username
        ids.append(str(officer_appoint(actor=admin, login=login, lead=who == "village_clerk").id))
    clue = clue_give(given=Given("路口有人收钱"), address="203.0.113.7")
    deed = Deed(officers=ids[1:])
    lead = desk_of(cast.actor("village_clerk"))
    clue_act(desk=lead, clue_id=clue.id, act=ClueAct.ASSIGN, version=0, deed=deed)
    return {"clue_id": str(clue.id), "officer_id": ids[1], "secret": clue.secret}


def count() -> int:
    """Examples of an operation and a mode; more by SHANZHI_API_EXAMPLES."""
    return EXAMPLES or (6 if connection.vendor == "sqlite" else 3)


def addressed(case: Any, world: World) -> None:
    """Into the county; two of three examples also to things that are there."""
    parameters = dict(case.path_parameters or {})
    real = crc32(repr((parameters, case.query, case.body)).encode("utf-8", "replace")) % 3 > 0
    for name, value in list(parameters.items()):
        if name == "county":
            parameters[name] = A
        elif real:
            parameters[name] = world.there.get(kind_of(case.path, name), value)
    case.path_parameters = parameters
    if real and isinstance(case.body, dict):
        known = {
            "area": "grid",
            "into": "into",
            "parent": "parent",
            "user_id": "user_id",
            "area_code": "area",
            "secret": "secret",
        }
        case.body = {
            name: world.there[known[name]] if name in known and isinstance(value, str) else value
            for name, value in case.body.items()
            if name not in ("unit", "photos")
        }
        if isinstance(case.body.get("version"), int):
            case.body["version"] = int(world.there["version"]) if "{number}" in case.path else 1
        if isinstance(case.body.get("on"), str):
            case.body["on"] = str(timezone.localdate())


def kind_of(path: str, name: str) -> str:
    if name == "code":
        return "unit" if "/units/{code}" in path else "township" if "/townships/" in path else "area"
    return "seal" if "/seals/" in path else name


def tried(operation: Any, mode: GenerationMode, world: World) -> Callable[[], None]:
    """A test of one operation: every example by every caller."""

    @settings(
        max_examples=count(), derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Any) -> None:
        addressed(case, world)
        for role in CALLERS:
            with transaction.atomic():
                answer = case.call(headers=world.headers[role])
                transaction.set_rollback(True)
            assert role == NOBODY or answer.status_code != 401, role
            case.validate_response(answer, checks=CHECKS)

    return attempt


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_whatever_is_sent_is_answered_as_declared(name: str, world: World) -> None:
    tried(OPERATIONS[name], GenerationMode.POSITIVE, world)()
    tried(OPERATIONS[name], GenerationMode.NEGATIVE, world)()
