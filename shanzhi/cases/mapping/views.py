"""The map of cases with the list beside it, and the little map of one case."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.areas.models import Area, Outline
from shanzhi.cases import permissions
from shanzhi.cases.listing import Listing, listing_of, tabs_of
from shanzhi.cases.mapping.drawing import overview, panel
from shanzhi.cases.mapping.frames import CHINA, around, box_read, box_text, ground_of, home_of, padded, zoom_for
from shanzhi.cases.mapping.places import COLOURED, UNITS, places_named
from shanzhi.cases.mapping.selectors import placed_at, seen_on_map, surroundings, whistles_on_map
from shanzhi.cases.models import Case
from shanzhi.cases.places import place_name
from shanzhi.cases.presenters import count_words, is_late, position_words, rows_of
from shanzhi.cases.selectors import (
    COUNTED,
    SEARCHED,
    CaseFilter,
    Sort,
    Tab,
    case_get_for,
    case_list_for,
    counts_and_first,
    list_rows,
)
from shanzhi.lib.errors import Invalid
from shanzhi.lib.georead import Box
from shanzhi.tenancy.keyset import Page, page_of
from shanzhi.ui.pages import page_urls

HERE, UNPLACED = "here", "unplaced"
NEAR: Final = 45_000  # about 450 m on each side of a case
OWN_NAMES: Final = ("bbox", "part", "after", "before")


@dataclass(frozen=True)
class Beside:
    """The list beside the map: what is in the rectangle, how many, and how many have no position at all."""

    rows: Page[Case]
    total: int
    unplaced: int
    cap: int


@page(permissions.VIEW)
@require_http_methods(["GET", "POST"])
def case_map(request: CountyRequest, county: int) -> HttpResponse:
    """The map with the list of what is seen on it; with `part` the list alone. A POST looks a place up by its name."""
    actor, now = request.actor, timezone.now()
    listing = listing_of(actor, request.GET, now)
    box = _asked(request.GET)
    if box is not None and request.GET.get("part") == "list":
        return render(request, "cases/mapping/side.html", _side(request, listing, box, now))
    ground = ground_of(actor)
    home = home_of(ground) or around(placed_at(case_list_for(actor, CaseFilter(), now=now))) or CHINA
    shown = box or home
    seen = seen_on_map(actor, listing.wanted, shown, zoom_for(shown), now=now)
    whistles, _ = whistles_on_map(actor, shown, now=now)
    text = request.POST.get("text", "")
    context = {
        **_side(request, listing, shown, now),
        "tabs": [(_url(listing, shown if box else None, tab=tab), Tab.LABELS[tab], tab == listing.tab)
                 for tab in tabs_of(actor)],
        "bar": listing.bar(),
        "box": box_text(shown),
        "home": box_text(home),
        "home_url": _url(listing),
        "narrowed": box is not None,
        "list_url": f"{reverse('cases:list', args=[county])}{_url(listing)}",
        "drawing": overview(
            ground, seen, whistles, shown, into=lambda one: _url(listing, padded(one, 0.2)),
            case_url=lambda case: reverse("cases:case", args=[county, case.number]),
            late=lambda case: is_late(case, now),
        ),
        "synthetic": any(row.synthetic for row in ground),
        "levels": [(level, UNITS[level]) for level in COLOURED],
        "text": text,
        "found": [(one, box_text(one.box), _url(listing, one.box)) for one in places_named(actor, text, now=now)],
        "asked": request.method == "POST",
        "tianditu": settings.SHANZHI_TIANDITU_KEY,
    }  # fmt: skip
    return render(request, "cases/mapping/map.html", context)


def _asked(query: QueryDict) -> Box | None:
    """The rectangle of the address; none for one that can't be read: an old link still opens."""
    try:
        return box_read(query.get("bbox", "")) if "bbox" in query else None
    except Invalid:
        return None


