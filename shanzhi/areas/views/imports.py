"""Importing a file of divisions: upload, look at what it would change, apply."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.areas import forms, selectors, services
from shanzhi.areas.faults import fault_table
from shanzhi.areas.models import DivisionImport
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.source import COLUMN_LABELS, COLUMNS
from shanzhi.areas.views.shared import csv_answer, today
from shanzhi.lib.errors import DomainError, Invalid

SECTIONS = (
    ("added", "新增", "上级", ""),
    ("renamed", "改名", "原名", "新名"),
    ("recoded", "改代码", "原代码", "新代码"),
    ("moved", "改隶属", "原上级", "新上级"),
)


@page(MANAGE)
@require_http_methods(["GET", "POST"])
def import_list(request: CountyRequest, county: int) -> HttpResponseBase:
    """Earlier files and the form for a new one."""
    form = forms.UploadForm(request.POST or None, request.FILES or None, initial={"on": today()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                sent = services.import_send(
                    actor=request.actor,
                    upload=form.cleaned_data["file"],
                    on=form.cleaned_data["on"],
                    key=request.POST.get("idempotency_key"),
                )
            except DomainError as error:
                form.take(error)
                status = error.status
            else:
                return redirect("areas:import", county, sent.id)
    rows = selectors.import_list_for(request.actor)[:50]
    return render(request, "areas/import_list.html", {"form": form, "rows": rows}, status=status)


@page(MANAGE)
@require_safe
def import_template(request: CountyRequest, county: int) -> HttpResponse:
    """A file to begin with: the right columns, and the places of now. Sent back as it is, it changes nothing."""
    rows = ((area.code, area.name, area.get_level_display(), above) for area, above in selectors.official_places())
    return csv_answer(f"divisions-{county}", [COLUMN_LABELS[name] for name in COLUMNS], rows)


@page(MANAGE)
@require_safe
def import_show(request: CountyRequest, county: int, import_id: int) -> HttpResponse:
    """The file's state; while a job works on it the page asks again every two seconds."""
    sent = selectors.import_get_for(request.actor, import_id)
    job = selectors.import_job(sent)
    working = sent.is_working and job is not None and job.is_open
    after = request.GET.get("after", "0")
    faults = selectors.faults_of(sent, after=int(after) if after.isdecimal() and len(after) < 10 else 0)
    context: dict[str, Any] = {
        "sent": sent,
        "job": job,
        "poll": reverse("areas:import", args=[county, sent.id]) if working else "",
        "halted": sent.is_working and not working,
        "counts": sent.counts,
        "sections": [
            {"title": title, "was": was, "now": now, "rows": sent.plan.get(name, []), "count": sent.counts.get(name, 0)}
            for name, title, was, now in SECTIONS
            if sent.counts.get(name)
        ],
        "changes": sum(sent.counts.get(name, 0) for name, *_ in SECTIONS)
        + sent.counts.get("register_new", 0)
        + sent.counts.get("register_changed", 0),
        "faults": faults,
        "faults_next": faults[-1].number if len(faults) == selectors.FAULTS_A_PAGE else None,
        "may_cancel": working and job is not None and job.created_by == request.actor.user_id,
    }
    return render(request, "areas/import.html", context)


@page(MANAGE)
@require_safe
def fault_export(request: CountyRequest, county: int, import_id: int) -> HttpResponse:
    """Bad rows as a CSV that, once mended, can be sent as it is."""
    sent = selectors.import_get_for(request.actor, import_id)
    rows = ((fault.number, fault.column, fault.sentence, fault.raw) for fault in selectors.fault_rows(sent))
    table = fault_table(sent.header, rows)
    return csv_answer(f"faults-{county}-{sent.id}", next(table), table)


def _version(request: CountyRequest) -> int:
    form = forms.VersionForm(request.POST)
    if not form.is_valid():
        raise Invalid("请回到导入页面，刷新后再点一次。", code="version_missing")
    version: int = form.cleaned_data["version"]
    return version


@page(MANAGE)
@require_POST
def application_create(request: CountyRequest, county: int, import_id: int) -> HttpResponseBase:
    sent = selectors.import_get_for(request.actor, import_id)
    services.import_apply(
        actor=request.actor, sent=sent, version=_version(request), key=request.POST.get("idempotency_key")
    )
    messages.success(request, "正在导入，可以离开这一页")
    return redirect("areas:import", county, sent.id)


@page(MANAGE)
@require_POST
def resumption_create(request: CountyRequest, county: int, import_id: int) -> HttpResponseBase:
    sent = selectors.import_get_for(request.actor, import_id)
    services.import_resume(
        actor=request.actor, sent=sent, version=_version(request), key=request.POST.get("idempotency_key")
    )
    word = "检查" if sent.state == DivisionImport.State.CHECKING else "导入"
    messages.success(request, f"已重新开始{word}")
    return redirect("areas:import", county, sent.id)
