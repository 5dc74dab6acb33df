"""How a phone sends what it kept: the very form, with the header and the time at which it was filled in."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import address

NEW = "/341181/cases/new/"
LATE = {"HTTP_X_QUEUED": "1"}


def ago(**span: Any) -> str:
    """A moment of the past, as a browser writes it."""
    return stamp(timezone.now() - timedelta(**span))


def stamp(at: datetime) -> str:
    return at.astimezone().isoformat(timespec="milliseconds")


def late_step(client: Client, case: Case, name: str, **data: Any) -> Any:
    """A step that was filled in when the case was as it is in this object."""
    sent = {"version": case.version, "idempotency_key": uuid4().hex, "done_at": ago(hours=2), **data}
    return client.post(address(case, f"{name}-create"), sent, **LATE)


def late_report(client: Client, sent: dict[str, Any]) -> Any:
    return client.post(NEW, {"done_at": ago(hours=2), **sent}, **LATE)
