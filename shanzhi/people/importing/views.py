"""Importing a population list: upload, say which column is what, look at what it would change, take it in."""

import csv
import io
import tempfile
from collections.abc import Iterator
from itertools import chain
from typing import Any

import xlsxwriter
from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanzhi.access.forms import form_view
from shanzhi.access.forms import sent as typed
from shanzhi.access.pages import CountyRequest, page
from shanzhi.lib.cells import inert
from shanzhi.lib.errors import Invalid
from shanzhi.lib.tables import OPTIONS, Sheet, csv_of, xlsx_of
from shanzhi.people.importing import selectors, services
from shanzhi.people.importing.columns import BACK_HEADS, back_row, masked, template_rows
from shanzhi.people.importing.forms import MappingForm, UploadForm, VersionForm
from shanzhi.people.importing.services import State
from shanzhi.people.models import RegisterImport
from shanzhi.people.permissions import EXPORT, IMPORT
from shanzhi.ui.downloads import download
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb


def _crumbs(request: CountyRequest, *rest: Crumb) -> list[Crumb]:
    return [Crumb("导入人口名册", reverse("people_import:list", args=[request.county.id]) if rest else ""), *rest]


def _link(sent: RegisterImport) -> str:
    return reverse("people_import:import", args=[sent.county_id, sent.id])


@page(IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: CountyRequest, county: int) -> HttpResponseBase:
    """Earlier lists and the form for a new one."""
    found = selectors.import_page_for(request.actor, cursor=cursor_in(request.GET))
    form = UploadForm(typed(request), request.FILES or None, initial={"as_of": timezone.localdate()})

    def send(data: dict[str, Any], key: str) -> tuple[str, str]:
        sent = services.import_send(actor=request.actor, upload=data["file"], as_of=data["as_of"], key=key or None)
        return f"已收到“{sent.name}”，正在检查", _link(sent)

    context = {
        "page": found, "now": timezone.now(), "crumbs": _crumbs(request), "may_export": request.actor.can(EXPORT),
        **page_urls(found, request.GET),
    }  # fmt: skip
    return form_view(request, form, send, template="people/importing/list.html", context=context)


@page(IMPORT)
@require_safe
def template(request: CountyRequest, county: int) -> HttpResponse:
    """The right heads and one row that explains them; sent back with that row in it, it is left out."""
    heads, said = template_rows()
    if request.GET.get("format") == "csv":
        return download(csv_of([heads, said]), "人口名册模板.csv", "people")
    return download(xlsx_of(Sheet("人口名册", heads, [said], widths=(18,))), "人口名册模板.xlsx", "people")


@page(IMPORT, object=True)
@require_safe
def import_show(request: CountyRequest, county: int, register_import_id: int) -> HttpResponse:
    """The list's state; while a job works on it the page asks again every two seconds."""
    sent = selectors.import_get_for(request.actor, register_import_id)
    request.actor.require(IMPORT)
    job = selectors.import_job(sent)
    working = sent.is_working and job is not None and job.is_open
    after = request.GET.get("after", "0")
    faults = selectors.faults_of(sent, after=int(after) if after.isdecimal() and len(after) < 9 else 0)
    counts = sent.counts or sent.so_far
    context: dict[str, Any] = {
        "sent": sent, "job": job, "poll": _link(sent) if working else "", "halted": sent.is_working and not working,
        "counts": counts, "so_far": sent.so_far, "now": timezone.now(),
        "changes": counts.get("new", 0) + counts.get("changed", 0),
        "faults": [(fault, [masked(cell) for cell in selectors.cells_of(fault) if cell][:8]) for fault in faults],
        "faults_next": faults[-1].number if len(faults) == selectors.FAULTS_A_PAGE else None,
        "by_column": sorted(counts.get("columns", {}).items(), key=lambda one: -one[1]),
        "may_cancel": working and job is not None and job.created_by == request.actor.user_id,
        "may_map": sent.state in (State.MAPPING, State.CHECKED), "crumbs": _crumbs(request, Crumb(sent.name)),
    }  # fmt: skip
    return render(request, "people/importing/import.html", context)


@page(IMPORT, object=True)
@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: CountyRequest, county: int, register_import_id: int) -> HttpResponseBase:
    """Which column is what: filled in by the heads, beside masked samples."""
    sent = selectors.import_get_for(request.actor, register_import_id)
    request.actor.require(IMPORT)
    form = MappingForm(
        typed(request), header=sent.header, samples=sent.samples, columns=sent.columns,
        initial={"version": sent.version},
    )  # fmt: skip

    def map_columns(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.import_map(
            actor=request.actor, sent=sent, version=data["version"], columns=form.columns(), key=key or None
        )
        return "已记住列的对应，正在检查", _link(sent)

    context = {"sent": sent, "back": _link(sent), "crumbs": _crumbs(request, Crumb(sent.name, _link(sent)),
                                                                    Crumb("对应列"))}  # fmt: skip
    return form_view(request, form, map_columns, template="people/importing/mapping.html", context=context)


@page(IMPORT, object=True)
@require_safe
def fault_export(request: CountyRequest, county: int, register_import_id: int) -> HttpResponseBase:
    """Bad rows as a file that, once mended, can be sent as it is; that it was taken is written down first."""
    sent = selectors.import_get_for(request.actor, register_import_id)
    services.faults_taken(actor=request.actor, sent=sent)
    stem = f"{sent.name.rpartition('.')[0] or sent.name}-待改"
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
    heads = [*(inert(head) for head in sent.header), *BACK_HEADS]
    if request.GET.get("format") == "csv":
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        csv.writer(text).writerows(chain([heads], _back_rows(sent)))
        text.detach()
    else:
        with xlsxwriter.Workbook(file, {**OPTIONS, "constant_memory": True}) as book:
            sheet = book.add_worksheet("待改的行")
            for number, row in enumerate(chain([heads], _back_rows(sent))):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, cell)
    file.seek(0)
    ending = "csv" if request.GET.get("format") == "csv" else "xlsx"
    response = FileResponse(file, as_attachment=True, filename=f"{stem}.{ending}")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _back_rows(sent: RegisterImport) -> Iterator[list[str]]:
    for fault in selectors.fault_rows(sent):
        yield back_row(fault.number, fault.column, fault.sentence, selectors.cells_of(fault))


def _version(request: CountyRequest) -> int:
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise Invalid("请回到名册页面，刷新后再点一次。", code="version_missing")
    version: int = form.cleaned_data["version"]
    return version


def _step(request: CountyRequest, register_import_id: int, act: Any, said: str) -> HttpResponseBase:
    sent = selectors.import_get_for(request.actor, register_import_id)
    act(actor=request.actor, sent=sent, version=_version(request), key=request.POST.get("idempotency_key"))
    messages.success(request, said)
    return redirect(_link(sent))


@page(IMPORT, object=True)
@require_POST
def application_create(request: CountyRequest, county: int, register_import_id: int) -> HttpResponseBase:
    return _step(request, register_import_id, services.import_apply, "正在导入，可以离开这一页")


@page(IMPORT, object=True)
@require_POST
def resumption_create(request: CountyRequest, county: int, register_import_id: int) -> HttpResponseBase:
    return _step(request, register_import_id, services.import_resume, "已接着处理")


@page(IMPORT, object=True)
@require_POST
def end_create(request: CountyRequest, county: int, register_import_id: int) -> HttpResponseBase:
    return _step(request, register_import_id, services.import_give_up, "已放弃这份名册，导入过的人保留")
