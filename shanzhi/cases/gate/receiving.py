"""What the public sends comes in here: admitted or not, and then opened as a case, or held while too much comes.

While reports of one village or of the county come faster than staff can read them, further ones are kept as `Held`:
with a receipt like any other, and in no list, count or notice until somebody looked at them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.areas.paths import ROOT
from shanzhi.cases import permissions
from shanzhi.cases.gate.admitting import ProofNeeded, admit, use_up
from shanzhi.cases.gate.challenges import Proof
from shanzhi.cases.gate.events import FLOODED
from shanzhi.cases.gate.senders import VILLAGE, sender_keep
from shanzhi.cases.gate.visitors import Visitor
from shanzhi.cases.kinds.answers import photo_ids
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.models import Case, Flood, Held, Receipt, Sender
from shanzhi.cases.services.reporting import Report, case_report, checked
from shanzhi.cases.taking.contacts import ContactIn, index_of
from shanzhi.cases.taking.secrets import digest_of, secret_new
from shanzhi.files.services import files_attach
from shanzhi.lib.errors import Invalid
from shanzhi.lib.likeness import signature
from shanzhi.lib.phones import phone_read
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.keyring import key_ring
from shanzhi.tenancy.outbox import emit
from shanzhi.trail.services import record

WINDOW: Final = timedelta(minutes=10)
LIKENESS: Final = "cases_held.likeness"
SENT: Final = "cases.held.sent"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a public report: exactly one of `case` and `held`, and the secret by which it is followed."""

    case: Case | None
    held: Held | None
    secret: str

    @property
    def number(self) -> str:
        """Of the case; what is held has none yet."""
        return self.case.number if self.case is not None else ""


def report_or_hold(
    *, actor: Actor, report: Report, area: Area, visitor: Visitor, at: datetime, contact: ContactIn | None = None,
    key: str | None = None, proof: Proof | None = None, vouched: bool = False,
) -> Received:  # fmt: skip
    """Take a public report in. `actor` is an `Actor.public` that grants cases.report, with the visitor's device.

    `vouched`: a program whose key answers for what it brings. It has limits of its own, owes no proof and meets no
    block; what it brings counts for a flood, and is held in one, like all else.

    Refused before anything is written: Invalid with its fields, ProofNeeded, Blocked, TooMany. The same key gives the
    same result again, without a second proof.
    """
    actor.require(permissions.REPORT)
    _check(report, area, contact, at)
    phone = phone_read(contact.phone) if contact is not None else ""
    phone_index = index_of(phone) if phone else ""
    result_id = new_id()
    body = {**asdict(report), "area": area.id, **({"contact": asdict(contact)} if contact else {})}
    try:
        with atomic():
            earlier = claim(key=key, actor=actor, operation=SENT, body=body, result_id=result_id)
            if earlier is not None:
                return _again(earlier)
            if not vouched:
                admit(visitor, "report", at=at, proof=proof, path=area.path, phone_index=phone_index)
            place = too_many_at(area, at=at)
            if place is not None:
                held = _hold(result_id, actor, report, area, contact, visitor, phone_index, place, at)
                return Received(None, held, held.secret)
            case = case_report(actor=actor, report=report, area=area, contact=contact, at=at)
            sender_keep(case, visitor, at=at, phone_index=phone_index, sender_id=result_id)
            return Received(case, None, _secret_of(case))
    except ProofNeeded as error:
        use_up(error)
        raise


def _check(report: Report, area: Area, contact: ContactIn | None, at: datetime) -> None:
    """What is held was looked at like what is opened: nobody gets a receipt for what can be no case."""
    checked(report, at, kinds_now().get(report.kind), contact)
    if not area.is_open:
        raise Invalid(f"{area.name}已撤销，请选现在的村或网格。", code="area_closed", fields={"area": ["请重新选择。"]})


def _again(result_id: int) -> Received:
    held = Held.objects.filter(id=result_id).first()
    if held is not None:
        return Received(None, held, held.secret)
    case: Case = Sender.objects.select_related("case").get(id=result_id).case
    return Received(case, None, _secret_of(case))


def _secret_of(case: Case) -> str:
    return str(Receipt.objects.get(case_id=case.id, role=Receipt.Role.REPORTER).secret)


