"""The work list: on a desk beside the case, on a phone as cards, and as a file."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from shanzhi.access.actor import Actor
from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import SELF
from shanzhi.cases import permissions
from shanzhi.cases.exports import LIMIT, as_csv, as_xlsx, file_name
from shanzhi.cases.listing import Listing, listing_of, tabs_of
from shanzhi.cases.models import Case
from shanzhi.cases.presenters import cards_of, count_words, rows_of
from shanzhi.cases.selectors import (
    BESIDE,
    COUNTED,
    ELSEWHERE,
    SEARCHED,
    CaseFilter,
    Sort,
    Tab,
    by_number,
    case_get_for,
    case_list_for,
    counts_and_first,
    list_rows,
)
from shanzhi.cases.views.case import case_context
from shanzhi.cases.worklists.batches import MOST_ROWS, batch_acts
from shanzhi.cases.worklists.saved import saved_of
from shanzhi.lib.errors import Invalid
from shanzhi.lib.tables import FORMATS
from shanzhi.tenancy.keyset import Page, page_of
from shanzhi.ui.downloads import download
from shanzhi.ui.pages import page_urls

HERE = "here"
QUIET_TABS: Final = (Tab.CALLED, Tab.SUPERVISED, Tab.SUSPENDED)  # shown only when there is something in them


@page(SELF)
@require_GET
def case_list(request: CountyRequest, county: int) -> HttpResponseBase:
    actor, now = request.actor, timezone.now()
    listing = listing_of(actor, request.GET, now)
    default = listing.offers.default
    if default is not None and not request.GET:
        return HttpResponseRedirect(f"{request.path}?{default.query}")
    counts, number = _counts(actor, listing, now)
    found = _found(actor, listing, counts, number, now)
    context = {
        "listing": listing,
        "number": number,
        "tabs": _tabs(actor, listing, counts),
        "bar": listing.bar(),
        "total": "1" if number else count_words(counts[HERE], cap_of(listing)),
        "order": Sort.LABELS[listing.wanted.sorted_by],
        "elsewhere": [] if number else _elsewhere(listing, counts),
        "may_export": actor.can(permissions.EXPORT) and counts[HERE] > 0 and not number,
        "may_report": actor.can(permissions.REPORT),
        "may_take_down": actor.can(permissions.TAKE_DOWN),
        "list_query": listing.query.urlencode(),
        "map_url": map_url(actor, listing, county),
        "now": now,
        **page_urls(found, listing.query),
    }
    calendar = listing.calendar_now
    if actor.works_on_phone:
        context["cards"] = cards_of(actor, found.rows, now, calendar)
        return render(request, "cases/list_phone.html", context)
    context |= {"rows": rows_of(found.rows, now, calendar, actor), "batch": batch_acts(actor)}
    everything = f"全部 {counts[HERE]} 件" if counts[HERE] <= min(MOST_ROWS, cap_of(listing)) else f"前 {MOST_ROWS} 件"
    context |= {"saved": saved_of(listing), "everything": everything}
    context |= _pane(request, listing)
    return render(request, "cases/list.html", context)


def map_url(actor: Actor, listing: Listing, county: int) -> str:
    """The map with the same filters; none for who sees no list of a place."""
    return f"{reverse('cases:map', args=[county])}{listing.url()}" if actor.can(permissions.VIEW) else ""


def _found(actor: Actor, listing: Listing, counts: dict[str, int], number: str, now: datetime) -> Page[Case]:
    """The case that was asked for by its number, or a page of the list."""
    if number:
        return Page(list(list_rows(by_number(actor, [number]), actor)))
    if not counts[HERE]:
        return Page()
    rows = list_rows(case_list_for(actor, listing.wanted, now=now), actor)
    return page_of(rows, listing.wanted.order, cursor=listing.cursor)


def _tabs(actor: Actor, listing: Listing, counts: dict[str, int]) -> list[dict[str, Any]]:
    """What is behind a figure is a tab of its own as long as it is open."""
    own = {"url": listing.url(), "label": Tab.LABELS[listing.tab], "chosen": True,
           "count": count_words(counts[HERE], COUNTED)}  # fmt: skip
    usual = [
        {"url": f"?tab={tab}", "label": Tab.LABELS[tab], "chosen": tab == listing.tab,
         "count": count_words(counts[tab], COUNTED if tab == listing.tab else BESIDE)}
        for tab in tabs_of(actor)
        if counts[tab] or tab == listing.tab or tab not in QUIET_TABS
    ]  # fmt: skip
    return [own, *usual] if listing.tab == Tab.COUNTED else usual


def _counts(actor: Actor, listing: Listing, now: datetime) -> tuple[dict[str, int], str]:
    """Whole tabs, the list as filtered, what a search finds in the other tabs, and the case whose number is asked
    for; one statement. A list that is not narrowed is its tab, and is counted once."""
    wanted = {tab: CaseFilter(tab=tab) for tab in tabs_of(actor)}
    narrowed = replace(listing.wanted, sort="") != CaseFilter(tab=listing.tab)
    if narrowed:
        wanted[HERE] = listing.wanted
    if listing.wanted.query and not listing.numbers:
        wanted |= {f"in {tab}": listing.other(tab) for tab in _other_tabs(actor, listing)}
    lists = {name: case_list_for(actor, one, now=now) for name, one in wanted.items()}
    caps = {name: ELSEWHERE if name.startswith("in ") else BESIDE for name in lists}
    caps |= {listing.tab: COUNTED, HERE: cap_of(listing)}
    asked = by_number(actor, listing.numbers) if listing.numbers else None
    counts, number = counts_and_first(lists, asked, caps)
    return (counts if narrowed else {**counts, HERE: counts[listing.tab]}), number


def cap_of(listing: Listing) -> int:
    """How far the list is counted."""
    return SEARCHED if listing.wanted.query else COUNTED


def _other_tabs(actor: Actor, listing: Listing) -> list[str]:
    return [tab for tab in (Tab.OPEN, Tab.ENDED) if tab != listing.tab and tab in tabs_of(actor)]


def _elsewhere(listing: Listing, counts: dict[str, int]) -> list[dict[str, str]]:
    """Where else a search finds something, so that a closed case is found from the open ones."""
    found = []
    for tab in (Tab.OPEN, Tab.ENDED):
        count = counts.get(f"in {tab}", 0)
        if count:
            copy = listing.query.copy()
            for name in ("state", "after", "before"):
                copy.pop(name, None)
            copy["tab"] = tab
            words = f"{Tab.LABELS[tab]}里有 {count_words(count, ELSEWHERE)} 件"
            found.append({"url": f"?{copy.urlencode()}", "words": words})
    return found


def _pane(request: CountyRequest, listing: Listing) -> dict[str, Any]:
    """The case that the address names, shown beside the list."""
    number = request.GET.get("case", "")
    if not number.replace("-", "").isascii() or not number.replace("-", "").isdigit():
        return {"selected": ""}
    case = case_get_for(request.actor, number)
    return {"selected": number, **case_context(request, case, list_query=listing.query.urlencode())}


@page(permissions.EXPORT)
@require_GET
def case_export(request: CountyRequest, county: int) -> HttpResponseBase:
    """The list as it is filtered, at most 5,000 cases: what is longer is not cut off silently but refused."""
    actor, now = request.actor, timezone.now()
    listing = listing_of(actor, request.GET, now)
    kind = request.GET.get("format", "xlsx")
    kind = kind if kind in FORMATS else "xlsx"
    rows = listing.wanted.order.sorted(case_list_for(actor, listing.wanted, now=now))
    cases = list(
        rows.select_related("area__parent", "owner", "handler_area", "handler_unit").defer("body")[: LIMIT + 1]
    )
    if len(cases) > LIMIT:
        raise Invalid(f"一次最多导出 {LIMIT:,} 件，请先用日期或类别缩小范围再导出。", code="export_too_large")
    body = as_csv(cases) if kind == "csv" else as_xlsx(cases)
    return download(body, file_name(Tab.LABELS[listing.tab], now, kind), "cases")
