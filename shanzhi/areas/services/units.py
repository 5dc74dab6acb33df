"""Departments and centres: adding, renaming, closing."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, Unit, UnitVersion
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.selectors.units import unit_code_next
from shanzhi.areas.services.acting import actor_words, clean_day, clean_name, clean_reason, edge, note, tree_lock
from shanzhi.lib.errors import Conflict, Invalid, Stale
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id


def unit_add(
    *,
    actor: Actor,
    area: Area,
    kind: str,
    name: str,
    reason: str,
    on: date,
    key: str | None = None,
    at: datetime | None = None,
) -> Unit:
    """A department or centre of a county or township; its code is made from the area's and never given again."""
    actor.require(MANAGE)
    at = edge(at)
    name, reason, on = clean_name(name), clean_reason(reason), clean_day(on, at)
    if kind not in Unit.Kind.values:
        raise Invalid("请选择部门或中心。", code="unit_kind", fields={"kind": ["请选择部门或中心。"]})
    body = {"area": area.id, "kind": kind, "name": name, "reason": reason, "on": on}
    with atomic():
        tree_lock()
        unit = Unit(id=new_id(), kind=kind, name=name, valid_from=on)
        earlier = claim(key=key, actor=actor, operation="units.add", body=body, result_id=unit.id)
        if earlier is not None:
            return Unit.objects.select_related("area").get(id=earlier)
        area = Area.objects.get(id=area.id)
        if not area.is_open:
            raise Conflict(f"{area.name}已经撤销，不能再设部门或中心。", code="area_abolished")
        if area.level not in (Area.Level.COUNTY, Area.Level.TOWNSHIP):
            raise Conflict("部门和中心只设在县级和乡级，请换一个区划。", code="unit_level")
        _check_name(area, name)
        unit.area, unit.code = area, unit_code_next(area, kind)
        unit.save()
        unit_history([unit], act=UnitVersion.Act.ADDED, on=on, reason=reason, actor=actor, at=at)
        note(actor, "areas.unit.added", unit, at)
        return unit


def unit_rename(
    *,
    actor: Actor,
    unit: Unit,
    version: int,
    name: str,
    reason: str,
    on: date,
    key: str | None = None,
    at: datetime | None = None,
) -> Unit:
    """A new name from a day on; the code stays."""
    actor.require(MANAGE)
    at = edge(at)
    name, reason = clean_name(name), clean_reason(reason)
    body = {"unit": unit.id, "version": version, "name": name, "reason": reason, "on": on}
    with atomic():
        if claim(key=key, actor=actor, operation="units.rename", body=body, result_id=unit.id) is not None:
            return Unit.objects.select_related("area").get(id=unit.id)
        unit = _fresh(unit, version)
        on = clean_day(on, at, since=_last_change(unit))
        if name == unit.name:
            message = "名称没有变，请改好后再保存。"
            raise Invalid(message, code="nothing_changed", fields={"name": [message]})
        _check_name(unit.area, name)
        unit = _change(unit, name=name)
        unit_history([unit], act=UnitVersion.Act.RENAMED, on=on, reason=reason, actor=actor, at=at)
        note(actor, "areas.unit.renamed", unit, at)
        return unit


def unit_close(
    *,
    actor: Actor,
    unit: Unit,
    version: int,
    reason: str,
    on: date,
    key: str | None = None,
    at: datetime | None = None,
) -> Unit:
    """End a unit on a day; what it has done stays under its name."""
    actor.require(MANAGE)
    at = edge(at)
    reason = clean_reason(reason)
    body = {"unit": unit.id, "version": version, "reason": reason, "on": on}
    with atomic():
        if claim(key=key, actor=actor, operation="units.close", body=body, result_id=unit.id) is not None:
            return Unit.objects.select_related("area").get(id=unit.id)
        unit = _fresh(unit, version)
        unit = _change(unit, valid_to=clean_day(on, at, since=_last_change(unit)))
        unit_history([unit], act=UnitVersion.Act.CLOSED, on=on, reason=reason, actor=actor, at=at)
        note(actor, "areas.unit.closed", unit, at)
        return unit


def _fresh(unit: Unit, version: int) -> Unit:
    now = Unit.objects.select_related("area").get(id=unit.id)
    if now.valid_to is not None:
        raise Conflict(f"{now.name}已经撤销，不能再变更。", code="unit_closed")
    if now.version != version:
        raise Stale
    return now


def _check_name(area: Area, name: str) -> None:
    if area.units.filter(name=name, valid_to__isnull=True).exists():
        message = f"{area.name}已经有“{name}”，请换一个名称。"
        raise Invalid(message, code="unit_name_taken", fields={"name": [message]})


def _last_change(unit: Unit) -> date:
    newest = UnitVersion.objects.filter(unit=unit).order_by("-number").values_list("valid_from", flat=True).first()
    return newest or unit.valid_from


def _change(unit: Unit, **changes: Any) -> Unit:
    rows = Unit.objects.filter(id=unit.id, version=unit.version, valid_to__isnull=True)
    if rows.update(version=F("version") + 1, **changes) != 1:
        raise Stale
    return Unit.objects.select_related("area").get(id=unit.id)


def unit_history(units: Sequence[Unit], *, act: str, on: date, reason: str, actor: Actor, at: datetime) -> None:
    """Append one entry to the history of each unit."""
    numbers: dict[int, int] = {}
    rows = UnitVersion.objects.filter(unit_id__in=[unit.id for unit in units])
    for unit_id, number in rows.values_list("unit_id", "number"):
        numbers[unit_id] = max(number, numbers.get(unit_id, 0))
    name, post = actor_words(actor)
    UnitVersion.objects.bulk_create(
        [
            UnitVersion(
                unit=unit,
                number=numbers.get(unit.id, 0) + 1,
                act=act,
                name=unit.name,
                valid_from=on,
                reason=reason,
                actor_name=name,
                actor_post=post,
                recorded_at=at,
            )
            for unit in units
        ]
    )
