"""What was told to whom, what was not and why; sent again where somebody asks for it."""

import csv
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from shanzhi.access.pages import CountyRequest, page
from shanzhi.exchange import selectors, services
from shanzhi.exchange.forms import LogFilterForm
from shanzhi.exchange.models import HookDelivery
from shanzhi.exchange.permissions import HOOKS
from shanzhi.exchange.views.hooks import crumbs
from shanzhi.lib.cells import inert
from shanzhi.lib.times import local
from shanzhi.ui.filters import Choice, Dates, filter_bar
from shanzhi.ui.pages import cursor_in
from shanzhi.ui.parts import Crumb

EXPORTED: Final = 50_000
HEADINGS: Final = (
    "时间",
    "推送给谁",
    "编号",
    "类别",
    "状态",
    "说明",
    "推送",
    "应答码",
    "原因",
    "次数",
    "结束时间",
    "记录号",
)


@page(HOOKS)
@require_GET
def delivery_list(request: CountyRequest, county: int) -> HttpResponse:
    wanted = LogFilterForm(request.GET).wanted(county)
    filters: list[Choice | Dates] = [
        Choice("hook", "推送给谁", selectors.hook_names(request.actor)),
        Choice("state", "推送", list(selectors.STATES.items())),
        Dates("at", "日期"),
    ]
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    context = {
        "page": selectors.delivery_page_for(request.actor, wanted, cursor=cursor_in(request.GET)),
        "bar": filter_bar(request.GET, filters, search="q", hint="事件编号"),
        "query": query.urlencode(),
        "exported": EXPORTED,
        "crumbs": crumbs(request, Crumb("推送记录")),
    }
    return render(request, "exchange/log.html", context)


@page(HOOKS)
@require_GET
def delivery_export(request: CountyRequest, county: int) -> HttpResponse:
    """What the list shows, as a table that office programs open; no cell that they would take for a formula."""
    wanted = LogFilterForm(request.GET).wanted(county)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"hooks-{county}-{local(timezone.now()):%Y%m%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    table = csv.writer(response)
    table.writerow(HEADINGS)
    for row in selectors.delivery_export_for(request.actor, wanted, limit=EXPORTED):
        table.writerow(map(inert, _cells(row)))
    return response


def _cells(row: HookDelivery) -> list[str]:
    return [
        f"{local(row.created_at):%Y-%m-%d %H:%M:%S}",
        row.hook.name,
        row.number or "测试",
        row.service_code,
        row.status,
        row.notes,
        row.get_state_display(),
        str(row.answer or ""),
        row.error,
        str(row.attempts),
        f"{local(row.ended_at):%Y-%m-%d %H:%M:%S}" if row.ended_at else "",
        f"{row.id}\t",  # the tab keeps office programs from rounding long ids
    ]


@page(HOOKS, object=True)
@require_POST
def delivery_resend_create(request: CountyRequest, county: int, hook_delivery_id: int) -> HttpResponseBase:
    services.delivery_resend(
        actor=request.actor, delivery_id=hook_delivery_id, key=request.POST.get("idempotency_key", "")
    )
    messages.success(request, "已排队再发一次，一分钟内会有结果。")
    return HttpResponseRedirect(f"{reverse('exchange:log', args=[county])}?{request.META.get('QUERY_STRING', '')}")
