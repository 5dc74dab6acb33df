"""Outlines of places: drawn, imported, split off, and carried along when places merge, move or end.

Every writer holds the tree lock, so that two people who draw neighbours at once can't both be right.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, MapStamp, Outline
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.selectors.examining import Examined, Wish, examine
from shanzhi.areas.selectors.outlines import outlines_of
from shanzhi.areas.services.acting import actor_words, clean_day, clean_reason, edge, note_all, tree_lock
from shanzhi.lib.errors import Conflict, Invalid, Stale
from shanzhi.lib.shapes import Parts, bounds, count_points, joined, square_metres, to_parts, to_shape, without
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id

Source = Outline.Source
Seen = Mapping[int, int | None]
MOST_AT_ONCE = 5_000


def outlines_put(
    *,
    actor: Actor,
    wishes: Sequence[Wish],
    seen: Seen,
    on: date,
    reason: str,
    source: Outline.Source = Source.DRAWN,
    synthetic: bool = False,
    key: str | None = None,
    at: datetime | None = None,
) -> list[Outline]:
    """New outlines of one or more places from a day on, all or none; what they were until then stays in the history.

    `seen` names the outline of each place that the person saw (None: there was none): another one is 409. Overlaps,
    pieces outside of the place above and crossing borders are 422, with a sentence each.
    """
    actor.require(MANAGE)
    at = edge(at)
    reason = clean_reason(reason)
    body = {
        "outlines": [[wish.area.id, seen.get(wish.area.id), to_parts(wish.shape)] for wish in wishes],
        "on": on, "reason": reason,
    }  # fmt: skip
    _check_number(wishes)
    with atomic():
        tree_lock()
        act_id = new_id()
        earlier = claim(key=key, actor=actor, operation="areas.outlines", body=body, result_id=act_id)
        if earlier is not None:
            return list(Outline.objects.filter(act_id=earlier).select_related("area").order_by("id"))
        now = outlines_of(wish.area.id for wish in wishes)
        open_ids = set(
            Area.objects.filter(id__in=[wish.area.id for wish in wishes], valid_to__isnull=True)
            .values_list("id", flat=True)
        )  # fmt: skip
        for wish in wishes:
            if wish.area.id not in open_ids:
                raise Conflict(f"{wish.area.name}已经撤销，不能再画边界。", code="area_abolished")
            was = now.get(wish.area.id)
            if (was.id if was else None) != seen.get(wish.area.id):
                raise Stale
            clean_day(on, at, since=was.valid_from if was else wish.area.valid_from)
        examined = checked(wishes)
        shapes = [(wish.area, examined.fits[wish.area.id].parts) for wish in wishes]
        return outlines_write(
            shapes, actor=actor, on=on, reason=reason, source=source, synthetic=synthetic, act_id=act_id, at=at
        )


def _check_number(wishes: Sequence[Wish]) -> None:
    if not wishes:
        message = "没有改动，请先在地图上画好再保存。"
        raise Invalid(message, code="nothing_changed", fields={"outlines": [message]})
    if len(wishes) > MOST_AT_ONCE:
        raise Invalid(f"一次最多保存 {MOST_AT_ONCE:,} 个边界，请分批。", code="too_many")
    if len({wish.area.id for wish in wishes}) < len(wishes):
        raise Invalid("同一个地方画了两次边界，请只留一个。", code="twice")


def checked(wishes: Sequence[Wish]) -> Examined:
    """Invalid with every sentence if one of them can't be."""
    examined = examine(wishes)
    if examined.errors:
        sentences = [one.sentence for one in examined.errors]
        raise Invalid(sentences[0], code="outline_invalid", fields={"outlines": sentences})
    return examined


