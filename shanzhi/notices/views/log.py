"""The system administrator's log of what left the house: sent, failed, tried again; addresses masked, no words."""

import csv
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from shanzhi.access.pages import CountyRequest, page
from shanzhi.lib.cells import inert
from shanzhi.lib.times import local
from shanzhi.notices import services
from shanzhi.notices.channels.kinds import KINDS
from shanzhi.notices.channels.registry import open_channels
from shanzhi.notices.forms import LogFilterForm, SearchForm
from shanzhi.notices.permissions import LOG
from shanzhi.notices.selectors.deliveries import (
    STATES,
    Line,
    delivery_export_for,
    delivery_page_for,
)
from shanzhi.ui.filters import Choice, Dates, filter_bar
from shanzhi.ui.pages import cursor_in

EXPORTED: Final = 50_000
SEARCH: Final = "notices_search"
HEADINGS: Final = ("时间", "收件人", "渠道", "地址", "类别", "状态", "说明", "次数", "结束时间", "编号")


def _text(request: CountyRequest) -> str:
    """What is searched for lies in the session: a name or a phone stands in no address and no log of requests."""
    kept = request.session.get(SEARCH, {})
    return str(kept.get(str(request.county.id), ""))


@page(LOG)
@require_GET
def delivery_list(request: CountyRequest, county: int) -> HttpResponse:
    text = _text(request)
    wanted = LogFilterForm(request.GET).wanted(text)
    found = delivery_page_for(actor=request.actor, wanted=wanted, cursor=cursor_in(request.GET))
    filters: list[Choice | Dates] = [
        Choice("channel", "渠道", [(kind.code, kind.label) for kind in KINDS.values()]),
        Choice("state", "状态", list(STATES.items())),
        Dates("at", "日期"),
    ]
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    context = {
        "page": found,
        "bar": filter_bar(request.GET, filters),
        "text": text,
        "query": query.urlencode(),
        "exported": EXPORTED,
        "opened": "、".join(KINDS[channel].label for channel in open_channels()),
    }
    return render(request, "notices/log.html", context)


@page(LOG)
@require_POST
def delivery_search(request: CountyRequest, county: int) -> HttpResponseBase:
    """By name, login or a whole address; an empty one clears it."""
    form = SearchForm(request.POST)
    text = form.cleaned_data["text"].strip() if form.is_valid() else ""
    request.session[SEARCH] = {str(county): text} if text else {}
    return HttpResponseRedirect(reverse("notices:log", args=[county]))


@page(LOG)
@require_GET
def delivery_export(request: CountyRequest, county: int) -> HttpResponse:
    """What the list shows, as a table that office programs open; no cell that they would take for a formula."""
    wanted = LogFilterForm(request.GET).wanted(_text(request))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"messages-{county}-{local(timezone.now()):%Y%m%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    table = csv.writer(response)
    table.writerow(HEADINGS)
    for line in delivery_export_for(actor=request.actor, wanted=wanted, limit=EXPORTED):
        table.writerow(map(inert, _cells(line)))
    return response


def _cells(line: Line) -> list[str]:
    row = line.delivery
    return [
        f"{local(row.created_at):%Y-%m-%d %H:%M:%S}",
        line.name,
        row.channel_label,
        row.to_masked,
        row.topic_label,
        line.state_label,
        row.why,
        str(row.attempts),
        f"{local(row.ended_at):%Y-%m-%d %H:%M:%S}" if row.ended_at else "",
        f"{row.id}\t",  # the tab keeps office programs from rounding long ids
    ]


@page(LOG, object=True)
@require_POST
def delivery_retry_create(request: CountyRequest, county: int, delivery_id: int) -> HttpResponseBase:
    services.delivery_retry(actor=request.actor, delivery_id=delivery_id)
    messages.success(request, "已排队再发一次，一分钟内会有结果。")
    return HttpResponseRedirect(f"{reverse('notices:log', args=[county])}?{request.META.get('QUERY_STRING', '')}")
