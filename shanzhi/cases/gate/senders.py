"""Where public reports came from, and how many more came from there: numbers, never a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from shanzhi.areas.paths import WIDTH
from shanzhi.cases.catalogue import Source
from shanzhi.cases.gate.visitors import Visitor
from shanzhi.cases.models import Case, Held, Sender

KEPT: Final = timedelta(days=90)
MONTH: Final = timedelta(days=30)
VILLAGE: Final = 3 * WIDTH
COUNTED: Final = 1000


@dataclass(frozen=True, slots=True)
class Behind:
    """How much came from one digest within 30 days; `devices` tells whether an address is shared."""

    reports: int
    held: int
    devices: int

    @property
    def total(self) -> int:
        return self.reports + self.held

    @property
    def is_shared(self) -> bool:
        return self.devices > 1


def sender_keep(
    case: Case,
    visitor: Visitor,
    *,
    at: datetime,
    phone_index: str = "",
    counted: bool = True,
    sender_id: int | None = None,
) -> Sender:
    """Write where a public report came from, in the transaction in which its case begins."""
    row = Sender(
        case=case, address=visitor.address, device=visitor.device, phone_index=phone_index,
        village_path=case.area_path[:VILLAGE], counted=counted, at=at,
    )  # fmt: skip
    if sender_id is not None:
        row.id = sender_id
    row.save()
    return row


def sender_of(case: Case) -> Sender | None:
    """One statement, none for what somebody with an account reported. What a program brought is nobody's whom a
    block would reach: its key is revoked instead."""
    if case.reporter_id is not None or case.source == Source.API:
        return None
    return Sender.objects.filter(case_id=case.id).first()


def behind(what: str, digest: str, *, at: datetime) -> Behind:
    """What else came from this device, phone or address within 30 days, up to 1,000 of each."""
    field = {"device": "device", "phone": "phone_index", "address": "address"}[what]
    same = Q((field, digest))
    reports = Sender.objects.filter(same, at__gt=at - MONTH)
    held = Held.objects.filter(same, received_at__gt=at - MONTH, case=None)
    return Behind(_counted(reports), _counted(held), _devices(reports) if what == "address" else 1)


def _counted(rows: QuerySet[Sender] | QuerySet[Held]) -> int:
    return rows[:COUNTED].count()


def _devices(rows: QuerySet[Sender]) -> int:
    return len(set(rows.exclude(device="").order_by().values_list("device", flat=True)[:COUNTED]))


def senders_forget(*, at: datetime) -> int:
    """Rows of more than 90 days; returns how many."""
    return Sender.objects.filter(at__lt=at - KEPT).delete()[0]
