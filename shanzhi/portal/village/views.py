"""Villages for everybody: find one, see what is being handled there, on a list and on a sketch of the place."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import PUBLIC
from shanzhi.areas.models import Area
from shanzhi.cases.presenters import count_words
from shanzhi.cases.selectors import capped_counts
from shanzhi.lib.errors import NotFound
from shanzhi.lib.times import local
from shanzhi.portal.month import month_figures
from shanzhi.portal.permissions import QR
from shanzhi.portal.village.caching import cached_for_strangers
from shanzhi.portal.village.cases import CLOSED, NEWEST, OPEN, Wanted, public_case, public_cases, told_steps
from shanzhi.portal.village.drawing import drawn
from shanzhi.portal.village.listing import listing_of
from shanzhi.portal.village.places import name_before, staff_of, village_get, village_now, villages_found
from shanzhi.portal.village.showing import all_shown, day_of, shown, village_of
from shanzhi.tenancy.keyset import page_of
from shanzhi.trail.selectors import latest_seal
from shanzhi.ui.pages import cursor_in
from shanzhi.ui.parts import Crumb

FIRST = 5


@page(PUBLIC)
@require_safe
@cached_for_strangers
def villages(request: CountyRequest, county: int) -> HttpResponse:
    """For whoever came without a code: villages by their name."""
    text = request.GET.get("q", "")
    found = villages_found(text, cursor=cursor_in(request.GET))
    return render(request, "portal/village/villages.html", {"page": found, "text": text.strip()})


@page(PUBLIC)
@require_safe
@cached_for_strangers
def village(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    """What a sticker leads to. The code of a village that was merged leads to where it went, which says so."""
    try:
        place = village_get(code)
    except NotFound:
        heir = village_now(code)
        if heir is None:
            raise
        return HttpResponseRedirect(f"{reverse('portal:village', args=[county, heir.code])}?was={code}")
    at = timezone.now()
    was = request.GET.get("was", "")
    still = public_cases(place, Wanted(state=OPEN))
    counts = capped_counts({OPEN: still, CLOSED: public_cases(place, Wanted(state=CLOSED))})
    order = Wanted(sort=NEWEST).order
    context = {
        **_place(request, place),
        "before": name_before(was, place) if len(was) == len(code) and was.isdecimal() else "",
        "staff": staff_of(place, at=at),
        "rows": all_shown(order.sorted(still)[:FIRST]),
        "open_count": count_words(counts[OPEN]),
        "closed_count": count_words(counts[CLOSED]),
        "seal": latest_seal(),
        "month": month_figures(place, local(at).date()),
        "may_print": request.actor.can(QR) and request.actor.scope(QR).covers(place.path),
    }
    return render(request, "portal/village/village.html", context)


def _place(request: CountyRequest, place: Area) -> dict[str, Any]:
    today = local(timezone.now()).date()
    return {"village": place, "township": place.parent, "today": today}


@page(PUBLIC)
@require_safe
@cached_for_strangers
def case_list(request: CountyRequest, county: int, code: str) -> HttpResponse:
    """Everything public of a village, narrowed by the address."""
    place = village_get(code)
    listing = listing_of(place, request.GET, timezone.now())
    rows = public_cases(place, listing.wanted)
    found = page_of(rows, listing.wanted.order, cursor=cursor_in(request.GET))
    counts = capped_counts({
        "all": rows,
        OPEN: rows.filter(ended_at=None),
        "told": public_cases(place, listing.wanted, told=True),
    })  # fmt: skip
    context = {
        **_place(request, place),
        "bar": listing.bar(),
        "page": found.showing(all_shown(found.rows)),
        "count": count_words(counts["all"]),
        "open_count": count_words(counts[OPEN]),
        "told_count": count_words(counts["told"]),
        "map_query": listing.address(),
    }
    return render(request, "portal/village/cases.html", context)


@page(PUBLIC)
@require_safe
@cached_for_strangers
def case_map(request: CountyRequest, county: int, code: str) -> HttpResponse:
    """A sketch of where it is, to about 100 m, of cases with a confirmed summary; the list beside it is the same."""
    place = village_get(code)
    listing = listing_of(place, request.GET, timezone.now())
    rows = public_cases(place, listing.wanted, told=True)
    found = page_of(rows, listing.wanted.order, cursor=cursor_in(request.GET))
    context = {
        **_place(request, place),
        "bar": listing.bar(),
        "page": found,
        "rows": list(enumerate(all_shown(found.rows), start=1)),
        "sketch": drawn(found.rows),
        "list_query": listing.address(),
    }
    return render(request, "portal/village/map.html", context)


@page(PUBLIC)
@require_safe
@cached_for_strangers
def case_show(request: CountyRequest, county: int, number: str) -> HttpResponseBase:
    """One case as everybody may see it; a number that was merged away leads to the one that it went into."""
    case = public_case(number)
    if case.number != number:
        return HttpResponseRedirect(f"{reverse('portal:public-case', args=[county, case.number])}?was={number}")
    place = village_of(case)
    was = request.GET.get("was", "")
    context = {
        "row": shown(case),
        "village": place,
        "place_name": place.name if place is not None else case.area.name,
        "steps": [(day_of(at), words) for at, words in told_steps(case)],
        "today": local(timezone.now()).date(),
        "before": was if was != number and public_case_leads(was, number) else "",
        "crumbs": [Crumb(request.county.name)],
    }
    return render(request, "portal/village/case.html", context)


def public_case_leads(was: str, number: str) -> bool:
    """Whether the older number really leads here: nobody puts words on this page by its address."""
    try:
        return bool(was) and public_case(was[:20]).number == number
    except NotFound:
        return False
