"""One small page for each act on a case; without input they are posted straight from the case."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases import services
from shanzhi.cases.acts import Act, acts_for, require
from shanzhi.cases.catalogue import State
from shanzhi.cases.forms import ActForm, CloseForm, DispatchForm, HandleForm, refused
from shanzhi.cases.models import Case
from shanzhi.cases.presenters import DIRECT, act_label, act_url
from shanzhi.cases.selectors import case_get_for, dispatch_targets
from shanzhi.cases.services.acting import STALE
from shanzhi.cases.views.case import DONE, case_context, listing_query
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.ui.parts import Crumb

SERVICES: Final[dict[Act, Callable[..., Case]]] = {
    Act.ACCEPT: services.case_accept,
    Act.REJECT: services.case_reject,
    Act.DISPATCH: services.case_dispatch,
    Act.START: services.case_start,
    Act.HANDLE: services.case_handle,
    Act.RETURN: services.case_return,
    Act.ESCALATE: services.case_escalate,
    Act.VERIFY: services.case_verify,
    Act.CLOSE: services.case_close,
}
FORMS: Final[dict[Act, type[ActForm]]] = {Act.DISPATCH: DispatchForm, Act.HANDLE: HandleForm, Act.CLOSE: CloseForm}
BUTTONS: Final[dict[Act, str]] = {
    Act.DISPATCH: "派出去",
    Act.HANDLE: "报处理结果",
    Act.RETURN: "退回",
    Act.REJECT: "不予受理，结束这件事",
}


def act_view(act: Act) -> Callable[..., HttpResponseBase]:
    """The view of one act, guarded by the act's permission after the case was found in the actor's scope."""

    @page(act.permission, object=True)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: CountyRequest, county: int, number: str) -> HttpResponseBase:
        case = case_get_for(request.actor, number)
        request.actor.require(act.permission)
        if request.method != "POST":
            require(request.actor, case, act)
            return _page(request, act, case, _form(request, act, case))
        return _done(request, act, case)

    view.__name__ = f"case_{act.value}"
    guarded: Callable[..., HttpResponseBase] = view
    return guarded


def _form(request: CountyRequest, act: Act, case: Case) -> ActForm:
    data: dict[str, Any] = {"actor": request.actor, "case": case, "act": act}
    if act == Act.DISPATCH:
        data["targets"] = dispatch_targets(case)
    kind = FORMS.get(act, ActForm)
    if request.method == "POST":
        return kind(request.POST, request.FILES, **data)
    back = ""
    if "pane" in request.GET:
        back = listing_query(request.headers.get("HX-Current-URL", "")) or "tab="
    return kind(initial={"version": case.version, "back": back}, **data)


def _done(request: CountyRequest, act: Act, case: Case) -> HttpResponse:
    """Do it once; whatever refuses it, what was typed is on the page that comes back."""
    form = _form(request, act, case)
    if not form.is_valid():
        stale = form.cleaned_data.get("version", case.version) != case.version
        return _stale(request, act, form, STALE) if stale else _page(request, act, case, form, status=422)
    try:
        case = SERVICES[act](
            actor=request.actor,
            case=case,
            version=form.cleaned_data["version"],
            key=request.POST.get("idempotency_key") or None,
            at=timezone.now(),
            **form.arguments(),
        )
    except Invalid as error:
        refused(form, error)
        return _page(request, act, case, form, status=422)
    except Conflict as error:
        return _stale(request, act, form, error.message)
    messages.success(request, _flash(act, case, form))
    request.session[DONE] = draft_name(act, case)
    back = form.cleaned_data["back"]
    if back:
        query = f"{listing_query(f'?{back}')}&case={case.number}"
        return HttpResponseRedirect(f"{reverse('cases:list', args=[case.county_id])}?{query}#r-{case.number}")
    return HttpResponseRedirect(reverse("cases:case", args=[case.county_id, case.number]))


def draft_name(act: Act, case: Case) -> str:
    """Under which name a phone keeps what is typed into this form."""
    return f"{act.value}-{case.number}"


def _stale(request: CountyRequest, act: Act, form: ActForm, sentence: str) -> HttpResponse:
    """The form again, above the newest timeline; sent again, it acts on what is seen now, if that is still possible."""
    case = case_get_for(request.actor, form.case.number)
    sent = request.POST.copy()
    sent["version"] = str(case.version)
    form.data = sent
    context = {"sentence": sentence, "possible": act in acts_for(request.actor, case)}
    return _page(request, act, case, form, status=409, **context)


def _page(
    request: CountyRequest, act: Act, case: Case, form: ActForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    label = act_label(request.actor, case, act)
    context = {
        "form": form,
        "act": act,
        "action": act_url(case, act),
        "title": label.rstrip("…"),
        "button": BUTTONS.get(act, label),
        "draft": draft_name(act, case),
        "direct": act in DIRECT,
        "css": "btn-danger" if act == Act.REJECT else "btn-primary",
        "possible": True,
        **more,
    }
    in_pane = "pane" in request.GET and request.method == "GET"
    if in_pane or status == 409:
        context = {**case_context(request, case, list_query=str(form["back"].value() or "")), **context}
    context |= {"case": case, "url": reverse("cases:case", args=[case.county_id, case.number])}
    context["state_label"] = State(case.state).label
    if in_pane:
        return render(request, "cases/parts/act_pane.html", context)
    crumbs = [Crumb("事件", reverse("cases:list", args=[case.county_id])), Crumb(case.number, str(context["url"]))]
    context["crumbs"] = [*crumbs, Crumb(str(context["title"]))]
    return render(request, "cases/act.html", context, status=status)


def _flash(act: Act, case: Case, form: ActForm) -> str:
    """What happened, in the words of the person who did it."""
    if act == Act.DISPATCH and isinstance(form, DispatchForm):
        key = form.cleaned_data["target"]
        target = form.areas.get(key) or form.units.get(key)
        return f"已派给{target.name if target is not None else ''}"
    if act == Act.CLOSE and case.is_open:
        return f"已退给{case.owner.name}重新办理"
    if act == Act.ESCALATE:
        return "已请上级办"
    return {
        Act.ACCEPT: "已受理，接着派给网格或单位",
        Act.REJECT: "已写明原因，不予受理",
        Act.START: "已开始处理",
        Act.HANDLE: "处理结果已报上去，等待核查",
        Act.RETURN: "已退回，对方会看到原因",
        Act.VERIFY: "已核查通过，请反映人评价",
        Act.CLOSE: "已办结",
    }[act]
