"""How far a person sees the staff: their places and everything below; and, to call somebody, the places above."""

from django.db.models import F

from shanzhi.access.actor import Actor, Scope, merged
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.areas.paths import within
from shanzhi.staffing.permissions import VIEW


def place_scope(actor: Actor, permission: str = VIEW) -> Scope:
    """The subtrees of every post with the permission; for a post at a unit, the place that the unit belongs to."""
    if actor.is_system:
        return actor.scope(permission)
    held = [post for post in actor.posts if post.allows(permission)]
    return Scope(ranges=merged(post.area_path for post in held), area_ids=frozenset(post.area_id for post in held))


def visible(actor: Actor, path: str) -> bool:
    """Whether the staff of a place may be seen by name: below one's own places, or above them."""
    scope = place_scope(actor)
    return scope.covers(path) or any(within(part.lo, path) for part in scope.ranges)


def area_for(actor: Actor, code: str = "", permission: str = VIEW) -> Area:
    """The place with this code, or the highest of the actor's places; NotFound outside of these."""
    scope = place_scope(actor, permission)
    if code:
        found = Area.objects.filter(scope.q("path"), code=code.replace("\0", "")[:15])
    else:
        top = min((part.lo for part in scope.ranges), key=len, default="")
        found = Area.objects.filter(path=top, valid_to=None) if top else Area.objects.filter(level=Area.Level.COUNTY)
    area = found.select_related("parent").order_by(F("valid_to").asc(nulls_first=True)).first()
    if area is None:
        raise not_found()
    return area


def area_in(code: str) -> Area | None:
    """An open place of the county by its code, or the heir of a merged one: old links and papers name it still.

    Who is responsible there may be asked by all of the county's staff.
    """
    rows = Area.objects.select_related("parent")
    found = rows.filter(code=code.replace("\0", "")[:15]).order_by(F("valid_to").desc(nulls_first=True))
    area, seen = found.first(), set[int]()
    while area is not None and not area.is_open and area.id not in seen:
        seen.add(area.id)
        area = rows.filter(id=area.successor_id).first() if area.successor_id else None
    return area if area is not None and area.is_open else None
