"""One small page for each act on a case; without input they are posted straight from the case."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases.acts import Act, acts_for, require
from shanzhi.cases.catalogue import State
from shanzhi.cases.forms import ActForm, ActSpec, refused
from shanzhi.cases.models import Case
from shanzhi.cases.phone.copies import may_keep
from shanzhi.cases.phone.late import is_late
from shanzhi.cases.phone.steps import step_late
from shanzhi.cases.presenters import act_label, act_url, public_url
from shanzhi.cases.selectors import case_get_for, open_calls
from shanzhi.cases.services import case_act
from shanzhi.cases.services.engine import STALE
from shanzhi.cases.views.case import DONE, case_context, listing_query
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.ui.keeping import kept
from shanzhi.ui.parts import Crumb


def act_view(spec: ActSpec) -> Callable[..., HttpResponseBase]:
    """The view of one act, guarded by the act's permission after the case was found in the actor's scope."""

    act = spec.act

    @page(act.permission, object=True)
    @require_http_methods(["GET", "HEAD", "POST"])
    @kept
    def view(request: CountyRequest, county: int, number: str) -> HttpResponseBase:
        if is_late(request):
            return step_late(request, spec, number, _form)
        case = case_get_for(request.actor, number)
        request.actor.require(act.permission)
        if request.method != "POST":
            require(request.actor, case, act)
            response = _page(request, spec, case, _form(request, spec, case))
            if not may_keep(case):
                response.headers["Cache-Control"] = "no-store"
            return response
        return _done(request, spec, case)

    view.__name__ = f"case_{act.value}"
    guarded: Callable[..., HttpResponseBase] = view
    return guarded


def _form(request: CountyRequest, spec: ActSpec, case: Case) -> ActForm:
    data: dict[str, Any] = {"actor": request.actor, "case": case, "act": spec.act}
    if request.method == "POST":
        return spec.form(request.POST, request.FILES, **data).word(*spec.words)
    back = ""
    if "pane" in request.GET:
        back = listing_query(request.headers.get("HX-Current-URL", "")) or "tab="
    return spec.form(initial={"version": case.version, "back": back}, **data).word(*spec.words)


def _done(request: CountyRequest, spec: ActSpec, case: Case) -> HttpResponse:
    """Do it once; whatever refuses it, what was typed is on the page that comes back."""
    form = _form(request, spec, case)
    if not form.is_valid():
        try:
            require(request.actor, case, spec.act)  # nobody is told how to mend what they may not do
        except Conflict as error:
            return _stale(request, spec, form, error.message)
        stale = spec.takes_version and form.cleaned_data.get("version", case.version) != case.version
        if stale:
            return _stale(request, spec, form, STALE)
        require(request.actor, case, spec.act)  # whoever may not do it is told so before what they typed is looked at
        return _page(request, spec, case, form, status=422)
    try:
        case = case_act(
            actor=request.actor,
            case=case,
            act=spec.act,
            version=form.cleaned_data["version"] if spec.takes_version else None,
            key=request.POST.get("idempotency_key") or None,
            at=timezone.now(),
            **form.arguments(),
        )
    except Invalid as error:
        refused(form, error)
        return _page(request, spec, case, form, status=422)
    except Conflict as error:
        return _stale(request, spec, form, error.message)
    messages.success(request, spec.told(case, form))
    request.session[DONE] = draft_name(spec.act, case)
    back = form.cleaned_data["back"]
    if back:
        query = f"{listing_query(f'?{back}')}&case={case.number}"
        return HttpResponseRedirect(f"{reverse('cases:list', args=[case.county_id])}?{query}#r-{case.number}")
    return HttpResponseRedirect(reverse("cases:case", args=[case.county_id, case.number]))


def draft_name(act: Act, case: Case) -> str:
    """Under which name a phone keeps what is typed into this form."""
    return f"{act.value}-{case.number}"


def _stale(request: CountyRequest, spec: ActSpec, form: ActForm, sentence: str) -> HttpResponse:
    """The form again, above the newest timeline; sent again, it acts on what is seen now, if that is still possible."""
    case = case_get_for(request.actor, form.case.number)
    sent = request.POST.copy()
    sent["version"] = str(case.version)
    form.data = sent
    possible = spec.act in acts_for(request.actor, case, open_calls(case))
    return _page(request, spec, case, form, status=409, sentence=sentence, possible=possible)


def _page(
    request: CountyRequest, spec: ActSpec, case: Case, form: ActForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    act = spec.act
    label = act_label(request.actor, case, act)
    context = {
        "form": form,
        "act": act,
        "action": act_url(case, act),
        "title": label.rstrip("…"),
        "button": spec.button or label,
        "draft": draft_name(act, case),
        "direct": spec.direct,
        "css": "btn-danger" if spec.danger else "btn-primary",
        "possible": True,
        **more,
    }
    in_pane = "pane" in request.GET and request.method == "GET"
    if in_pane or status == 409:
        context = {**case_context(request, case, list_query=str(form["back"].value() or "")), **context}
    context |= {"case": case, "url": reverse("cases:case", args=[case.county_id, case.number])}
    context |= {"state_label": State(case.state).label, "public_url": public_url(case)}
    if in_pane:
        return render(request, "cases/parts/act_pane.html", context)
    crumbs = [Crumb("事件", reverse("cases:list", args=[case.county_id])), Crumb(case.number, str(context["url"]))]
    context["crumbs"] = [*crumbs, Crumb(str(context["title"]))]
    return render(request, spec.template, context, status=status)
