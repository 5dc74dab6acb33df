"""我要反映, without an account: the village, the report, and whether it was reported already."""

from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import PUBLIC
from shanzhi.cases import permissions
from shanzhi.cases.gate.admitting import ProofNeeded
from shanzhi.cases.models import Held, Receipt
from shanzhi.cases.residents.alike import Alike, alike
from shanzhi.cases.residents.forms import ProofForm, PublicReportForm
from shanzhi.cases.residents.gate import Gate, say
from shanzhi.cases.residents.holding import hold
from shanzhi.cases.residents.places import Village, village_get, villages_like
from shanzhi.cases.residents.services import public_join, public_report
from shanzhi.cases.suggesting.duplicates import Matter
from shanzhi.files.selectors import key_used
from shanzhi.files.serving import answer
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, TooMany

GONE: Final = "这件事刚刚有变化，不能跟着反映了，请照样反映。"


@page(PUBLIC)
@require_safe
def choose(request: CountyRequest, county: int) -> HttpResponse:
    """Whoever came without a village's code looks for it by its name."""
    asked = request.GET.get("q", "")[:20]
    context = {"asked": asked, "villages": villages_like(asked)}
    return render(request, "cases/residents/choose.html", context)


@page(PUBLIC)
@require_safe
def photo(request: CountyRequest, county: int, file_id: int) -> HttpResponseBase:
    """The small picture of a photo that this browser sent and that no report has taken yet."""
    gate = Gate(request)
    return answer(request, gate.actor(county), file_id, "thumb")


@page(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    """GET has an empty form; POST keeps everything that was typed, the photos too, until the receipt is made."""
    gate, village = Gate(request), village_get(code)
    actor = gate.actor(county, permissions.REPORT)
    if request.method != "POST":
        initial = {"urgent": False, "area": request.GET.get("grid", "")}
        return _page(request, gate, PublicReportForm(actor=actor, village=village, initial=initial))
    form = PublicReportForm(request.POST, request.FILES, actor=actor, village=village)
    if request.POST.get("join"):
        return _joined(request, gate, village, form)
    if not form.is_valid() or form.unasked:
        return _page(request, gate, form, status=422)
    key = request.POST.get("idempotency_key") or None
    if not request.POST.get("apart") and not key_used(key):
        found = _alike(form)
        if found:
            return _offer(request, gate, form, found)
    try:
        made = public_report(
            gate=gate, report=form.report(), area=form.cleaned_data["area"], contact=form.contact(), key=key,
            at=timezone.now(), proof=form.proof(),
        )  # fmt: skip
    except (Invalid, Conflict, Forbidden, TooMany) as error:
        say(form, error)
        return _page(request, gate, form, status=error.status)
    return _to_receipt(gate, made)


def _alike(form: PublicReportForm) -> list[Alike]:
    report = form.report()
    matter = Matter(report.body, form.cleaned_data["area"], form.data.get("kind", ""), report.lon, report.lat)
    return alike(matter, at=timezone.now())


def _joined(request: CountyRequest, gate: Gate, village: Village, form: PublicReportForm) -> HttpResponseBase:
    """The matter is there already: a receipt for it. What was typed is kept in the page if it can't be joined."""
    form.is_valid()
    try:
        receipt = public_join(
            gate=gate, village=village.area, number=request.POST["join"],
            phone=request.POST.get("phone", "") if request.POST.get("wants_reply") else "",
            key=request.POST.get("idempotency_key") or None, at=timezone.now(), proof=form.proof(),
        )  # fmt: skip
    except ProofNeeded as error:
        return _prove_join(request, gate, form, error)
    except (Invalid, Conflict, Forbidden, TooMany, NotFound) as error:
        form.add_error(None, GONE if isinstance(error, NotFound) else error.message)
        return _page(request, gate, form, status=error.status)
    return _to_receipt(gate, receipt)


def _prove_join(request: CountyRequest, gate: Gate, form: PublicReportForm, error: ProofNeeded) -> HttpResponse:
    """The question before joining, on a page of its own: there is one button for each matter on the page before."""
    kept = form.kept()
    asking = ProofForm(request.POST)
    asking.is_valid()
    asking.ask_proof(error)
    context = {"form": asking, "village": form.village, "kept": kept, "number": request.POST["join"][:20]}
    return gate.seal(render(request, "cases/residents/join.html", context, status=error.status))


def _to_receipt(gate: Gate, made: Receipt | Held) -> HttpResponseBase:
    response = HttpResponseRedirect(reverse("cases:public-receipt", args=[made.county_id]))
    response.status_code = 303
    hold(response, made, fresh=True)
    return gate.seal(response)


def _offer(request: CountyRequest, gate: Gate, form: PublicReportForm, found: list[Alike]) -> HttpResponse:
    form.show()
    kept_proof = form.kept_proof() if form.proof().is_given else []
    if not kept_proof:
        gate.ask(form, "report", at=timezone.now())
    context = {
        "form": form, "village": form.village, "found": found, "kept": form.kept(), "kept_proof": kept_proof,
        "now": timezone.now(),
    }  # fmt: skip
    return gate.seal(render(request, "cases/residents/alike.html", context))


def _page(request: CountyRequest, gate: Gate, form: PublicReportForm, *, status: int = 200) -> HttpResponse:
    form.show()
    village = form.village
    context: dict[str, Any] = {
        "form": form, "village": village, "asked": form.asked if form.asked in form.kinds else "",
        "kind_rows": [(radio, form.kinds.get(radio.data["value"])) for radio in form["kind"].subwidgets],
        "kind_open": bool(form["kind"].value()), "more_open": _is_filled(form, "caller", "phone"),
    }  # fmt: skip
    if not form.kinds:
        status = 200 if request.method != "POST" else 409
        return gate.seal(render(request, "cases/residents/no_kinds.html", context, status=status))
    gate.ask(form, "report", at=timezone.now())
    return gate.seal(render(request, "cases/residents/report.html", context, status=status))


def _is_filled(form: PublicReportForm, *names: str) -> bool:
    return any(form[name].value() or form[name].errors for name in names)
