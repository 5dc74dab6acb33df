"""What the tests of the registers begin with: people with good numbers, a dwelling, a household, a group."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.idcards import id_check_digit
from shanzhi.packs.services import definition_publish
from shanzhi.people.models import Dwelling, Household, Membership, Resident, Stay
from shanzhi.people.services import (
    Facts,
    Home,
    Whither,
    dwelling_add,
    household_open,
    membership_begin,
    resident_add,
    resident_event,
)
from tests.cast import Cast

ROLES = ("grid_worker", "grid_leader", "village_clerk", "branch_secretary", "township_officer")
GROUP: Mapping[str, Any] = {
    "label": "独居老人", "class": "age", "seen_by": list(ROLES), "basis": "本县关爱服务规定", "visit_every_days": 30,
    "visited_by": ["grid_worker"], "retention_days": 365,
}  # fmt: skip
STRICT: Mapping[str, Any] = {
    "label": "社区矫正对象", "class": "justice", "sensitivity": "strict", "seen_by": ["township_officer"],
    "basis": "社区矫正法", "retention_days": 730,
}  # fmt: skip


def today() -> date:
    return timezone.localdate()


def ago(days: int) -> date:
    return today() - timedelta(days=days)


def id_number(born: date = date(1960, 1, 1), order: int = 123, place: str = "990001") -> str:
    """A good number of nobody."""
    body = f"{place}{born:%Y%m%d}{order:03d}"
    return body + id_check_digit(body)


def resident(cast: Cast, *, by: str = "village_clerk", place: str = "g1", **changes: Any) -> Resident:
    """Somebody who lives and is registered at this place since 400 days; `lives` and the like change it."""
    on = changes.pop("on", ago(400))
    spot = cast.areas[place].code
    where = {"lives": spot, "registered": spot}
    for name in ("lives", "lives_elsewhere", "registered", "registered_elsewhere", "dwelling", "household", "relation"):
        if name in changes:
            where[name] = changes.pop(name)
            base = name.partition("_")[0]
            if name.endswith("_elsewhere"):
                where.pop(base, None)
    if where.get("dwelling"):
        where.pop("lives", None)
    more = {name: changes.pop(name) for name in ("change", "note", "key", "at") if name in changes}
    order = changes.pop("order", 100 + Resident.objects.count())
    facts = Facts(**{"name": "张小平", "paper_number": id_number(order=order), "phone": "13955501234", **changes})
    whither = Whither(**where)  # type: ignore[arg-type]
    return resident_add(actor=cast.actor(by), facts=facts, whither=whither, on=on, **more)


def stranger(cast: Cast, **changes: Any) -> Resident:
    """Somebody registered outside of the county."""
    return resident(cast, name="王流入", registered_elsewhere="河南省固始县", **changes)


def happen(cast: Cast, row: Resident, event: str, *, by: str = "village_clerk", **said: Any) -> Resident:
    """An event upon the person as they are now; today, unless another day is named."""
    on, more = said.pop("on", today()), {}
    for name in ("note", "key", "at"):
        if name in said:
            more[name] = said.pop(name)
    version = said.pop("version", Resident.objects.get(id=row.id).version)
    return resident_event(
        actor=cast.actor(by), number=row.id, version=version, event=event, on=on, whither=Whither(**said), **more
    )


def dwelling(
    cast: Cast, *, by: str = "village_clerk", place: str = "g1", door: str = "12号", **changes: Any
) -> Dwelling:
    more = {name: changes.pop(name) for name in ("photos", "key", "at") if name in changes}
    home = Home(**{"place": cast.areas[place].code, "road": "张庄组", "door": door, **changes})
    return dwelling_add(actor=cast.actor(by), home=home, **more)


def household(
    cast: Cast, members: Mapping[Resident, str] | None = None, *, place: str = "g1", **more: Any
) -> Household:
    by = more.pop("by", "village_clerk")
    said = {row.id: relation for row, relation in (members or {}).items()}
    on = more.pop("on", ago(300))
    return household_open(actor=cast.actor(by), place=cast.areas[place].code, on=on, members=said, **more)


def groups(cast: Cast) -> None:
    """One group that everybody in the field sees, and a strict one of the township."""
    actor = Actor.system(cast.county.id)
    definition_publish(actor=actor, family="care_group", code="alone", body=GROUP, origin="edited", note="测试")
    definition_publish(actor=actor, family="care_group", code="correction", body=STRICT, origin="edited", note="测试")


def member(cast: Cast, row: Resident, group: str = "alone", *, by: str = "village_clerk", **said: Any) -> Membership:
    said = {"since": ago(100), "reason": "走访了解", **said}
    return membership_begin(actor=cast.actor(by), resident=row.id, group=group, **said)


def stays(row: Resident) -> list[tuple[date, date | None, str]]:
    """Those that count, as (since, until, change)."""
    rows = Stay.objects.filter(resident=row, void=False).values_list("since", "until", "change")
    return sorted(rows, key=lambda one: (one[0], one[1] or date.max))
