"""One line: what is to be done, what happened, and the acts of whoever receives or issued it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.duties import permissions
from shanzhi.duties.acts import require, why_not
from shanzhi.duties.forms import LineForm, form_for
from shanzhi.duties.models import Line
from shanzhi.duties.presenters import buttons_of, facts_of, line_rows, timeline_of
from shanzhi.duties.selectors import case_of, line_get_for, steps_of
from shanzhi.duties.services import line_act
from shanzhi.duties.specs import Spec
from shanzhi.lib.errors import Conflict, DomainError
from shanzhi.ui.parts import Crumb


@page(permissions.VIEW, object=True)
@require_safe
def line_detail(request: CountyRequest, county: int, line_id: int) -> HttpResponse:
    line = line_get_for(request.actor, line_id)
    request.actor.require(permissions.VIEW)
    context = {**_context(request, line), "buttons": buttons_of(request.actor, line)}
    return render(request, "duties/line.html", context)


def act_view(spec: Spec) -> Callable[..., HttpResponseBase]:
    """The page of one act, guarded by its permission after the line was found in the actor's reach."""

    @page(spec.permission, object=True)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: CountyRequest, county: int, line_id: int) -> HttpResponseBase:
        line = line_get_for(request.actor, line_id)
        request.actor.require(spec.permission)
        if request.method != "POST":
            require(request.actor, line, spec.act)
            return _page(request, spec, line, _form(request, spec, line))
        return _done(request, spec, line)

    view.__name__ = f"line_{spec.act.value}"
    guarded: Callable[..., HttpResponseBase] = view
    return guarded


def _form(request: CountyRequest, spec: Spec, line: Line) -> LineForm:
    form, more = form_for(spec), {"actor": request.actor} if spec.takes_photos else {}
    if request.method == "POST":
        return form(request.POST, request.FILES, spec=spec, **more)
    return form(initial={"version": line.version}, spec=spec, **more)


def _done(request: CountyRequest, spec: Spec, line: Line) -> HttpResponseBase:
    """Do it once; whatever refuses it, what was typed is on the page that comes back."""
    form = _form(request, spec, line)
    if not form.is_valid():
        try:
            require(request.actor, line, spec.act)  # nobody is told how to mend what they may not do
        except Conflict as error:
            return _stale(request, spec, form, line.id, error.message)
        return _page(request, spec, line, form, status=422)
    try:
        line_act(
            actor=request.actor, line_id=line.id, act=spec.act, version=form.cleaned_data["version"], deed=form.deed(),
            key=request.POST.get("idempotency_key") or None, at=timezone.now(),
        )  # fmt: skip
    except Conflict as error:
        return _stale(request, spec, form, line.id, error.message)
    except DomainError as error:
        if error.status != 422:
            raise
        form.take(error)
        return _page(request, spec, line, form, status=422)
    messages.success(request, spec.done)
    return HttpResponseRedirect(reverse("duties:line", args=[line.county_id, line.id]))


def _stale(request: CountyRequest, spec: Spec, form: LineForm, line_id: int, sentence: str) -> HttpResponse:
    """What was typed, upon the line as it is now; sent again it acts on that, if it is still possible."""
    line = line_get_for(request.actor, line_id)
    sent = request.POST.copy()
    sent["version"] = str(line.version)
    form.data = sent
    possible = not why_not(line, spec.act)
    return _page(request, spec, line, form, status=409, sentence=sentence, possible=possible)


def _page(
    request: CountyRequest, spec: Spec, line: Line, form: LineForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        **_context(request, line), "form": form, "spec": spec, "possible": True,
        "css": "btn-danger" if spec.harms else "btn-primary", **more,
    }  # fmt: skip
    if status != 409:
        context["timeline"] = []
    context["crumbs"] = [*context["crumbs"], Crumb(spec.act.label)]
    return render(request, "duties/act.html", context, status=status)


def _context(request: CountyRequest, line: Line) -> dict[str, Any]:
    actor, now, county = request.actor, timezone.now(), line.county_id
    issuer = actor.can(permissions.ISSUE)
    base = reverse("duties:ledger" if issuer else "duties:mine", args=[county])
    return {
        **facts_of(line.duty, now), "line": line, "row": line_rows([line], now)[0], "case": case_of(actor, line.duty),
        "timeline": timeline_of(steps_of([line]), now), "now": now,
        "url": reverse("duties:line", args=[county, line.id]), "back": base,
        "crumbs": [
            Crumb("交办", base), Crumb(line.duty.number, reverse("duties:duty", args=[county, line.duty_id])),
            Crumb(line.name, reverse("duties:line", args=[county, line.id])),
        ],
    }  # fmt: skip
