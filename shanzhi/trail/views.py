"""The audit administrator's pages; they read only. Verifying is a job (`jobs:trail-check-create`)."""

import csv
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from shanzhi.access.pages import CountyRequest, page
from shanzhi.lib.cells import inert
from shanzhi.lib.times import local
from shanzhi.trail.forms import EntryFilterForm
from shanzhi.trail.permissions import VIEW
from shanzhi.trail.selectors import (
    Line,
    code_choices,
    entry_export_for,
    entry_page_for,
    last_check_for,
    latest_seal,
    seal_get_for,
    seal_lines_for,
    seal_page_for,
    type_choices,
)
from shanzhi.ui.filters import Choice, Dates, filter_bar
from shanzhi.ui.pages import cursor_in

EXPORTED: Final = 50_000
HEADINGS: Final = ("时间", "经手人", "岗位", "事项", "对象", "对象编号", "版本", "留痕编号", "封存号", "校验值")


@page(VIEW)
@require_GET
def entry_list(request: CountyRequest, county: int) -> HttpResponse:
    found = entry_page_for(request.actor, EntryFilterForm(request.GET).wanted(), cursor=cursor_in(request.GET))
    filters: list[Choice | Dates] = [
        Dates("at", "时间"),
        Choice("code", "事项", code_choices()),
        Choice("type", "对象", type_choices()),
    ]
    context = {
        "page": found,
        "bar": filter_bar(request.GET, filters, search="q", hint="登录账号、对象编号"),
        "check": last_check_for(request.actor),
        "seal": latest_seal(),
        "query": request.GET.urlencode(),
        "exported": EXPORTED,
    }
    return render(request, "trail/list.html", context)


@page(VIEW)
@require_GET
def entry_export(request: CountyRequest, county: int) -> HttpResponse:
    """A table that office programs open: UTF-8 with BOM, no cell that they would take for a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"trail-{county}-{local(timezone.now()):%Y%m%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    table = csv.writer(response)
    table.writerow(HEADINGS)
    for line in entry_export_for(request.actor, EntryFilterForm(request.GET).wanted(), limit=EXPORTED):
        table.writerow(map(inert, _row(line)))
    return response


def _row(line: Line) -> list[str]:
    entry = line.entry
    return [
        f"{local(entry.at):%Y-%m-%d %H:%M:%S}",
        line.actor,
        line.post,
        line.act,
        line.object,
        f"{entry.object_id}\t" if entry.object_id else "",  # the tab keeps office programs from rounding long ids
        str(entry.version),
        f"{entry.id}\t",
        str(line.seal or ""),
        bytes(entry.leaf).hex(),
    ]


@page(VIEW)
@require_GET
def seal_list(request: CountyRequest, county: int) -> HttpResponse:
    found = seal_page_for(request.actor, cursor=cursor_in(request.GET))
    return render(request, "trail/seals.html", {"page": found})


@page(VIEW)
@require_GET
def seal_show(request: CountyRequest, county: int, number: int) -> HttpResponse:
    seal = seal_get_for(request.actor, number)
    found = seal_lines_for(request.actor, seal, cursor=cursor_in(request.GET))
    return render(request, "trail/seal.html", {"seal": seal, "page": found})
