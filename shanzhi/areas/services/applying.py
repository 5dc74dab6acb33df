"""Carrying out a plan on a county's tree: new, renamed, recoded and moved places, with their history and trail."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from shanzhi.access.actor import Actor
from shanzhi.areas.checking import Row
from shanzhi.areas.codes import kind_of
from shanzhi.areas.models import Area, AreaVersion
from shanzhi.areas.paths import child
from shanzhi.areas.selectors.tree import ancestors
from shanzhi.areas.services.acting import issue, note_all, write_history
from shanzhi.areas.services.changing import apply_moves, apply_rename
from shanzhi.areas.services.moving import moves_enqueue
from shanzhi.areas.services.outlines import carry_move
from shanzhi.areas.services.planning import ADD, MOVE, RECODE, RENAME, TreePlan
from shanzhi.tenancy.ids import new_id


@dataclass(slots=True)
class _Work:
    """Places by their code as the plan goes on, and those that the plan has touched."""

    by_code: dict[str, Area]
    on: date
    at: datetime
    act_id: int = field(default_factory=new_id)
    added: dict[int, Area] = field(default_factory=dict)
    changed: dict[int, Area] = field(default_factory=dict)
    rehung: dict[int, Area] = field(default_factory=dict)
    left: dict[int, list[Area]] = field(default_factory=dict)


def plan_apply(plan: TreePlan, tree: list[Area], *, actor: Actor, on: date, reason: str, at: datetime) -> None:
    """Inside the caller's transaction and under the tree lock; the register's rows have been written."""
    work = _Work({area.code: area for area in tree}, on, at)
    for step in plan.steps:
        if step.act == ADD:
            _add(work, step.row)
        elif step.act == RECODE:
            area = work.by_code.pop(step.before)
            apply_rename(area, area.name, step.row.code)
            work.by_code[step.row.code] = work.changed[area.id] = area
        elif step.act == RENAME:
            area = work.by_code[step.row.code]
            apply_rename(area, step.row.name, area.code)
            work.changed[area.id] = area
        elif step.act == MOVE:
            _move(work, step.row)
    _write(work, actor, reason)


def _add(work: _Work, row: Row) -> None:
    parent = work.by_code[row.parent]
    ordinal = issue(parent)
    area = Area(
        id=new_id(),
        level=row.level,
        code=row.code,
        name=row.name,
        parent=parent,
        ordinal=ordinal,
        path=child(parent.path, ordinal),
        kind=kind_of(row.code),
        valid_from=work.on,
    )
    area.save()
    work.by_code[row.code] = work.added[area.id] = area


def _move(work: _Work, row: Row) -> None:
    area = work.by_code[row.code]
    work.left.setdefault(area.id, ancestors(area))
    for touched in apply_moves([area], work.by_code[row.parent], act_id=work.act_id, at=work.at):
        work.rehung[touched.id] = touched
    work.changed[area.id] = area


def _write(work: _Work, actor: Actor, reason: str) -> None:
    at = work.at
    write_history(
        list(work.added.values()), act=AreaVersion.Act.IMPORTED, on=work.on, reason=reason, actor=actor, at=at
    )
    for day, areas in _by_day(list(work.changed.values()), work.on).items():
        write_history(areas, act=AreaVersion.Act.IMPORTED, on=day, reason=reason, actor=actor, at=at)
    ids = {*work.added, *work.changed, *work.rehung}
    touched = list(Area.objects.filter(id__in=ids))
    note_all(actor, "areas.area.imported", touched, at)
    by_id = {area.id: area for area in touched}
    for area_id, above in work.left.items():
        area = by_id[area_id]
        carry_move(area, above, ancestors(area), actor=actor, on=work.on, reason=reason, act_id=work.act_id, at=at)
    if work.rehung:
        moves_enqueue(actor, work.act_id)


def _by_day(areas: list[Area], on: date) -> dict[date, list[Area]]:
    """Each place on the day asked for, but not before its last change: history runs forward."""
    rows = AreaVersion.objects.filter(area_id__in=[area.id for area in areas]).order_by("number")
    last = dict(rows.values_list("area_id", "valid_from"))
    out: dict[date, list[Area]] = defaultdict(list)
    for area in areas:
        out[max(on, last.get(area.id, on))].append(area)
    return out
