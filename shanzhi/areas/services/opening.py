"""A county joins: its row, and its tree as the official register has it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas import paths
from shanzhi.areas.codes import kind_of
from shanzhi.areas.models import Area, AreaVersion, Division
from shanzhi.areas.services.acting import clean_day, edge, note_all, write_history
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.tenancy.context import county
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.models import County
from shanzhi.tenancy.selectors import forget_counties


def county_open(*, code: str, since: date | None = None, at: datetime | None = None) -> tuple[County, int]:
    """Create a county and its areas from the register; returns it and how many areas were made.

    Begun twice, or for a county that is open already, it makes nothing. `since` dates the areas, by default today.
    """
    at = edge(at)
    code = code.ljust(12, "0") if len(code) == 6 else code
    top = Division.objects.filter(code=code, status=Division.Status.CURRENT).first()
    if top is None:
        raise Invalid(f"官方区划里没有 {code}，请先用 import_divisions 导入区划，或核对代码。", code="county_unknown")
    townships = _below([top.code])
    if top.level != "county" and not (top.level == "prefecture" and townships[:1] and townships[0].level == "township"):
        raise Invalid(f"{top.name}（{code}）不是县级区划，请填县级代码。", code="county_level")
    on = clean_day(since, at) if since else at.date()
    number = int(code[:6])
    with atomic():
        row, _ = County.objects.get_or_create(id=number, defaults={"code": code[:6], "name": top.name, "joined_at": at})
        with county(number):
            made = _tree(top, townships, Actor.system(number), on, at)
    forget_counties()
    return row, made


def _below(codes: Sequence[str]) -> list[Division]:
    rows = Division.objects.filter(parent_code__in=codes, status=Division.Status.CURRENT)
    return list(rows.order_by("code"))


def _tree(top: Division, townships: Sequence[Division], actor: Actor, on: date, at: datetime) -> int:
    if Area.objects.filter(path=paths.ROOT).exists():
        return 0
    root = _area(top, None, 1, on)
    root.level = Area.Level.COUNTY
    uppers = [_area(row, root, ordinal, on) for ordinal, row in enumerate(townships, 1)]
    root.issued = len(uppers)
    by_code = {area.code: area for area in uppers}
    villages = []
    for row in _below(list(by_code)):
        parent = by_code[row.parent_code]
        parent.issued += 1
        villages.append(_area(row, parent, parent.issued, on))
    if any(area.level != Area.Level.TOWNSHIP for area in uppers):
        raise Conflict(f"{top.name}下面有不是乡级的区划，请先改正官方区划。", code="county_register")
    areas = [root, *uppers, *villages]
    for layer in ([root], uppers, villages):  # parents first: the foreign key is immediate on PostgreSQL
        Area.objects.bulk_create(layer, batch_size=500)
    write_history(areas, act=AreaVersion.Act.OPENED, on=on, reason="按官方区划开通", actor=actor, at=at)
    note_all(actor, "areas.area.added", areas, at)
    return len(areas)


def _area(row: Division, parent: Area | None, ordinal: int, on: date) -> Area:
    return Area(
        id=new_id(),
        level=row.level,
        code=row.code,
        name=row.name,
        parent=parent,
        ordinal=ordinal,
        path=paths.child(parent.path, ordinal) if parent else paths.ROOT,
        kind=kind_of(row.code),
        valid_from=on,
    )
