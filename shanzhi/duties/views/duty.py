"""One instruction with its lines; acts on several of them with a result for each; the same on paper."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.duties import permissions
from shanzhi.duties.acts import why_not
from shanzhi.duties.catalogue import Act, State
from shanzhi.duties.forms import ManyForm
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.offices import issuing_post
from shanzhi.duties.presenters import due_words, facts_of, line_rows, percent
from shanzhi.duties.selectors import case_of, counts_of, duty_get_for, lines_seen
from shanzhi.duties.services import Deed, lines_act
from shanzhi.lib.errors import Invalid
from shanzhi.lib.times import show_full
from shanzhi.tenancy.keyset import Order, page_of
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb

LINES = Order("duty_page", ("area_path",))
SIZE = 200
MANY = (Act.STRIKE, Act.SEND_BACK, Act.WITHDRAW)


@page(permissions.VIEW, object=True)
@require_safe
def duty_detail(request: CountyRequest, county: int, duty_id: int) -> HttpResponse:
    duty = duty_get_for(request.actor, duty_id)
    request.actor.require(permissions.VIEW)
    return render(request, "duties/duty.html", _context(request, duty))


@page(permissions.ISSUE, object=True)
@require_POST
def duty_acts(request: CountyRequest, county: int, duty_id: int) -> HttpResponseBase:
    """Strike off, send back or withdraw what is ticked. The answer is the page, with what became of each."""
    actor = request.actor
    duty = duty_get_for(actor, duty_id)
    actor.require(permissions.ISSUE)
    form, status, outcomes = ManyForm(request.POST), 200, []
    if form.is_valid():
        try:
            names = dict(lines_seen(actor, duty).values_list("id", "name"))
            outcomes = lines_act(
                actor=actor, act=Act(form.cleaned_data["act"]), seen=_of(form.seen(), names), names=names,
                deed=Deed(text=form.cleaned_data["text"]), key=request.POST.get("idempotency_key") or None,
                at=timezone.now(),
            )  # fmt: skip
        except Invalid as error:
            form.take(error)
            status = 422
    else:
        status = 422
    left = [one for one in outcomes if one.error]
    # Whatever was refused can be sent again as it is now: its reason and its ticks stay.
    again = {one.line_id for one in left} if status == 200 else None
    context = _context(request, duty, form=form if status == 422 or left else None, again=again)
    if outcomes:
        context["act"] = Act(form.cleaned_data["act"])
        context["done"] = [one.name for one in outcomes if not one.error]
        context["left"] = left
    return render(request, "duties/duty.html", context, status=status)


def _of(seen: list[tuple[int, int]], names: dict[int, str]) -> list[tuple[int, int]]:
    """Those that are lines of this instruction; ids of other ones are left out."""
    return [(line_id, version) for line_id, version in seen if line_id in names]


def _context(
    request: CountyRequest, duty: Duty, form: ManyForm | None = None, again: set[int] | None = None
) -> dict[str, Any]:
    actor, now, query = request.actor, timezone.now(), request.GET
    everything = lines_seen(actor, duty).select_related("duty", "area", "unit")
    state = query.get("state", "") if query.get("state", "") in State.values else ""
    found = page_of(everything.filter(state=state) if state else everything, LINES, cursor=cursor_in(query), size=SIZE)
    counts = counts_of(everything, at=now)
    issuer = issuing_post(actor, duty) is not None
    states = dict(State.choices)
    present = set(everything.values_list("state", flat=True))
    ticked = set(request.POST.getlist("line")) if form is not None else set()
    rows = line_rows(found.rows, now)
    if again is not None:
        ticked = {row.value for row in rows if row.line.id in again}
    return {
        **facts_of(duty, now), "rows": rows, "counts": counts, "rate": percent(counts),
        "case": case_of(actor, duty), "issuer": issuer, "form": form or ManyForm(), "ticked": ticked,
        "able": issuer and any(_able(line) for line in found.rows), "now": now, "state": state,
        "states": [(code, label) for code, label in states.items() if code in present],
        "base": reverse("duties:duty", args=[duty.county_id, duty.id]),
        "crumbs": [Crumb("交办", reverse("duties:ledger", args=[duty.county_id])), Crumb(duty.number)],
        **page_urls(found, query),
    }  # fmt: skip


def _able(line: Line) -> bool:
    return any(not why_not(line, act) for act in MANY)


@page(permissions.VIEW, object=True)
@require_safe
def duty_print(request: CountyRequest, county: int, duty_id: int) -> HttpResponse:
    """交办单: what is to be done and the lines that this person sees."""
    duty = duty_get_for(request.actor, duty_id)
    request.actor.require(permissions.VIEW)
    now = timezone.now()
    lines = list(lines_seen(request.actor, duty).select_related("duty").order_by("area_path", "id"))
    counts = counts_of(lines_seen(request.actor, duty), at=now)
    context = {
        "title": duty.title, "duty": duty, "rows": line_rows(lines, now), "counts": counts, "rate": percent(counts),
        "printed": show_full(now), "now": now, "back": reverse("duties:duty", args=[county, duty.id]),
        "due": due_words(duty.due_at, now), "issued": show_full(duty.issued_at),
    }  # fmt: skip
    return render(request, "duties/sheet.html", context)
