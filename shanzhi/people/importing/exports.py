"""Taking a list out: ask for it, see how far it is, download it once it is made."""

from typing import Any

from django.http import FileResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.forms import form_view
from shanzhi.access.forms import sent as typed
from shanzhi.access.pages import CountyRequest, page
from shanzhi.areas.models import Area
from shanzhi.jobs.models import Job
from shanzhi.people.importing import exporting
from shanzhi.people.importing.forms import ExportForm
from shanzhi.people.models import RegisterExport
from shanzhi.people.permissions import EXPORT, REVEAL
from shanzhi.people.selectors import area_for, homes_below
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb


def _crumbs(request: CountyRequest, *rest: Crumb) -> list[Crumb]:
    return [Crumb("导出人口名册", reverse("people_import:exports", args=[request.county.id]) if rest else ""), *rest]


def _areas(request: CountyRequest) -> list[tuple[str, str]]:
    """One's own place first, then the villages and grids below."""
    top = area_for(request.actor, "", EXPORT)
    below = [one for one in homes_below(request.actor, top, EXPORT) if one.id != top.id]
    return [(top.code, f"{top.name}（全部）"), *((one.code, _name(one)) for one in below)]


def _name(area: Area) -> str:
    return f"{area.parent.name} {area.name}" if area.level == Area.Level.GRID and area.parent else area.name


@page(EXPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def export_list(request: CountyRequest, county: int) -> HttpResponseBase:
    """One's own lists and the form for a new one."""
    found = exporting.export_page_for(request.actor, cursor=cursor_in(request.GET))
    form = ExportForm(typed(request), areas=_areas(request), may_reveal=request.actor.can(REVEAL))

    def ask(data: dict[str, Any], key: str) -> tuple[str, str]:
        made = exporting.export_ask(actor=request.actor, key=key or None, **data)
        return "正在导出，可以离开这一页", _link(made)

    context = {"page": found, "now": timezone.now(), "crumbs": _crumbs(request), **page_urls(found, request.GET)}
    return form_view(request, form, ask, template="people/importing/exports.html", context=context)


def _link(made: RegisterExport) -> str:
    return reverse("people_import:export", args=[made.county_id, made.id])


@page(EXPORT, object=True)
@require_safe
def export_show(request: CountyRequest, county: int, register_export_id: int) -> HttpResponseBase:
    made = exporting.export_get_for(request.actor, register_export_id)
    job = Job.objects.filter(id=made.job_id or 0).first()
    working = made.state == RegisterExport.State.WORKING and job is not None and job.is_open
    context = {
        "made": made, "job": job, "poll": _link(made) if working else "", "now": timezone.now(),
        "may_cancel": working and job is not None and job.created_by == request.actor.user_id,
        "crumbs": _crumbs(request, Crumb(made.place)),
    }  # fmt: skip
    return render(request, "people/importing/export.html", context)


@page(EXPORT, object=True)
@require_safe
def export_file(request: CountyRequest, county: int, register_export_id: int) -> HttpResponseBase:
    """The file for whoever had it made; that it is taken is written down first."""
    made = exporting.export_taken(
        actor=request.actor, made=exporting.export_get_for(request.actor, register_export_id), at=timezone.now()
    )
    assert made.file is not None
    response = FileResponse(
        made.file.open(), as_attachment=True, filename=made.file.name, content_type=made.file.content_type
    )
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
