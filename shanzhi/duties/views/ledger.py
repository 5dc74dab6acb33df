"""交办台账: the list of a tab with its figures, as a file and on paper; and what was given to me."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.duties import permissions
from shanzhi.duties.exports import LIMIT, file_of
from shanzhi.duties.listing import bar_of, places_of, sorts_of, tabs_of, units_of, wanted_of
from shanzhi.duties.models import Line
from shanzhi.duties.presenters import duty_rows, line_rows, percent, tiles_of
from shanzhi.duties.selectors import (
    SEGMENTS,
    TABS,
    Sort,
    counts_by_duty,
    counts_of,
    duties_for,
    given_for,
    lines_for,
    segment_counts,
)
from shanzhi.lib.errors import Invalid
from shanzhi.lib.tables import FORMATS
from shanzhi.lib.times import local, show_full
from shanzhi.tenancy.keyset import page_of
from shanzhi.ui.downloads import download
from shanzhi.ui.pages import cursor_in, page_urls, url_with, without_paging
from shanzhi.ui.parts import Crumb

PRINTED = 500


@page(permissions.VIEW)
@require_safe
def ledger(request: CountyRequest, county: int) -> HttpResponseBase:
    """Instructions of a tab; whoever only receives begins with what was given to them."""
    actor, query, now = request.actor, request.GET, timezone.now()
    if "tab" not in query and actor.can(permissions.RECEIVE) and not actor.can(permissions.ISSUE):
        return HttpResponseRedirect(reverse("duties:mine", args=[county]))
    places = places_of(actor)
    wanted = wanted_of(actor, query, places)
    order = Sort.DUTIES[wanted.sort]
    found = page_of(duties_for(actor, wanted, at=now), order, cursor=cursor_in(query))
    counts = counts_by_duty(actor, wanted, [duty.id for duty in found.rows], at=now)
    sorts = sorts_of(query, wanted.sort)
    total = counts_of(lines_for(actor, wanted, at=now), at=now)
    context = {
        "rows": duty_rows(found.rows, counts), "tiles": tiles_of(total, query),
        "bar": bar_of(query, places, units_of(actor)), "sorts": sorts, "tabs": tabs_of(actor, wanted.tab),
        "order": next(label for _, label, chosen in sorts if chosen), "query": without_paging(query).urlencode(),
        "may_issue": actor.can(permissions.ISSUE), "may_receive": actor.can(permissions.RECEIVE), "now": now,
        "tab": wanted.tab, **page_urls(found, query),
    }  # fmt: skip
    return render(request, "duties/ledger.html", context)


def _lines(request: CountyRequest, limit: int, what: str) -> tuple[list[Line], str]:
    """The lines of the list as it is filtered; more than the limit are refused, not cut off."""
    actor, now = request.actor, timezone.now()
    wanted = wanted_of(actor, request.GET, places_of(actor))
    rows = list(Sort.LINES[wanted.sort].sorted(lines_for(actor, wanted, at=now))[: limit + 1])
    if len(rows) > limit:
        raise Invalid(f"一次最多{what} {limit:,} 行，请先用日期或状态缩小范围。", code="export_too_large")
    return rows, TABS[wanted.tab]


@page(permissions.VIEW)
@require_safe
def ledger_export(request: CountyRequest, county: int) -> HttpResponseBase:
    """Excel, or CSV with `format=csv`."""
    rows, label = _lines(request, LIMIT, "导出")
    now = timezone.now()
    kind = request.GET.get("format", "xlsx")
    kind = kind if kind in FORMATS else "xlsx"
    return download(file_of(rows, now, kind), f"交办台账-{label}-{local(now):%Y%m%d-%H%M}.{kind}", "duties")


@page(permissions.VIEW)
@require_safe
def ledger_print(request: CountyRequest, county: int) -> HttpResponse:
    """The same on paper, with the figures above."""
    rows, label = _lines(request, PRINTED, "打印")
    now = timezone.now()
    wanted = wanted_of(request.actor, request.GET, places_of(request.actor))
    counts = counts_of(lines_for(request.actor, wanted, at=now), at=now)
    context = {
        "title": f"交办台账（{label}）", "rows": line_rows(rows, now), "counts": counts, "rate": percent(counts),
        "printed": show_full(now), "now": now,
        "back": f"{reverse('duties:ledger', args=[county])}{url_with(request.GET, tab=wanted.tab)}",
    }  # fmt: skip
    return render(request, "duties/sheet.html", context)


@page(permissions.RECEIVE)
@require_safe
def mine(request: CountyRequest, county: int) -> HttpResponse:
    """What was given to the offices in which this person works: cards on a phone, a table at a desk."""
    actor, query, now = request.actor, request.GET, timezone.now()
    segment = query.get("state", "")
    segment = segment if segment in SEGMENTS else ""
    words, late = query.get("q", "").replace("\x00", "").strip()[:40], query.get("late") == "1"
    # What is open is wanted in the order in which it is due, what has ended with the newest first.
    order = Sort.LINES[Sort.NEWEST if segment == "ended" else Sort.DUE]
    rows = given_for(actor, at=now, segment=segment, query=words, late=late)
    if not segment and not words:
        rows = rows.filter(ended_at=None)
    found = page_of(rows.select_related("duty", "area", "unit"), order, cursor=cursor_in(query))
    context: dict[str, Any] = {
        "rows": line_rows(found.rows, now, actor=actor), "segments": _segments(request, segment),
        "may_receive": True, "words": words, "late": late, "state": segment, "now": now,
        "tabs": tabs_of(actor, "") if not actor.works_on_phone else [],
        "crumbs": [Crumb("交办", reverse("duties:ledger", args=[county])), Crumb("交给我的")], **page_urls(found, query),
    }  # fmt: skip
    return render(request, "duties/mine.html", context)


def _segments(request: CountyRequest, chosen: str) -> list[dict[str, Any]]:
    counts = segment_counts(request.actor)
    found: list[dict[str, Any]] = [{"url": "?", "label": "没办完", "count": "", "chosen": not chosen}]
    for name, (label, _) in SEGMENTS.items():
        found.append({"url": f"?state={name}", "label": label, "count": counts[name], "chosen": name == chosen})
    return found