def outlines_write(
    shapes: Sequence[tuple[Area, Parts]],
    *,
    actor: Actor,
    on: date,
    reason: str,
    source: Outline.Source,
    act_id: int,
    at: datetime,
    synthetic: bool = False,
) -> list[Outline]:
    """End what was and begin what is, inside the caller's transaction and under the tree lock."""
    _end([area for area, _ in shapes], actor=actor, on=on, at=at)
    name, post = actor_words(actor)
    rows = []
    for area, parts in shapes:
        shape = to_shape(parts)
        west, south, east, north = bounds(shape)
        rows.append(
            Outline(
                id=new_id(),
                area=area,
                shape=parts,
                west=west,
                south=south,
                east=east,
                north=north,
                square_metres=round(square_metres(shape)),
                points=count_points(parts),
                valid_from=on,
                source=source,
                synthetic=synthetic,
                reason=reason,
                actor_name=name,
                actor_post=post,
                recorded_at=at,
                act_id=act_id,
            )
        )
    Outline.objects.bulk_create(rows, batch_size=200)
    note_all(actor, "areas.outline.set", rows, at)
    stamp()
    return rows


def _end(areas: Sequence[Area], *, actor: Actor, on: date, at: datetime) -> None:
    rows = list(Outline.objects.filter(area_id__in=[area.id for area in areas], valid_to__isnull=True))
    for row in rows:
        row.valid_to = max(on, row.valid_from)
        Outline.objects.filter(id=row.id, valid_to__isnull=True).update(valid_to=row.valid_to)
    note_all(actor, "areas.outline.ended", rows, at)


def outlines_end(areas: Sequence[Area], *, actor: Actor, on: date, at: datetime) -> None:
    """These places have no outline any more from a day on."""
    _end(areas, actor=actor, on=on, at=at)
    stamp()


def stamp() -> None:
    """Tell every process that the county's map is another one."""
    if not MapStamp.objects.update(number=new_id()):
        MapStamp.objects.create(number=new_id())


def carry_merge(area: Area, into: Area, *, actor: Actor, on: date, reason: str, act_id: int, at: datetime) -> None:
    """The place that takes over gets the land of the one that ends. Without both outlines nothing is guessed."""
    now = outlines_of([area.id, into.id])
    if area.id not in now:
        return
    if into.id in now:
        mine, theirs = now[into.id], now[area.id]
        both = joined(to_shape(mine.shape), to_shape(theirs.shape))
        _derive({into: both}, now, actor=actor, on=on, reason=reason, act_id=act_id, at=at,
                synthetic=mine.synthetic or theirs.synthetic)  # fmt: skip
    outlines_end([area], actor=actor, on=on, at=at)


def carry_move(
    area: Area, above: Sequence[Area], below: Sequence[Area], *, actor: Actor, on: date, reason: str, act_id: int,
    at: datetime,
) -> None:  # fmt: skip
    """The land of a place leaves those `above` which it belonged to and joins those `below` which it belongs to now.

    Each side leaves out what both have in common (the county). Whoever has no outline gets none.
    """
    both = {one.id for one in above} & {one.id for one in below}
    losing = [one for one in above if one.id not in both]
    gaining = [one for one in below if one.id not in both]
    now = outlines_of([area.id, *(one.id for one in (*losing, *gaining))])
    if area.id not in now:
        return
    land = to_shape(now[area.id].shape)
    changed: dict[Area, Any] = {}
    for one in losing:
        if one.id in now:
            changed[one] = without(to_shape(now[one.id].shape), land)
    for one in gaining:
        if one.id in now:
            changed[one] = joined(to_shape(now[one.id].shape), land)
    gone = [one for one, shape in changed.items() if shape.is_empty]
    kept = {one: shape for one, shape in changed.items() if not shape.is_empty}
    if gone:
        outlines_end(gone, actor=actor, on=on, at=at)
    synthetic = now[area.id].synthetic
    _derive(kept, now, actor=actor, on=on, reason=reason, act_id=act_id, at=at, synthetic=synthetic)


def _derive(
    shapes: Mapping[Area, Any], now: Mapping[int, Outline], *, actor: Actor, on: date, reason: str, act_id: int,
    at: datetime, synthetic: bool,
) -> None:  # fmt: skip
    """Outlines that follow from an act; not before the day from which the present one counts."""
    for area, shape in shapes.items():
        day = max(on, now[area.id].valid_from)
        outlines_write(
            [(area, to_parts(shape))], actor=actor, on=day, reason=reason, source=Source.DERIVED, act_id=act_id, at=at,
            synthetic=synthetic or now[area.id].synthetic,
        )  # fmt: skip
