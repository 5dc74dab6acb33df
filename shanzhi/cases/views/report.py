"""Reporting a case: from a grid with photos, from a village as a resident, or taken down at a desk."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from shanzhi.access.actor import Actor
from shanzhi.access.pages import CountyRequest, page
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import Source
from shanzhi.cases.forms import ReportForm, refused
from shanzhi.cases.places import areas_below, grouped, in_charge, is_countywide, place_name, townships
from shanzhi.cases.services import case_report
from shanzhi.cases.views.case import DONE
from shanzhi.lib.errors import Conflict, Invalid

CHIPS = 3


@page(permissions.REPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: CountyRequest, county: int) -> HttpResponseBase:
    """GET fills in what is known; POST keeps everything that was typed, the photos too, until the case is open."""
    actor = request.actor
    if request.method != "POST":
        return _page(request, ReportForm(actor=actor, initial={"urgent": False}))
    form = ReportForm(request.POST, request.FILES, actor=actor)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        case = case_report(
            actor=actor,
            report=form.report(source=source_of(actor)),
            area=form.cleaned_data["area"],
            key=request.POST.get("idempotency_key") or None,
            at=timezone.now(),
        )
    except (Invalid, Conflict) as error:
        refused(form, error)
        return _page(request, form, status=error.status)
    messages.success(request, f"已上报给{case.owner.name}，编号 {case.number}")
    request.session[DONE] = "report"
    return HttpResponseRedirect(reverse("cases:case", args=[county, case.number]))


def source_of(actor: Actor) -> Source:
    """随手拍 from a grid, 代录 from a desk, and residents for themselves."""
    roles = {post.role for post in actor.posts if post.allows(permissions.REPORT)}
    if roles <= {"resident"}:
        return Source.RESIDENT
    return Source.SNAP if roles <= {"grid_worker", "grid_leader", "volunteer", "resident"} else Source.DESK


def _page(request: CountyRequest, form: ReportForm, *, status: int = 200) -> HttpResponse:
    actor = request.actor
    context: dict[str, Any] = {"form": form, **_places(request, form)}
    kinds = [(radio, radio.data["value"] == form["kind"].value()) for radio in form["kind"].subwidgets]
    context |= {
        "first_kinds": kinds[:CHIPS],
        "other_kinds": kinds[CHIPS:],
        "other_open": any(chosen for _, chosen in kinds[CHIPS:]),
        "other_count": max(0, len(kinds) - CHIPS),
        "home": reverse("cases:home" if actor.works_on_phone else "cases:list", args=[actor.county_id]),
    }
    template = "cases/report_phone.html" if actor.works_on_phone else "cases/report.html"
    return render(request, template, context, status=status)


def _places(request: CountyRequest, form: ReportForm) -> dict[str, Any]:
    """Choices of the place; a county's desk says first which township."""
    actor = request.actor
    countywide = is_countywide(actor)
    tops = townships(actor) if countywide else []
    asked = request.GET.get("township") or request.POST.get("township")
    township = next((area for area in tops if area.code == asked), None)
    areas = areas_below(actor, township) if township is not None or not countywide else []
    chosen = next((area for area in areas if area.code == form["area"].value()), areas[0] if areas else None)
    return {
        "townships": tops,
        "township": township,
        "groups": grouped(areas),
        "only_area": areas[0] if len(areas) == 1 else None,
        "chosen": chosen,
        "chosen_name": place_name(chosen) if chosen is not None else "",
        "receiver": _receiver(actor, chosen, len(areas)),
    }


def _receiver(actor: Actor, chosen: Area | None, count: int) -> str:
    """Who gets it, for the button: the village of the grid; at a desk it depends on the place chosen."""
    if chosen is None or (not actor.works_on_phone and count > 1):
        return ""
    return in_charge(chosen).name
