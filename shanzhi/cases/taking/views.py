"""Taking down for somebody without an account, and showing the number that they left."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from shanzhi.access.pages import CountyRequest, not_found, page
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.forms import refused
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case, Contact
from shanzhi.cases.selectors import case_get_for
from shanzhi.cases.services import case_report
from shanzhi.cases.taking.contacts import caller_of, earlier_cases, reveals_of
from shanzhi.cases.taking.forms import RevealForm, TakeDownForm
from shanzhi.cases.taking.revealing import SECONDS, contact_reveal, reveal_post
from shanzhi.cases.views.case import DONE
from shanzhi.cases.views.report import form_context, no_kinds
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.ui.parts import Crumb

DRAFT = "take-down"


@page(permissions.TAKE_DOWN)
@require_http_methods(["GET", "HEAD", "POST"])
def take_down(request: CountyRequest, county: int) -> HttpResponseBase:
    """What came by telephone, at a counter or on paper. Afterwards the receipt is one click away."""
    actor = request.actor
    if request.method != "POST":
        return _page(request, TakeDownForm(actor=actor, initial={"urgent": False}))
    form = TakeDownForm(request.POST, request.FILES, actor=actor)
    if not form.is_valid() or form.unasked:
        return _page(request, form, status=422)
    try:
        case = case_report(
            actor=actor,
            report=form.report(),
            area=form.cleaned_data["area"],
            contact=form.contact(),
            key=request.POST.get("idempotency_key") or None,
            at=timezone.now(),
        )
    except (Invalid, Conflict) as error:
        refused(form, error)
        return _page(request, form, status=error.status)
    messages.success(request, f"已登记，编号 {case.number}，由{case.owner.name}办理")
    request.session[DONE] = DRAFT
    name = "receipt" if case.source != Source.DESK or form.contact() is not None else "case"
    return HttpResponseRedirect(reverse(f"cases:{name}", args=[county, case.number]))


def _page(request: CountyRequest, form: TakeDownForm, *, status: int = 200) -> HttpResponse:
    if not form.kinds:
        return no_kinds(request, status=200 if request.method != "POST" else 409)
    context = {**form_context(request, form), "draft": DRAFT, **_earlier(request, str(form["phone"].value() or ""))}
    context["crumbs"] = [Crumb("事件", reverse("cases:list", args=[request.county.id])), Crumb("代群众登记")]
    return render(request, "cases/take_down.html", context, status=status)


@page(permissions.TAKE_DOWN)
@require_POST
def earlier(request: CountyRequest, county: int) -> HttpResponse:
    """Earlier matters of the number that is being typed. It comes in a body, and neither is kept nor sent back."""
    return render(request, "cases/parts/earlier.html", _earlier(request, request.POST.get("phone", "")))


def _earlier(request: CountyRequest, phone: str) -> dict[str, Any]:
    cases, count = earlier_cases(request.actor, phone)
    rows = [{"case": case, "kind": kind_of(case).label, "state": State(case.state).label} for case in cases]
    return {"earlier": rows, "earlier_count": count, "now": timezone.now()}


@page(permissions.CONTACT, object=True)
@require_http_methods(["GET", "HEAD", "POST"])
def reveals(request: CountyRequest, county: int, number: str) -> HttpResponseBase:
    """GET asks what for, and says who had it shown before; POST shows the number for a minute."""
    case = case_get_for(request.actor, number)
    request.actor.require(permissions.CONTACT)
    reveal_post(request.actor, case)
    if request.method != "POST":
        return _reveal(request, case, RevealForm(initial={"purpose": request.GET.get("purpose", "")}))
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _reveal(request, case, form, status=422)
    try:
        contact = contact_reveal(
            actor=request.actor,
            case=case,
            purpose=form.cleaned_data["purpose"],
            text=form.cleaned_data["text"],
            key=request.POST.get("idempotency_key") or None,
            at=timezone.now(),
        )
    except (Invalid, Conflict) as error:
        refused(form, error)
        return _reveal(request, case, form, status=error.status)
    response = _reveal(request, case, RevealForm(), contact=contact)
    response["Refresh"] = f"{SECONDS}; url={_address(case)}"
    return response


def _address(case: Case) -> str:
    return reverse("cases:case", args=[case.county_id, case.number])


def _reveal(
    request: CountyRequest, case: Case, form: RevealForm, *, contact: Contact | None = None, status: int = 200
) -> HttpResponse:
    caller = caller_of(request.actor, case)
    if caller is None or not caller.has_phone:
        raise not_found()
    url = _address(case)
    context: dict[str, Any] = {
        "case": case, "url": url, "form": form, "caller": caller, "contact": contact, "seconds": SECONDS,
        "reveals": reveals_of(case), "now": timezone.now(),
        "crumbs": [Crumb("事件", reverse("cases:list", args=[case.county_id])), Crumb(case.number, url), Crumb("看电话")],
    }  # fmt: skip
    response = render(request, "cases/reveals.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
