"""Reporting a case: from a grid with photos, from a village as a resident, or from a desk."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from shanzhi.access.actor import Actor
from shanzhi.access.pages import CountyRequest, page
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import Source
from shanzhi.cases.forms import ReportForm, refused
from shanzhi.cases.kinds.fields import QuestionsForm, name_of
from shanzhi.cases.kinds.registry import KindVersion, kinds_now
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.phone.late import is_late
from shanzhi.cases.phone.reports import report_late
from shanzhi.cases.places import areas_below, grouped, in_charge, is_countywide, place_name, townships
from shanzhi.cases.selectors.usage import kinds_used
from shanzhi.cases.services import case_report
from shanzhi.cases.views.case import DONE
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.packs.permissions import EDIT
from shanzhi.ui.keeping import kept, wants_copy

CHIPS: Final = 3


@page(permissions.REPORT)
@require_http_methods(["GET", "HEAD", "POST"])
@kept
def report(request: CountyRequest, county: int) -> HttpResponseBase:
    """GET fills in what is known; POST keeps everything that was typed, the photos too, until the case is open."""
    actor = request.actor
    if is_late(request):
        return report_late(request, source=source_of(actor))
    if request.method != "POST":
        return _page(request, ReportForm(actor=actor, initial={"urgent": False}))
    form = ReportForm(request.POST, request.FILES, actor=actor)
    if not form.is_valid() or form.unasked:
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


@page(permissions.REPORT)
@require_POST
def kind_fields(request: CountyRequest, county: int) -> HttpResponse:
    """The questions of the kind that was just chosen, with what was answered already under the same names.

    What is typed comes in a body and is kept nowhere. Nothing for a kind that is unknown or asks nothing.
    """
    kind = kinds_now().get(request.POST.get("kind", ""))
    if kind is None or not kind.body.fields:
        return HttpResponse()
    form = QuestionsForm(kind.body, actor=request.actor, initial=_answered(kind.body, request))
    return render(request, "cases/parts/kind_questions.html", {"form": form, "asked": kind.code})


def _answered(body: KindBody, request: CountyRequest) -> dict[str, Any]:
    form = QuestionsForm(body, actor=request.actor)
    return {
        name: field.widget.value_from_datadict(request.POST, request.FILES, name)
        for name, field in form.fields.items()
        if body.fields_by_code[name.removeprefix(name_of(""))].type != "photo"
    }


def source_of(actor: Actor) -> Source:
    """随手拍 from a grid, 工作中发现 from a desk, and residents for themselves."""
    roles = {post.role for post in actor.posts if post.allows(permissions.REPORT)}
    if roles <= {"resident"}:
        return Source.RESIDENT
    return Source.SNAP if roles <= {"grid_worker", "grid_leader", "volunteer", "resident"} else Source.DESK


def no_kinds(request: CountyRequest, *, status: int) -> HttpResponse:
    """A county that has not said yet what it handles: who has to do what."""
    context = {"may_edit": request.actor.can(EDIT), "home": home_of(request.actor)}
    return render(request, "cases/report_none.html", context, status=status)


def home_of(actor: Actor) -> str:
    return reverse("cases:home" if actor.works_on_phone else "cases:list", args=[actor.county_id])


def _page(request: CountyRequest, form: ReportForm, *, status: int = 200) -> HttpResponse:
    actor = request.actor
    if not form.kinds:
        return no_kinds(request, status=200 if request.method != "POST" else 409)
    template = "cases/report_phone.html" if actor.works_on_phone else "cases/report.html"
    context = form_context(request, form)
    if wants_copy(request):
        context["kept_kinds"] = _questions_of(actor, [row.kind for row in context.get("first_kinds", ())])
    return render(request, template, context, status=status)


def _questions_of(actor: Actor, kinds: Sequence[KindVersion]) -> list[dict[str, Any]]:
    """What the usual kinds ask, for a page that is filled in without a signal; the others are asked afterwards."""
    asking = [kind for kind in kinds if kind.body.fields]
    return [{"code": kind.code, "form": QuestionsForm(kind.body, actor=actor)} for kind in asking]


def form_context(request: CountyRequest, form: ReportForm) -> dict[str, Any]:
    """What the parts of a report's form read: places, kinds, and where to go back to."""
    context: dict[str, Any] = {"form": form, "asked": form.asked, "home": home_of(request.actor)}
    context["may_take_down"] = request.actor.can(permissions.TAKE_DOWN)
    context |= kind_choices(form, request.actor)
    return context | places_of(request, form)


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind with its radio button, as a chip or a line of a list."""

    radio: BoundWidget
    kind: KindVersion
    chosen: bool


def kind_choices(form: ReportForm, actor: Actor) -> dict[str, Any]:
    """On a phone the three kinds that this person uses most come first; a desk has the whole list, to be searched."""
    bound: BoundField = form["kind"]
    chosen = bound.value()
    rows = [
        KindChoice(radio, form.kinds[radio.data["value"]], radio.data["value"] == chosen) for radio in bound.subwidgets
    ]
    if not actor.works_on_phone:
        return {"kind_rows": rows}
    used = _usual(actor, form.kinds)
    first = sorted((row for row in rows if row.kind.code in used), key=lambda row: used.index(row.kind.code))
    rest = [row for row in rows if row.kind.code not in used]
    return {
        "first_kinds": first,
        "other_kinds": rest,
        "other_open": any(row.chosen for row in rest),
        "other_count": len(rest),
    }


def _usual(actor: Actor, kinds: dict[str, KindVersion]) -> list[str]:
    """Three codes: what was reported most lately by this person and here, then the county's own order."""
    counts = Counter(code for code in kinds_used(actor) if code in kinds)
    usual = [code for code, _ in counts.most_common(CHIPS)]
    return [*usual, *(code for code in kinds if code not in usual)][:CHIPS]


def places_of(request: CountyRequest, form: ReportForm) -> dict[str, Any]:
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