def _url(listing: Listing, box: Box | None = None, **changes: str) -> str:
    """The same filters, with another rectangle or with none."""
    copy = listing.query.copy()
    for name in OWN_NAMES:
        copy.pop(name, None)
    for name, value in {**changes, **({"bbox": box_text(box)} if box else {})}.items():
        copy[name] = value
    return f"?{copy.urlencode()}"


def _side(request: CountyRequest, listing: Listing, box: Box, now: datetime) -> dict[str, Any]:
    found = _beside(request, listing, box, now)
    query = listing.query.copy()
    query.pop("part", None)
    query["bbox"] = box_text(box)
    rows = rows_of(found.rows.rows, now, listing.calendar_now)
    return {
        "listing": listing,
        "total": count_words(found.total, found.cap),
        "unplaced": count_words(found.unplaced, found.cap) if found.unplaced else "",
        "unplaced_url": f"{reverse('cases:list', args=[request.county.id])}{_url(listing)}",
        "order": Sort.LABELS[listing.wanted.sorted_by],
        "lines": [(row, _url(listing, _near(case))) for row, case in zip(rows, found.rows.rows, strict=True)],
        **page_urls(found.rows, query),
    }


def _beside(request: CountyRequest, listing: Listing, box: Box, now: datetime) -> Beside:
    """Two statements."""
    actor, wanted = request.actor, replace(listing.wanted, box=box)
    cap = SEARCHED if wanted.query else COUNTED
    lists = {
        HERE: case_list_for(actor, wanted, now=now),
        UNPLACED: case_list_for(actor, listing.wanted, now=now).filter(spot=None),
    }
    counts, _ = counts_and_first(lists, None, dict.fromkeys(lists, cap))
    rows: Page[Case] = Page()
    if counts[HERE]:
        rows = page_of(list_rows(lists[HERE]), wanted.order, cursor=listing.cursor)
    return Beside(rows, counts[HERE], counts[UNPLACED], cap)


def _near(case: Case) -> Box:
    lon, lat = case.lon or 0, case.lat or 0
    return lon - NEAR, lat - NEAR, lon + NEAR, lat + NEAR


@page(permissions.OWN, object=True)
@require_safe
def case_spot(request: CountyRequest, county: int, number: str) -> HttpResponseBase:
    """Where a case is, in its grid as it was when the case was received; by itself, or as a part of its page."""
    case = case_get_for(request.actor, number)
    outlines = surroundings(case)
    own = next((row for row in outlines if row.area_id == case.area_id), None)
    has_place = case.lon is not None and case.lat is not None
    box = _framed(case, own) if has_place else CHINA
    base = "ui/phone.html" if request.actor.works_on_phone else "ui/desk.html"
    context = {
        "case": case,
        "base": base,
        "drawing": panel(case, outlines, box) if has_place else None,
        "place": case.place or place_name(case.area),
        "area_name": place_name(case.area),
        "has_outline": own is not None,
        "position": position_words(case),
        "map_url": _map_url(request, case),
        "url": reverse("cases:case", args=[county, case.number]),
    }
    if request.headers.get("HX-Request"):
        return render(request, "cases/mapping/spot.html", context)
    return render(request, "cases/mapping/spot_page.html", context)


def _framed(case: Case, own: Outline | None) -> Box:
    """The grid of the case and the case; without a grid what is near it."""
    near = _near(case)
    if own is None or own.area.level not in (Area.Level.GRID, Area.Level.VILLAGE):
        return near
    lon, lat = case.lon or 0, case.lat or 0
    return padded((min(own.west, lon), min(own.south, lat), max(own.east, lon), max(own.north, lat)), 0.12)


def _map_url(request: CountyRequest, case: Case) -> str:
    if case.lon is None or not request.actor.can(permissions.VIEW):
        return ""
    tab = Tab.OPEN if case.is_open else Tab.ENDED
    query = QueryDict(mutable=True)
    query["tab"], query["bbox"] = tab, box_text(_near(case))
    return f"{reverse('cases:map', args=[case.county_id])}?{query.urlencode()}"
