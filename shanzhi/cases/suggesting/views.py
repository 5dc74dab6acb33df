"""The fragment that a form fetches while somebody types, and the administrator's page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases import permissions
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.suggesting.asking import answer
from shanzhi.cases.suggesting.forms import Typed
from shanzhi.cases.suggesting.permissions import MANAGE, SEE
from shanzhi.cases.suggesting.presenters import goodness
from shanzhi.cases.suggesting.selectors import learning_of, newest_for, switch_get
from shanzhi.cases.suggesting.services import learning_start, switch_turn
from shanzhi.cases.suggesting.training import LEAST


@page(permissions.REPORT)
@require_POST
def suggest(request: CountyRequest, county: int) -> HttpResponse:
    """What is typed is personal: it comes in a body and is kept nowhere, neither in an address nor in the answer."""
    typed = Typed.read(request.POST)
    found = answer(request.actor, typed, at=timezone.now())
    context = {"found": found, "typed": typed}
    # Nothing to say is an empty answer, without a blank: the place for it then takes none on the page.
    response = render(request, "cases/parts/suggestions.html", context) if found else HttpResponse()
    response["Cache-Control"] = "no-store"
    return response


@page(SEE)
@require_GET
def suggestions(request: CountyRequest, county: int) -> HttpResponse:
    """How good the newest models are, what they take for what, and for the administrator the two buttons."""
    actor = request.actor
    labels = {code: kind.label for code, kind in kinds_now().items()}
    context: dict[str, Any] = {
        "families": [goodness(model, labels) for model in newest_for(actor)],
        "switch": switch_get(),
        "may_manage": actor.can(MANAGE),
        "learning": learning_of(actor),
        "least": LEAST,
    }
    return render(request, "cases/suggestions.html", context)


@page(MANAGE)
@require_POST
def learning_create(request: CountyRequest, county: int) -> HttpResponseBase:
    """To the job's own page, which shows how far it is and can stop it."""
    job = learning_start(actor=request.actor, key=request.POST.get("idempotency_key") or None)
    return redirect("jobs:job", county, job.id)


@page(MANAGE)
@require_POST
def switch_create(request: CountyRequest, county: int) -> HttpResponseBase:
    version = request.POST.get("version", "")
    on = request.POST.get("on") == "1"
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    switch_turn(actor=request.actor, on=on, version=seen)
    messages.success(request, "推荐已打开" if on else "推荐已关掉，填表时不再出现")
    return redirect("cases:suggestions", county)
