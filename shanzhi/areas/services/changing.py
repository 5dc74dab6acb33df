"""Adding, renaming, recoding, moving and abolishing one place."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas import paths
from shanzhi.areas.codes import GRID_LENGTH, code_problem, kind_of, level_of
from shanzhi.areas.codes import Level as DivisionLevel
from shanzhi.areas.models import Area, AreaVersion, Division
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.selectors.grids import grid_code_next
from shanzhi.areas.selectors.tree import ancestors
from shanzhi.areas.services import register
from shanzhi.areas.services.acting import (
    clean_day,
    clean_name,
    clean_reason,
    edge,
    fresh,
    issue,
    last_change,
    note,
    note_all,
    swap,
    tree_lock,
    write_history,
)
from shanzhi.areas.services.moving import moves_enqueue, moves_note
from shanzhi.areas.services.outlines import carry_move, outlines_end
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id

CHILD_LEVEL: dict[str, str] = {
    Area.Level.COUNTY: Area.Level.TOWNSHIP,
    Area.Level.TOWNSHIP: Area.Level.VILLAGE,
    Area.Level.VILLAGE: Area.Level.GRID,
}


def area_add(
    *,
    actor: Actor,
    parent: Area,
    name: str,
    reason: str,
    on: date,
    code: str = "",
    key: str | None = None,
    at: datetime | None = None,
) -> Area:
    """A new place directly below another: a township, a village (official code needed) or a grid (code proposed)."""
    actor.require(MANAGE)
    at = edge(at)
    name, reason, on = clean_name(name), clean_reason(reason), clean_day(on, at)
    body = {"parent": parent.id, "name": name, "code": code, "reason": reason, "on": on}
    with atomic():
        tree_lock()
        area = Area(id=new_id(), name=name, valid_from=on)
        earlier = claim(key=key, actor=actor, operation="areas.add", body=body, result_id=area.id)
        if earlier is not None:
            return Area.objects.get(id=earlier)
        parent = Area.objects.get(id=parent.id)
        if not parent.is_open:
            raise Conflict(f"{parent.name}已经撤销，不能在下面新增。", code="area_abolished")
        if parent.level not in CHILD_LEVEL:
            raise Conflict("网格下面不能再分，请在村（社区）下新增网格。", code="area_no_children")
        area.level = CHILD_LEVEL[parent.level]
        area.code = _new_code(parent, area.level, code)
        _place(area, parent, issue(parent))
        area.save()
        write_history([area], act=AreaVersion.Act.OPENED, on=on, reason=reason, actor=actor, at=at)
        note(actor, "areas.area.added", area, at)
        if area.level != Area.Level.GRID:
            register.division_put(area, parent.code)
        return area


def _place(area: Area, parent: Area, ordinal: int) -> None:
    area.parent, area.ordinal, area.path = parent, ordinal, paths.child(parent.path, ordinal)
    area.kind = kind_of(area.code)


def _new_code(parent: Area, level: str, code: str) -> str:
    code = code.strip()
    if level == Area.Level.GRID:
        code = code or grid_code_next(parent)
        if not (len(code) == GRID_LENGTH and code.startswith(parent.code) and code[12:].isdecimal() and code.isascii()):
            raise _code_invalid(f"网格代码应为 {parent.code} 加 3 位数字，请核对后重填。")
    else:
        check_official(code, level)
    check_unused(code)
    return code


def check_official(code: str, level: str) -> None:
    """Invalid unless the code has the official form for the level."""
    if problem := code_problem(code):
        raise _code_invalid(f"{problem}。")
    if level_of(code) != level:
        wanted, actual = Area.Level(level).label, DivisionLevel(level_of(code)).label
        raise _code_invalid(f"这里要填{wanted}代码，{code} 按位数看是{actual}，请核对后重填。")


def check_unused(code: str) -> None:
    """Invalid if any place of the county has, or ever had, this code: an old code must go on meaning one place."""
    used = AreaVersion.objects.filter(code=code).select_related("area").order_by("-number").first()
    if used is not None:
        since = "正在用" if used.area.is_open and used.area.code == code else "曾经用过"
        raise _code_invalid(f"代码 {code} {used.area.name}{since}，请换一个。")
    if Division.objects.filter(code=code, status=Division.Status.ABOLISHED).exists():
        raise _code_invalid(f"代码 {code} 在官方区划里已撤销，请换一个。")


def _code_invalid(message: str) -> Invalid:
    return Invalid(message, code="code_invalid", fields={"code": [message]})


def area_rename(
    *,
    actor: Actor,
    area: Area,
    version: int,
    name: str,
    reason: str,
    on: date,
    code: str = "",
    key: str | None = None,
    at: datetime | None = None,
) -> Area:
    """A new name, a new code, or both from a day on; the former ones stay in the history, the old code answers."""
    actor.require(MANAGE)
    at = edge(at)
    name, reason, code = clean_name(name), clean_reason(reason), code.strip()
    body = {"area": area.id, "version": version, "name": name, "code": code, "reason": reason, "on": on}
    with atomic():
        tree_lock()
        if claim(key=key, actor=actor, operation="areas.rename", body=body, result_id=area.id) is not None:
            return Area.objects.get(id=area.id)
        area = fresh(area, version)
        on = clean_day(on, at, since=last_change(area))
        code = code or area.code
        if (name, code) == (area.name, area.code):
            message = "名称和代码都没有变，请改好后再保存。"
            raise Invalid(message, code="nothing_changed", fields={"name": [message]})
        if code != area.code:
            _check_new_code(area, code)
        act = AreaVersion.Act.RENAMED if code == area.code else AreaVersion.Act.RECODED
        apply_rename(area, name, code)
        write_history([area], act=act, on=on, reason=reason, actor=actor, at=at)
        note(actor, "areas.area.renamed", area, at)
        return area


def _check_new_code(area: Area, code: str) -> None:
    if area.level == Area.Level.COUNTY:
        raise _code_invalid("县级代码由平台运维人员统一更换，这里只能改名称。")
    if area.level == Area.Level.GRID:
        assert area.parent is not None
        _new_code(area.parent, area.level, code)
    else:
        check_official(code, area.level)
        check_unused(code)


def apply_rename(area: Area, name: str, code: str) -> None:
    """Name and code on the tree and in the register; history and trail are the caller's."""
    old = area.code
    swap(area, name=name, code=code, kind=kind_of(code))
    if area.level != Area.Level.GRID:
        register.division_rename(area, old)


