"""Whom a person may see: who lives in, is registered in, or was last in the area of a post with the permission."""

from django.db.models import F, Q

from shanzhi.access.actor import Actor, Scope
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.lib.errors import Forbidden
from shanzhi.people.models import Dwelling, Household, Resident
from shanzhi.people.permissions import VIEW
from shanzhi.people.whereabouts import RELATED

HOMES = (Area.Level.VILLAGE, Area.Level.GRID)
WAYS = ("lives_path", "registered_path", "last_path")


def place_named(code: str) -> Area | None:
    """An open village or grid of the county: people can be said to live there by whoever writes them down."""
    rows = Area.objects.filter(code=code.replace("\0", "")[:15], valid_to=None, level__in=HOMES)
    return rows.select_related("parent").first() if code else None


def reach(actor: Actor, permission: str = VIEW) -> Scope:
    return actor.scope(permission)


def covers(scope: Scope, resident: Resident) -> bool:
    """Whether somebody lives, is registered or was last within."""
    return any(path and scope.covers(path) for path in (getattr(resident, way) for way in WAYS))


def _may(actor: Actor, permission: str, *paths: str) -> None:
    """Forbidden for whoever sees it by one post and may do this by another one elsewhere."""
    actor.require(permission)
    if not any(path and reach(actor, permission).covers(path) for path in paths):
        raise Forbidden("这个地方不在你的辖区，请联系那里的村或者镇里登记。", code="elsewhere")


def resident_get_for(actor: Actor, number: int, permission: str = VIEW) -> Resident:
    """NotFound outside of the scope of VIEW, Forbidden for whoever may look but not do this."""
    row = Resident.objects.select_related(*RELATED).filter(id=number).first() if actor.is_member else None
    if row is None or not covers(reach(actor), row):
        raise not_found()
    _may(actor, permission, *(getattr(row, way) for way in WAYS))
    return row


def dwelling_get_for(actor: Actor, number: int, permission: str = VIEW) -> Dwelling:
    row = Dwelling.objects.select_related("area__parent", "photo").filter(id=number).first()
    if row is None or not reach(actor).covers(row.area_path):
        raise not_found()
    _may(actor, permission, row.area_path)
    return row


def household_get_for(actor: Actor, number: int, permission: str = VIEW) -> Household:
    row = Household.objects.select_related("area__parent").filter(id=number).first()
    if row is None or not reach(actor).covers(row.area_path):
        raise not_found()
    _may(actor, permission, row.area_path)
    return row


def area_for(actor: Actor, code: str = "", permission: str = VIEW) -> Area:
    """The place with this code, or the highest of the actor's places; NotFound outside of these."""
    scope = reach(actor, permission)
    if code:
        found = Area.objects.filter(scope.q("path"), code=code.replace("\0", "")[:15])
    else:
        top = min((part.lo for part in scope.ranges), key=len, default="")
        found = Area.objects.filter(path=top) if top else Area.objects.filter(level=Area.Level.COUNTY)
    area = found.select_related("parent").order_by(F("valid_to").asc(nulls_first=True)).first()
    if area is None:
        raise not_found()
    return area


def homes_below(actor: Actor, area: Area, permission: str = VIEW) -> list[Area]:
    """Open villages and grids at and below a place that the permission reaches, in the order of the tree."""
    scope = reach(actor, permission)
    rows = Area.objects.filter(path__gte=area.path, path__lt=area.path + "~", valid_to=None, level__in=HOMES)
    return list(rows.filter(scope.q("path")).select_related("parent").order_by("path"))


def below_q(area: Area, field: str) -> Q:
    """The subtree of one place as a range of a path column."""
    return Q(**{f"{field}__gte": area.path, f"{field}__lt": area.path + "~"})
