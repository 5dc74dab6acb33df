"""Hooks for tests: made by the service, told by real acts on real cases, sent by the worker's own round."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case
from shanzhi.cases.services import case_act
from shanzhi.exchange.models import Hook, HookDelivery
from shanzhi.exchange.services import deliveries_plan, deliveries_send, hook_add
from shanzhi.notices.tests.providers import HttpProvider, Request
from shanzhi.tenancy.models import OutboxEvent
from tests.cast import Cast, report


def made(
    receiver: HttpProvider, *, name: str = "12345 平台", route: str = "/", county: int = 341181
) -> tuple[Hook, str]:
    """A hook to the receiver on this machine, and its secret."""
    done = hook_add(actor=Actor.system(county), name=name, url=f"{receiver.url}{route}")
    return done.hook, done.secret


def hand_on() -> None:
    """Take up every event of a case, as the outbox would."""
    for event in OutboxEvent.objects.filter(code__startswith="cases.case.").order_by("id"):
        deliveries_plan(event)


def act(cast: Cast, case: Case, name: Act, by: str = "village_clerk", **args: Any) -> Case:
    fresh = Case.objects.get(id=case.id)
    return case_act(actor=cast.actor(by), case=fresh, act=name, version=fresh.version, **args)


def told(cast: Cast, *acts: Act, **changes: Any) -> Case:
    """A case, these acts on it, and the rows for each hook."""
    case = report(cast, **changes)
    for name in acts:
        act(cast, case, name, **({"text": "好了"} if name == Act.HANDLE else {}))
    hand_on()
    return case


def send(at: datetime | None = None) -> int:
    """One round, a moment later than anything that has happened."""
    return deliveries_send(at=at or timezone.now() + timedelta(seconds=1)).attempts


def rows() -> list[HookDelivery]:
    return list(HookDelivery.objects.order_by("id"))


def only() -> HookDelivery:
    return HookDelivery.objects.get()


def is_signed(request: Request, secret: str) -> bool:
    """As a receiver checks it, by the documentation alone."""
    signed = request.headers["x-shanzhi-timestamp"].encode() + b"." + request.data
    wanted = "sha256=" + hmac.new(secret.encode(), signed, sha256).hexdigest()
    return hmac.compare_digest(wanted, request.headers["x-shanzhi-signature"])
