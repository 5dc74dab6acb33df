"""Reports that are held: read by whoever may judge them, and what is told to whoever sent one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.cases.gate.grouping import LIKENESS, SENDER, Group, Row, grouped
from shanzhi.cases.gate.receiving import unpacked
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.models import Flood, Held
from shanzhi.cases.permissions import GATE
from shanzhi.cases.places import place_name
from shanzhi.files.models import StoredFile
from shanzhi.tenancy.ids import LARGEST
from shanzhi.tenancy.keyset import Order

MOST: Final = 20_000
KEPT: Final = timedelta(days=90)
DECIDED: Final = Order("held.decided", ("received_at",), descending=True)
OWNER: Final = Held._meta.label_lower
COLUMNS: Final = ("id", "device", "address", "phone_index", "likeness", "urgent", "photos", "received_at")


@dataclass(frozen=True, slots=True)
class Shown:
    """A held report as whoever judges it reads it. Who sent it is not among it."""

    held: Held
    kind: str
    place: str
    title: str
    body: str
    has_phone: bool
    photos: Sequence[StoredFile]


def held_list_for(actor: Actor) -> QuerySet[Held]:
    """All that is or was held in the actor's scope; nothing for whoever may not judge."""
    return Held.objects.filter(actor.scope(GATE).q("area_path"))


def waiting_for(actor: Actor) -> QuerySet[Held]:
    return held_list_for(actor).filter(state=Held.State.WAITING)


def held_get_for(actor: Actor, held_id: int) -> Held:
    """One in the actor's scope; NotFound otherwise."""
    if held_id > LARGEST:
        raise not_found()
    found = held_list_for(actor).filter(id=held_id).select_related("area__parent", "case").first()
    if found is None:
        raise not_found()
    return found


def groups_for(actor: Actor, by: str = LIKENESS) -> list[Group]:
    """What waits, in groups: one statement, the oldest 20,000."""
    rows: Iterable[tuple[Any, ...]] = waiting_for(actor).order_by("received_at", "id").values_list(*COLUMNS)[:MOST]
    return grouped([Row(one[0], one[1], one[2], one[3], tuple(one[4].split()), *one[5:]) for one in rows], by)


def members_of(actor: Actor, held: Held, by: str) -> list[int]:
    """The ids of the group in which this one stands now; itself alone for anything but a grouping."""
    if by not in (SENDER, LIKENESS):
        return [held.id]
    return next((group.ids for group in groups_for(actor, by) if held.id in group.ids), [held.id])


def shown(held: Held) -> Shown:
    """Two statements, for its area and its photos; the words are opened here and kept nowhere else."""
    report, contact, _ = unpacked(held.body)
    kind = kinds_now().get(report.kind)
    photos = StoredFile.objects.filter(owner_type=OWNER, owner_id=held.id).order_by("id") if held.photos else ()
    return Shown(
        held=held, kind=kind.body.label if kind is not None else "类别已停用",
        place="，".join(part for part in (place_name(held.area), report.place.strip()) if part),
        title=report.title.strip(), body=report.body.strip(),
        has_phone=bool(contact is not None and contact.phone), photos=list(photos),
    )  # fmt: skip


def floods_now(actor: Actor) -> list[Flood]:
    """Floods that go on in the actor's scope, or of the county above it."""
    scope = actor.scope(GATE)
    rows = Flood.objects.filter(ended_at=None).select_related("area").order_by("began_at")
    return [
        one for one in rows if scope.covers(one.area.path) or any(p.lo.startswith(one.area.path) for p in scope.ranges)
    ]


def held_by_digest(digest: str) -> Held | None:
    """What a receipt's secret opens while there is no case, or where there never will be one."""
    return Held.objects.filter(digest=digest, case=None).select_related("area__parent").first()


def held_guard(actor: Actor, held_id: int) -> bool:
    """Whether the actor sees the photos of a held report: whoever may judge it."""
    return held_list_for(actor).filter(id=held_id).exists()


def is_over(held: Held, now: datetime) -> bool:
    return held.decided_at is not None and held.decided_at < now - KEPT
