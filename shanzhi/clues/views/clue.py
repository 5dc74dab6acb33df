"""One clue: what was handed in, what was done, who looked; its acts, and the letter of transfer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.clues import presenters
from shanzhi.clues.catalogue import Act
from shanzhi.clues.forms import ActForm
from shanzhi.clues.models import Clue
from shanzhi.clues.permissions import DESK
from shanzhi.clues.selectors import Desk, barred_among, clue_get_for, desk_of, officers_now, steps_of
from shanzhi.clues.services import assigned_to, clue_act, clue_look, require, why_not
from shanzhi.clues.specs import Spec
from shanzhi.lib.errors import Conflict, DomainError
from shanzhi.ui.parts import Crumb


@page(DESK, object=True)
@require_safe
def clue_detail(request: CountyRequest, county: int, clue_id: int) -> HttpResponse:
    """Reading it is a step."""
    desk = desk_of(request.actor)
    clue = clue_look(desk=desk, clue_id=clue_id, at=timezone.now())
    steps, assigned = steps_of(clue), assigned_to(clue)
    names = presenters.names_in(steps)
    context = {
        **_frame(clue), "timeline": presenters.timeline_of(steps, names), "looks": presenters.looks_of(steps, names),
        "barred": presenters.barred_names(steps, names), "buttons": presenters.buttons_of(desk, clue, assigned),
        "letter": any(step.act == Act.TRANSFER for step in steps),
    }  # fmt: skip
    return render(request, "clues/clue.html", context)


def _frame(clue: Clue) -> dict[str, Any]:
    back = reverse("clues:desk", args=[clue.county_id])
    return {
        "clue": clue, "back": back, "url": reverse("clues:clue", args=[clue.county_id, clue.id]),
        "crumbs": [Crumb("线索专办台", back), Crumb(clue.shown_number)],
    }  # fmt: skip


@page(DESK, object=True)
@require_safe
def letter(request: CountyRequest, county: int, clue_id: int) -> HttpResponse:
    """移送函 on paper with what is known; what is not is left to be written by hand. Opening it is a step too."""
    desk = desk_of(request.actor)
    clue = clue_look(desk=desk, clue_id=clue_id, act=Act.PRINT, at=timezone.now())
    context = {**_frame(clue), "transfer": presenters.transfer_of(steps_of(clue))}
    return render(request, "clues/letter.html", context)


def act_view(spec: Spec) -> Callable[..., HttpResponseBase]:
    """The page of one act."""

    @page(DESK, object=True)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: CountyRequest, county: int, clue_id: int) -> HttpResponseBase:
        desk = desk_of(request.actor)
        clue = clue_get_for(desk, clue_id, at=timezone.now())
        if request.method != "POST":
            require(desk, clue, spec.act, assigned_to(clue))
            return _page(request, spec, clue, _form(request, spec, clue))
        return _done(request, desk, spec, clue)

    view.__name__ = f"clue_{spec.act.value}"
    guarded: Callable[..., HttpResponseBase] = view
    return guarded


def _form(request: CountyRequest, spec: Spec, clue: Clue) -> ActForm:
    officers = officers_now(at=timezone.now()) if "officers" in spec.fields else []
    barred = barred_among(clue, officers) if officers else set()
    free = [one for one in officers if one.user_id not in barred]
    if request.method == "POST":
        return ActForm(request.POST, spec=spec, officers=free)
    assigned = assigned_to(clue) if free else set()
    chosen = [str(one.id) for one in free if one.user_id in assigned]
    return ActForm(initial={"version": clue.version, "officers": chosen}, spec=spec, officers=free)


def _done(request: CountyRequest, desk: Desk, spec: Spec, clue: Clue) -> HttpResponseBase:
    """Do it once; whatever refuses it, what was typed is on the page that comes back."""
    form = _form(request, spec, clue)
    if not form.is_valid():
        require(desk, clue, spec.act, assigned_to(clue))
        return _page(request, spec, clue, form, status=422)
    try:
        clue_act(
            desk=desk, clue_id=clue.id, act=spec.act, version=form.cleaned_data["version"], deed=form.deed(),
            key=request.POST.get("idempotency_key") or None, at=timezone.now(),
        )  # fmt: skip
    except Conflict as error:
        return _stale(request, desk, spec, form, clue.id, error.message)
    except DomainError as error:
        if error.status != 422:
            raise
        form.take(error)
        return _page(request, spec, clue, form, status=422)
    messages.success(request, spec.done)
    return HttpResponseRedirect(reverse("clues:clue", args=[clue.county_id, clue.id]))


def _stale(request: CountyRequest, desk: Desk, spec: Spec, form: ActForm, clue_id: int, sentence: str) -> HttpResponse:
    """What was typed, upon the clue as it is now; sent again it acts on that, if it is still possible."""
    clue = clue_get_for(desk, clue_id, at=timezone.now())
    typed = request.POST.copy()
    typed["version"] = str(clue.version)
    form.data = typed
    return _page(request, spec, clue, form, status=409, sentence=sentence, possible=not why_not(clue, spec.act))


def _page(
    request: CountyRequest, spec: Spec, clue: Clue, form: ActForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {**_frame(clue), "form": form, "spec": spec, "possible": True, **more}
    context["crumbs"] = [
        context["crumbs"][0], Crumb(clue.shown_number, context["url"]), Crumb(spec.act.label),
    ]  # fmt: skip
    return render(request, "clues/act.html", context, status=status)
