"""Villages as anybody finds them: by code, by name, and where an abolished one went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area, AreaVersion
from shanzhi.areas.selectors import area_get, grids_of, successor_of
from shanzhi.portal.selectors import people_in_post
from shanzhi.tenancy.keyset import Order, Page, page_of

VILLAGES: Final = Order("public-villages", ("path",))
TEXT: Final = 40


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works in the grids of a village; None is "no value": no grid is entered there."""

    grids: int | None
    leaders: int | None
    workers: int | None


def village_get(code: str) -> Area:
    """The open village of this code with its township; NotFound says where an abolished one went."""
    rows = Area.objects.filter(code=code, valid_to__isnull=True, level=Area.Level.VILLAGE)
    area = rows.select_related("parent").first()
    if area is None:
        area_get(code)  # says why not, if there is no such place any longer
        raise not_found()
    return area


def village_now(code: str) -> Area | None:
    """The village that a code from before leads to today; None for one in force, or that never was a village's."""
    old = AreaVersion.objects.filter(code=code).select_related("area").order_by("-number", "-id").first()
    heir = successor_of(old.area) if old is not None else None
    return heir if heir is not None and heir.level == Area.Level.VILLAGE and heir.code != code else None


def name_before(code: str, area: Area) -> str:
    """What the place of an older code was called, if that is a part of this village now; else empty."""
    old = AreaVersion.objects.filter(code=code).select_related("area").order_by("-number", "-id").first()
    heir = successor_of(old.area) if old is not None else None
    return old.name if old is not None and heir is not None and heir.id == area.id and old.name != area.name else ""


def villages_found(text: str, *, cursor: str = "", township: Area | None = None) -> Page[Area]:
    """Open villages with these words in their name or their township's, or whose code begins so; one statement."""
    rows = Area.objects.filter(level=Area.Level.VILLAGE, valid_to__isnull=True).select_related("parent")
    if township is not None:
        rows = rows.filter(parent_id=township.id)
    words = text.replace("\x00", "").strip()[:TEXT]
    if words:
        found = Q(name__icontains=words) | Q(parent__name__icontains=words)
        rows = rows.filter(found | Q(code__startswith=words) if words.isdecimal() else found)
    return page_of(rows, VILLAGES, cursor=cursor)


def staff_of(village: Area, *, at: datetime) -> Staff:
    """Two statements, one where there is no grid."""
    grids = grids_of(village).count()
    people = people_in_post(village, at=at) if grids else {}
    return Staff(grids or None, people.get("leaders"), people.get("workers"))