def area_move(
    *,
    actor: Actor,
    area: Area,
    version: int,
    parent: Area,
    reason: str,
    on: date,
    key: str | None = None,
    at: datetime | None = None,
) -> Area:
    """A village under another township, or a grid under another village, with everything below it.

    Rows of other tables that keep the old paths are rewritten by a job that begins when this is committed.
    """
    actor.require(MANAGE)
    at = edge(at)
    reason = clean_reason(reason)
    body = {"area": area.id, "version": version, "parent": parent.id, "reason": reason, "on": on}
    with atomic():
        tree_lock()
        if claim(key=key, actor=actor, operation="areas.move", body=body, result_id=area.id) is not None:
            return Area.objects.get(id=area.id)
        area = fresh(area, version)
        parent = Area.objects.get(id=parent.id)
        on = clean_day(on, at, since=last_change(area))
        _check_new_parent(area, parent)
        act_id, above = new_id(), ancestors(area)
        touched = apply_moves([area], parent, act_id=act_id, at=at)
        carry_move(area, above, ancestors(area), actor=actor, on=on, reason=reason, act_id=act_id, at=at)
        write_history([area], act=AreaVersion.Act.MOVED, on=on, reason=reason, actor=actor, at=at)
        note_all(actor, "areas.area.moved", touched, at)
        moves_enqueue(actor, act_id)
        return area


def _check_new_parent(area: Area, parent: Area) -> None:
    if area.parent is None or area.parent.parent_id is None:
        raise Conflict("县级和乡级的上级不能改。", code="area_fixed_parent")
    if not parent.is_open:
        raise Conflict(f"{parent.name}已经撤销，请选一个现行的上级。", code="area_abolished")
    if parent.id == area.parent_id:
        message = f"{area.name}现在就在{parent.name}，请另选一个上级。"
        raise Invalid(message, code="nothing_changed", fields={"parent": [message]})
    if parent.level != area.parent.level:
        message = f"{area.name}的上级应是{Area.Level(area.parent.level).label}，请另选一个。"
        raise Invalid(message, code="parent_level", fields={"parent": [message]})


def apply_moves(areas: Sequence[Area], parent: Area, *, act_id: int, at: datetime) -> list[Area]:
    """Hang subtrees below `parent` under new ordinals, under the tree lock. Returns every place whose path changed."""
    touched: list[Area] = []
    first = issue(parent, len(areas))
    for ordinal, area in enumerate(areas, first):
        old, new = area.path, paths.child(parent.path, ordinal)
        low, high = paths.subtree(old)
        below = Area.objects.filter(path__gte=low, path__lt=high)
        ids = list(below.values_list("id", flat=True))
        below.update(path=Concat(Value(new), Substr("path", len(old) + 1)), version=F("version") + 1)
        Area.objects.filter(id=area.id).update(parent=parent, ordinal=ordinal)
        area.refresh_from_db()
        touched += Area.objects.filter(id__in=ids).order_by("path")
        moves_note(area, old=old, new=new, act_id=act_id, at=at)
        if area.level != Area.Level.GRID and area.is_open:
            register.division_put(area, parent.code)
    return touched


def area_abolish(
    *,
    actor: Actor,
    area: Area,
    version: int,
    reason: str,
    on: date,
    key: str | None = None,
    at: datetime | None = None,
) -> Area:
    """End a place that nothing open stands under and no other place takes over; its records stay where they are."""
    actor.require(MANAGE)
    at = edge(at)
    reason = clean_reason(reason)
    body = {"area": area.id, "version": version, "reason": reason, "on": on}
    with atomic():
        tree_lock()
        if claim(key=key, actor=actor, operation="areas.abolish", body=body, result_id=area.id) is not None:
            return Area.objects.get(id=area.id)
        area = fresh(area, version)
        on = clean_day(on, at, since=last_change(area))
        _check_empty(area)
        swap(area, valid_to=on)
        outlines_end([area], actor=actor, on=on, at=at)
        write_history([area], act=AreaVersion.Act.ABOLISHED, on=on, reason=reason, actor=actor, at=at, ends=True)
        note(actor, "areas.area.abolished", area, at)
        if area.level != Area.Level.GRID:
            register.division_end(area.code, "")
        return area


def _check_empty(area: Area) -> None:
    if area.level == Area.Level.COUNTY:
        raise Conflict("县级区划不能撤销。", code="area_is_county")
    children = area.children.filter(valid_to__isnull=True).count()
    units = area.units.filter(valid_to__isnull=True).count()
    parts = [f"{count} 个{word}" for count, word in ((children, "下级区划"), (units, "部门或中心")) if count]
    if parts:
        message = f"{area.name}下还有 {'和 '.join(parts)}，请先把它们并入、改隶属或撤销。"
        raise Conflict(message, code="area_not_empty")
