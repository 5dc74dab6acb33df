"""Somebody at the gate: any number of browsers and addresses, and reports from them."""

from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases.gate.receiving import Received, report_or_hold
from shanzhi.cases.gate.visitors import Visitor
from shanzhi.cases.permissions import REPORT
from shanzhi.cases.services import Report
from shanzhi.cases.taking.contacts import ContactIn
from tests.cast import Cast

NUMBERS = count(1)
BODY = "村口路灯坏了三天，晚上看不见路，请尽快来修。"


def visitor(device: str = "", address: str = "") -> Visitor:
    """One that nobody has seen, unless it is named."""
    number = next(NUMBERS)
    return Visitor(
        address=(address or f"address{number}").ljust(64, "a"), device=(device or f"d{number}").ljust(64, "d")
    )


def somebody(who: Visitor, county_id: int = 341181) -> Actor:
    return Actor.public(county_id, granted={REPORT}, device=who.device)


def send(
    cast: Cast, who: Visitor | None = None, *, place: str = "v1", phone: str = "", at: datetime | None = None,
    key: str | None = None, **changes: Any,
) -> Received:  # fmt: skip
    """One public report, through the door by which all come in."""
    who = who or visitor()
    proof = changes.pop("proof", None)
    report = Report(**{"body": BODY, "kind": "facilities", "source": "resident", **changes})
    contact = ContactIn("", phone, True) if phone else None
    return report_or_hold(
        actor=somebody(who, cast.county.id), report=report, area=cast.areas[place], contact=contact, visitor=who,
        key=key, proof=proof, at=at or timezone.now(),
    )  # fmt: skip
