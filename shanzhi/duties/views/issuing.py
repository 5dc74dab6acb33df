"""Issuing: the form, then who it goes to with the count, then it is sent."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import Level
from shanzhi.duties import permissions
from shanzhi.duties.choosing import levels_of, reach_for
from shanzhi.duties.forms import DutyForm
from shanzhi.duties.offices import holders
from shanzhi.duties.presenters import VACANT, due_words, who_words
from shanzhi.duties.services import due_fault, duty_issue
from shanzhi.lib.errors import DomainError
from shanzhi.ui.parts import Crumb

# What the browser sends that is not what was typed.
APART = ("csrfmiddlewaretoken", "idempotency_key", "step", "photos", "photo_ids", "photo_meta")


@page(permissions.ISSUE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def duty_create(request: CountyRequest, county: int) -> HttpResponseBase:
    """`step` says which button was pressed: on to the list of receivers, back to the form, or issue it."""
    reach = reach_for(request.actor)
    step = request.POST.get("step", "check")
    context: dict[str, Any] = {"post": reach.post, "county_wide": reach.post.area_level == Level.COUNTY}
    context["crumbs"] = [Crumb("交办", reverse("duties:ledger", args=[county])), Crumb("新交办")]
    if request.method != "POST":
        initial = {"case": request.GET.get("case", "")[:20]}
        form = DutyForm(initial=initial, actor=request.actor, reach=reach)
        return render(request, "duties/new.html", {"form": form, **context})
    form = DutyForm(request.POST, request.FILES, actor=request.actor, reach=reach)
    status = 200
    if not form.is_valid() or not _in_time(form):
        status = 422
    elif step == "issue":
        try:
            duty = duty_issue(
                actor=request.actor, order=form.order(), receivers=form.receivers, at=timezone.now(),
                photos=form.cleaned_data["photo_ids"], key=request.POST.get("idempotency_key") or None,
            )  # fmt: skip
        except DomainError as error:
            form.take(error)
            status = error.status
        else:
            messages.success(request, f"已交办给 {duty.size:,} 家，对方会收到通知")
            return HttpResponseRedirect(reverse("duties:duty", args=[county, duty.id]))
    elif step != "edit":
        return render(request, "duties/preview.html", {**context, **_preview(request, form)})
    return render(request, "duties/new.html", {"form": form, **context}, status=status)


def _in_time(form: DutyForm) -> bool:
    """The limit is looked at before anybody goes through the list of receivers."""
    fault = due_fault(form.order(), timezone.now())
    if fault:
        form.add_error("due_on", fault)
    return not fault


def _preview(request: CountyRequest, form: DutyForm) -> dict[str, Any]:
    now, order = timezone.now(), form.order()
    people = holders(form.receivers, at=now)
    rows = [(one, who_words(people.get(one.key, []))) for one in form.receivers]
    typed = [(name, value) for name, values in request.POST.lists() if name not in APART for value in values]
    hidden = typed + [("photo_ids", str(file.id)) for file in form.photo_drafts]
    vacant = sum(one.key not in people for one in form.receivers)
    return {
        "form": form, "order": order, "rows": rows, "hidden": hidden, "vacant": vacant, "nobody": VACANT,
        "count": len(rows),
        "made_of": levels_of(form.receivers), "due": due_words(order.due_at, now), "now": now,
        "issuer": form.reach.post.title,
    }  # fmt: skip
