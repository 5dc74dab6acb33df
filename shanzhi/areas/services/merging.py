"""Merging a place into another one of its level."""

from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas.events import MERGED
from shanzhi.areas.models import Area, AreaVersion, Unit, UnitVersion
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.selectors.tree import ancestors
from shanzhi.areas.services import register
from shanzhi.areas.services.acting import (
    clean_day,
    clean_reason,
    edge,
    fresh,
    last_change,
    note,
    note_all,
    swap,
    tree_lock,
    write_history,
)
from shanzhi.areas.services.changing import apply_moves
from shanzhi.areas.services.moving import moves_enqueue, moves_note
from shanzhi.areas.services.outlines import carry_merge, carry_move
from shanzhi.areas.services.units import unit_history
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.outbox import emit


def area_merge(
    *,
    actor: Actor,
    area: Area,
    version: int,
    into: Area,
    reason: str,
    on: date,
    key: str | None = None,
    at: datetime | None = None,
) -> Area:
    """Abolish `area` in favour of `into`: everything below it and its units go there, its old code names the successor.

    Its outline becomes part of the other's; rows of other tables follow in a job. Returns the abolished place, whose
    successor is set.
    """
    actor.require(MANAGE)
    at = edge(at)
    reason = clean_reason(reason)
    body = {"area": area.id, "version": version, "into": into.id, "reason": reason, "on": on}
    with atomic():
        tree_lock()
        if claim(key=key, actor=actor, operation="areas.merge", body=body, result_id=area.id) is not None:
            return Area.objects.get(id=area.id)
        area = fresh(area, version)
        into = Area.objects.get(id=into.id)
        on = clean_day(on, at, since=last_change(area))
        _check_pair(area, into)
        act_id = new_id()
        land: Any = {"actor": actor, "on": on, "reason": reason, "act_id": act_id, "at": at}
        carry_move(area, ancestors(area), ancestors(into), **land)
        carry_merge(area, into, **land)
        _receive(area, into, act_id=act_id, on=on, reason=reason, actor=actor, at=at)
        swap(area, valid_to=on, successor=into)
        moves_note(area, old=area.path, new=into.path, act_id=act_id, at=at, exact=True)
        write_history([area], act=AreaVersion.Act.MERGED, on=on, reason=reason, actor=actor, at=at, ends=True)
        note(actor, "areas.area.merged", area, at)
        if area.level != Area.Level.GRID:
            register.division_end(area.code, into.code)
        moves_enqueue(actor, act_id)
        emit(MERGED, subject_id=area.id, at=at, into=into.id)
        return area


def _check_pair(area: Area, into: Area) -> None:
    if area.level == Area.Level.COUNTY:
        raise Conflict("县级区划不能并入别处。", code="area_is_county")
    if not into.is_open:
        raise Conflict(f"{into.name}已经撤销，请选一个现行的区划。", code="area_abolished")
    if into.id == area.id or into.level != area.level:
        message = f"{area.name}只能并入另一个{Area.Level(area.level).label}区划，请另选一个。"
        raise Invalid(message, code="merge_level", fields={"into": [message]})


def _receive(area: Area, into: Area, *, act_id: int, on: date, reason: str, actor: Actor, at: datetime) -> None:
    children = list(area.children.order_by("ordinal"))
    if children:
        touched = apply_moves(children, into, act_id=act_id, at=at)
        moved = [child for child in children if child.is_open]
        write_history(moved, act=AreaVersion.Act.RECEIVED, on=on, reason=reason, actor=actor, at=at)
        note_all(actor, "areas.area.received", touched, at)
    units = list(area.units.filter(valid_to__isnull=True).order_by("code"))
    names = set(into.units.filter(valid_to__isnull=True).values_list("name", flat=True))
    for unit in units:
        unit.name = _free_name(unit.name, area.name, names)
        names.add(unit.name)
        Unit.objects.filter(id=unit.id).update(area=into, name=unit.name, version=F("version") + 1)
        unit.refresh_from_db()
    unit_history(units, act=UnitVersion.Act.RECEIVED, on=on, reason=reason, actor=actor, at=at)
    note_all(actor, "areas.unit.received", units, at)


def _free_name(name: str, former: str, taken: set[str]) -> str:
    """The name, or the name with its former place where the successor has such a unit already; within the limit."""
    if name not in taken:
        return name
    limit = Unit._meta.get_field("name").max_length or 0
    for number in range(1, 1000):
        tail = f"（原{former}）" if number == 1 else f"（原{former}{number}）"
        wanted = name[: max(limit - len(tail), 1)] + tail[-limit + 1 :]
        if wanted not in taken:
            return wanted
    raise Conflict("部门名称重复太多，请先改名再并入。", code="unit_names")
