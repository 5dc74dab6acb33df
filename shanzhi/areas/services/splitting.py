"""Splitting a grid along a line: the larger piece stays under the old code, the smaller one is a new grid."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, Outline
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.selectors.outlines import outline_at
from shanzhi.areas.services.acting import clean_day, clean_name, clean_reason, edge, fresh, last_change, tree_lock
from shanzhi.areas.services.changing import area_add
from shanzhi.areas.services.outlines import outlines_write
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.lib.shapes import halves, to_parts, to_shape
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id


def grid_split(
    *,
    actor: Actor,
    area: Area,
    version: int,
    line: Sequence[Sequence[int]],
    name: str,
    reason: str,
    on: date,
    key: str | None = None,
    at: datetime | None = None,
) -> Area:
    """A new grid of the smaller piece that a line (in 1e-7 degree) makes of a grid. Returns the new one.

    What was reported in the grid before stays with it. Invalid unless the line goes in on one side and out on another.
    """
    actor.require(MANAGE)
    at = edge(at)
    name, reason = clean_name(name), clean_reason(reason)
    points = [[int(x), int(y)] for x, y in line]
    body = {"area": area.id, "version": version, "line": points, "name": name, "reason": reason, "on": on}
    with atomic():
        tree_lock()
        act_id = new_id()
        earlier = claim(key=key, actor=actor, operation="areas.split", body=body, result_id=act_id)
        if earlier is not None:
            done: Area = Outline.objects.filter(act_id=earlier).select_related("area").order_by("id")[1].area
            return done
        area = fresh(area, version)
        if area.level != Area.Level.GRID or area.parent is None:
            raise Conflict("只有网格能在地图上分开，村和乡镇按官方区划变更。", code="not_a_grid")
        outline = outline_at(area)
        if outline is None:
            raise Conflict(f"{area.name}还没有边界，请先画边界。", code="outline_missing")
        on = clean_day(on, at, since=max(last_change(area), outline.valid_from))
        pieces = halves(to_shape(outline.shape), points)
        if pieces is None:
            message = "切线要从网格外面进、从另一边出，正好分成两块，请重画。"
            raise Invalid(message, code="line_invalid", fields={"line": [message]})
        new = area_add(actor=actor, parent=area.parent, name=name, reason=reason, on=on, at=at)
        outlines_write(
            [(area, to_parts(pieces[0])), (new, to_parts(pieces[1]))], actor=actor, on=on, reason=reason,
            source=Outline.Source.DRAWN, synthetic=outline.synthetic, act_id=act_id, at=at,
        )  # fmt: skip
        return new
