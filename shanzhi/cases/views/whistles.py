"""The board of whistles: for those who call, who came; for a unit, where it is called to."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases import permissions
from shanzhi.cases.selectors.calls import ORDER
from shanzhi.cases.whistling import HEADS, STATES, filtered, lines_of, rows_of, units_of
from shanzhi.lib.errors import Invalid
from shanzhi.lib.tables import csv_of
from shanzhi.lib.times import local
from shanzhi.tenancy.keyset import page_of
from shanzhi.ui.downloads import download
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in, page_urls

LIMIT = 5000


@page(permissions.VIEW)
@require_GET
def whistles(request: CountyRequest, county: int) -> HttpResponseBase:
    """Calls in scope, the newest first, with the units beside them."""
    actor, now = request.actor, timezone.now()
    units = units_of(actor, now)
    choices = [(str(unit.unit_id), unit.name) for unit in units if unit.unit_id]
    bar = filter_bar(request.GET, [Choice("state", "状态", list(STATES.items())), Choice("unit", "单位", choices)])
    calls = filtered(actor, state=request.GET.get("state", ""), unit=request.GET.get("unit", ""), now=now)
    found = page_of(calls, ORDER, cursor=cursor_in(request.GET))
    context = {
        "bar": bar,
        "rows": rows_of(found.rows, now),
        "units": units,
        "may_export": actor.can(permissions.EXPORT) and bool(found.rows),
        "query": request.GET.urlencode(),
        "now": now,
        **page_urls(found, request.GET),
    }
    return render(request, "cases/whistles.html", context)


@page(permissions.EXPORT)
@require_GET
def whistles_export(request: CountyRequest, county: int) -> HttpResponseBase:
    """The board as it is filtered, as CSV; more than 5,000 calls are refused, not cut off."""
    now = timezone.now()
    calls = filtered(request.actor, state=request.GET.get("state", ""), unit=request.GET.get("unit", ""), now=now)
    rows = list(ORDER.sorted(calls)[: LIMIT + 1])
    if len(rows) > LIMIT:
        raise Invalid(f"一次最多导出 {LIMIT:,} 条，请先按状态或单位缩小范围再导出。", code="export_too_large")
    body = csv_of([HEADS, *lines_of(rows_of(rows, now))])
    return download(body, f"吹哨报到{local(now):%Y%m%d}.csv", "whistles")
