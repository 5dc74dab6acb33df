"""Pages of the map: looking and drawing, files of outlines, export."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.areas import forms as area_forms
from shanzhi.areas import selectors
from shanzhi.areas.mapping.forms import OutlineUploadForm
from shanzhi.areas.mapping.importing import outline_import_apply, outline_import_send
from shanzhi.areas.mapping.selectors import (
    COLUMNS,
    collection,
    outline_import_get_for,
    outline_import_list_for,
    outline_rows,
)
from shanzhi.areas.models import Area
from shanzhi.areas.permissions import MANAGE, VIEW
from shanzhi.areas.views.shared import csv_answer, today
from shanzhi.lib.datums import LABELS, Datum
from shanzhi.lib.errors import DomainError, Invalid

LEVELS = [("grid", "网格"), ("village", "村（社区）"), ("township", "乡镇（街道）")]


def map_context(request: CountyRequest) -> dict[str, Any]:
    """What every page with a map needs: the key of 天地图, if the installation has one."""
    return {"tianditu": settings.SHANZHI_TIANDITU_KEY}


@page(VIEW)
@require_safe
def map_show(request: CountyRequest, county: int) -> HttpResponse:
    """The layers of the county, with a list of the places of one level beside them; whoever may manage draws."""
    level = request.GET.get("level", "grid")
    level = level if level in dict(LEVELS) else "grid"
    wanted = selectors.AreaFilter(level=level, text=request.GET.get("q", "").strip()[:60])
    areas = list(selectors.area_list_for(request.actor, wanted).select_related("parent").order_by("code")[:2000])
    outlines = selectors.outlines_of(area.id for area in areas)
    rows = [{"area": area, "outline": outlines.get(area.id)} for area in areas]
    context = {
        "level": level,
        "levels": LEVELS,
        "level_word": dict(LEVELS)[level],
        "rows": rows,
        "missing": len(areas) - len(outlines),
        "synthetic": any(outline.synthetic for outline in outlines.values()),
        "may_manage": request.actor.can(MANAGE),
        "today": today(),
        "q": wanted.text,
        **map_context(request),
    }
    return render(request, "areas/map.html", context)


@page(VIEW)
@require_safe
def outline_export(request: CountyRequest, county: int) -> HttpResponse:
    """The outlines that a person sees, as GeoJSON or as a table; both can be imported again."""
    level = request.GET.get("level", "")
    wanted = selectors.OutlineFilter(level=level if level in Area.Level.values else "")
    name = f"outlines-{county}-{today():%Y%m%d}"
    if request.GET.get("as") == "csv":
        return csv_answer(name, COLUMNS, outline_rows(request.actor, wanted))
    rows = [selectors.feature(row) for row in selectors.outline_list_for(request.actor, wanted)]
    answer = HttpResponse(json.dumps(collection(rows), ensure_ascii=False), content_type="application/geo+json")
    answer["Content-Disposition"] = f'attachment; filename="{name}.geojson"'
    return answer


@page(MANAGE)
@require_http_methods(["GET", "POST"])
def outline_import_new(request: CountyRequest, county: int) -> HttpResponseBase:
    """Earlier files and the form for a new one."""
    form = OutlineUploadForm(request.POST or None, request.FILES or None, initial={"on": today()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                sent = outline_import_send(
                    actor=request.actor, upload=form.cleaned_data["file"], datum=form.cleaned_data["datum"],
                    on=form.cleaned_data["on"], key=request.POST.get("idempotency_key"),
                )  # fmt: skip
            except DomainError as error:
                form.take(error)
                status = error.status
            else:
                return redirect("areas:outline-import", county, sent.id)
    rows = outline_import_list_for(request.actor)[:50]
    return render(request, "areas/outline_imports.html", {"form": form, "rows": rows}, status=status)


@page(MANAGE)
@require_safe
def outline_import_show(request: CountyRequest, county: int, outline_import_id: int) -> HttpResponse:
    """What was found in a file, as a list and on the map, and the button that imports what is good."""
    sent = outline_import_get_for(request.actor, outline_import_id)
    context = {
        "sent": sent,
        "counts": sent.counts,
        "datum_label": LABELS[Datum(sent.datum)],
        "errors": [one for one in sent.findings if one["severity"] == "error"],
        "others": [one for one in sent.findings if one["severity"] != "error"],
        **map_context(request),
    }
    return render(request, "areas/outline_import.html", context)


@page(MANAGE)
@require_POST
def outline_application_create(request: CountyRequest, county: int, outline_import_id: int) -> HttpResponseBase:
    sent = outline_import_get_for(request.actor, outline_import_id)
    form = area_forms.VersionForm(request.POST)
    if not form.is_valid():
        raise Invalid("请回到导入页面，刷新后再点一次。", code="version_missing")
    done = outline_import_apply(
        actor=request.actor, sent=sent, version=form.cleaned_data["version"], key=request.POST.get("idempotency_key")
    )
    messages.success(request, f"已导入 {done.counts.get('good', 0):,} 个边界")
    return redirect("areas:outline-import", county, sent.id)