def too_many_at(area: Area, *, at: datetime) -> str | None:
    """The path of the village or county of which too many came within ten minutes, this one counted; None if none.

    Exact: whoever passes holds the place's row until the commit, so two never pass as the last one. Beyond the limit
    nobody waits for it, for the number that came only grows.
    """
    village: str = area.path[:VILLAGE]
    limits = {village: int(settings.GATE["village"])} if village != ROOT else {}
    limits[ROOT] = int(settings.GATE["county"])
    for path, limit in limits.items():
        if came(path, at=at, most=limit) >= limit:
            return path
    list(Area.objects.select_for_update(no_key=True).filter(path__in=limits).order_by("path").values_list("id"))
    return next((path for path, limit in limits.items() if came(path, at=at, most=limit) >= limit), None)


def came(path: str, *, at: datetime, most: int) -> int:
    """Public reports of a village or of the county within ten minutes, held ones too; counts to `most`.

    What is held for the sake of one village does not count for the county: its flood is not that of all others.
    """
    passed = Sender.objects.filter(at__gt=at - WINDOW, counted=True)
    held = Held.objects.filter(received_at__gt=at - WINDOW)
    if path != ROOT:
        passed, held = passed.filter(village_path=path), held.filter(village_path=path)
    else:
        flood = Flood.objects.filter(area__path=ROOT, ended_at=None).first()
        held = held.filter(flood=flood) if flood is not None else held.none()
    count = passed[:most].count()
    return count if count >= most else count + held[: most - count].count()


def _hold(
    held_id: int, actor: Actor, report: Report, area: Area, contact: ContactIn | None, visitor: Visitor,
    phone_index: str, place: str, at: datetime,
) -> Held:  # fmt: skip
    photos = photos_of(report)
    secret = secret_new()
    held = Held(
        id=held_id, flood=_flood(place, at), area=area, area_path=area.path, village_path=area.path[:VILLAGE],
        body=packed(report, contact, actor.device, actor.name), secret=secret, digest=digest_of(secret),
        address=visitor.address, device=visitor.device,
        phone_index=phone_index, likeness=likeness_of(report), urgent=report.urgent,
        photos=len(photos), received_at=at,
    )  # fmt: skip
    held.save()
    files_attach(actor=actor, ids=photos, owner=held, at=at)
    record(actor=actor, code="cases.held.received", obj=held, at=at)
    return held


def photos_of(report: Report) -> list[int]:
    """Of the report, and among the answers to its kind's questions."""
    kind = kinds_now().get(report.kind)
    more = photo_ids(kind.body, report.answers) if kind is not None else []
    return list(dict.fromkeys([*report.photo_ids, *more]))


def likeness_of(report: Report) -> str:
    """The signature of its words under the server's key: alike texts have words in common, nobody reads them back."""
    key = key_ring().blind("signature", LIKENESS).encode()[:64]
    return " ".join(signature(f"{report.title} {report.body}", key))


def packed(report: Report, contact: ContactIn | None, device: str, name: str = "") -> str:
    """As JSON, to be sealed. `name` is how the case will call whoever sent it."""
    sent = {**asdict(report), "photo_ids": [int(one) for one in report.photo_ids]}
    sent["occurred_at"] = report.occurred_at.isoformat() if report.occurred_at else None
    return json.dumps(
        {"report": sent, "contact": asdict(contact) if contact else None, "device": device, "name": name},
        ensure_ascii=False,
    )


def unpacked(body: str) -> tuple[Report, ContactIn | None, str]:
    """The report, the contact and the device of the actor, as they came."""
    data: Mapping[str, Any] = json.loads(body)
    sent = dict(data["report"])
    sent["occurred_at"] = datetime.fromisoformat(sent["occurred_at"]) if sent["occurred_at"] else None
    return Report(**sent), ContactIn(**data["contact"]) if data["contact"] else None, data["device"]


def name_in(body: str) -> str:
    """How whoever sent it is called; empty for what was packed without."""
    name: str = json.loads(body).get("name", "")
    return name


def _flood(path: str, at: datetime) -> Flood:
    """The open flood of this place; the first one begins it, and the duty desk is told once."""
    found = Flood.objects.filter(area__path=path, ended_at=None).first()
    if found is not None:
        return found
    row = Flood(id=new_id(), area=Area.objects.get(path=path), began_at=at)
    Flood.objects.bulk_create([row], ignore_conflicts=True)
    found = Flood.objects.get(area_id=row.area_id, ended_at=None)
    if found.id == row.id:
        emit(FLOODED, subject_id=row.id, at=at)
    return found
