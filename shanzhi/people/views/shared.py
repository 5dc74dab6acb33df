"""What the pages share: places and days of an address, crumbs, tabs, masked numbers, what forms offer."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from shanzhi.access.forms import FormPage
from shanzhi.access.pages import CountyRequest
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.areas.models import Area
from shanzhi.areas.selectors import ancestors
from shanzhi.lib.masks import door_mask, paper_mask, phone_mask
from shanzhi.people.catalogue import Papers
from shanzhi.people.forms.residents import Offered
from shanzhi.people.models import Dwelling, Resident
from shanzhi.people.models.residents import Whereabouts
from shanzhi.people.permissions import CARE, COUNTS, EDIT, RIGHTS, VIEW
from shanzhi.people.selectors import area_for, reach
from shanzhi.people.selectors.offering import dwelling_choices, household_choices, places_offered, village_of
from shanzhi.people.selectors.residents import age_on
from shanzhi.people.whereabouts import anchor
from shanzhi.ui.pages import url_with
from shanzhi.ui.parts import Crumb

FIRST, LAST = date(1950, 1, 1), date(2099, 12, 31)
WRONG_DAY = "这一天看不了，请写成 2026-03-01 这样，不晚于今天。现在显示的是今天。"


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    chosen: bool


def link(county: int, name: str, *args: object, **query: str) -> str:
    """A page of the registers with these conditions."""
    said = {key: value for key, value in query.items() if value}
    return reverse(f"people:{name}", args=[county, *args]) + (f"?{urlencode(said)}" if said else "")


def tabs(request: CountyRequest, chosen: str) -> list[Tab]:
    """The parts of the register that this person may open."""
    actor, county = request.actor, request.county.id
    parts = (
        ("list", "居民", VIEW), ("households", "户", VIEW), ("dwellings", "房屋", VIEW), ("care", "关爱对象", CARE),
        ("counts", "人口数字", COUNTS), ("requests", "本人申请", RIGHTS),
    )  # fmt: skip
    found = [Tab(label, link(county, name), name == chosen) for name, label, needed in parts if actor.can(needed)]
    search = Tab("找人", reverse("people_find:search", args=[county]), chosen == "find")
    return [search, *found] if actor.can(VIEW) else found


def crumbs(request: CountyRequest, *rest: Crumb) -> list[Crumb]:
    home = "list" if request.actor.can(VIEW) else "counts"
    return [Crumb("人口", link(request.county.id, home) if rest else ""), *rest]


def resident_crumb(request: CountyRequest, row: Resident, *rest: Crumb) -> list[Crumb]:
    address = link(request.county.id, "resident", row.id) if rest else ""
    return crumbs(request, Crumb(row.name, address), *rest)


def path_of(request: CountyRequest, area: Area, permission: str = VIEW) -> list[tuple[Area, str]]:
    """From the highest place of this person down to the one shown, each with its address."""
    scope = reach(request.actor, permission)
    way = [*(above for above in ancestors(area) if scope.covers(above.path)), area]
    return [(one, url_with(request.GET, area=one.code)) for one in way]


def below_of(request: CountyRequest, area: Area) -> list[tuple[Area, str]]:
    rows = Area.objects.filter(parent=area, valid_to=None).order_by("path")
    return [(one, url_with(request.GET, area=one.code)) for one in rows]


def place_context(request: CountyRequest, permission: str = VIEW) -> dict[str, Any]:
    """The place of an address, the way to it and what lies below."""
    area = area_for(request.actor, request.GET.get("area", ""), permission)
    return {
        "area": area, "place": place_words(area), "path": path_of(request, area, permission),
        "below": below_of(request, area), "may_edit": request.actor.can(EDIT), "query": request.GET.urlencode(),
    }  # fmt: skip


def day_of(query: QueryDict) -> tuple[date, str]:
    """The day that an address asks for, and a sentence if that was none: then it is today."""
    today, asked = timezone.localdate(), query.get("on", "")
    if not asked:
        return today, ""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return today, WRONG_DAY
    return (day, "") if FIRST <= day <= today else (today, WRONG_DAY)


def day_words(day: date) -> str:
    """In full: a paper is read on another day."""
    return f"{day.year}年{day.month}月{day.day}日"


def spot(area: Area | None, elsewhere: str) -> str:
    """A place inside by its name, one outside in words."""
    return place_words(area) if area is not None else f"县外：{elsewhere}" if elsewhere else "没有"


def where_words(row: Whereabouts) -> tuple[str, str]:
    return spot(row.lives, row.lives_elsewhere), spot(row.registered, row.registered_elsewhere)


def numbers_of(row: Resident) -> list[tuple[str, str, str]]:
    """Field, label and masked number of what is known."""
    door = row.dwelling.door if row.dwelling is not None else ""
    return [
        ("paper", Papers(row.papers).label, paper_mask(row.paper_number)), ("phone", "电话", phone_mask(row.phone)),
        ("door", "门牌、房号", door_mask(door)),
    ]  # fmt: skip


def home_words(row: Dwelling) -> str:
    """A dwelling with its door masked."""
    return f"{place_words(row.area)}　{row.road} {door_mask(row.door)}".strip()


def age_words(row: Resident, today: date) -> str:
    age = age_on(row.born_on, row.died_on or today)
    return "" if age is None else f"{age} 岁"


def offered(request: CountyRequest, row: Resident | None = None, *, place: str = "") -> Offered:
    """For the village of an address, else of the person, else the actor's own place."""
    actor = request.actor
    if place:
        area: Area | None = area_for(actor, place)
        village = village_of(area.path) if area is not None else None
    else:
        village = village_of(anchor(row)) if row is not None else None
    village = village or village_of(area_for(actor, permission=EDIT).path)
    return Offered(places_offered(actor), dwelling_choices(actor, village), household_choices(actor, village))


def words(
    title: str, act: str, back: str, crumbs_: list[Crumb], *lines: str, harms: bool = False
) -> FormPage:  # fmt: skip
    return FormPage(title, act, "正在保存…", back, crumbs_, lines, harms=harms)
