"""One case: what was reported, what was done, and what this person may do now."""

from functools import cache
from typing import Any, Final

from django.http import HttpResponseBase
from django.http.request import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from shanzhi.access.actor import Actor
from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act
from shanzhi.cases.badge import badge_title, case_badge
from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.clock_panels import clock_panels
from shanzhi.cases.covering import is_insider, story_of
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.kinds.showing import shown
from shanzhi.cases.models import Case
from shanzhi.cases.naming import is_private, shown_name
from shanzhi.cases.phone.copies import as_copy, may_keep
from shanzhi.cases.places import place_name
from shanzhi.cases.presenters import (
    buttons_of,
    clock_state,
    handler_words,
    position_words,
    public_url,
    rows_of,
    stages_of,
    state_shape,
    turn_words,
)
from shanzhi.cases.relations import relation_panels
from shanzhi.cases.seeing import answers_for
from shanzhi.cases.selectors import calls_of, case_get_for
from shanzhi.cases.taking.contacts import caller_of
from shanzhi.cases.taking.paper import papers_for
from shanzhi.cases.timeline import photo_items, timeline_of
from shanzhi.cases.whistling import call_row
from shanzhi.cases.worklists.batches import batch_acts
from shanzhi.packs.calendars import calendar_now
from shanzhi.ui.keeping import kept, wants_copy
from shanzhi.ui.parts import Crumb

DONE: Final = "cases_draft_done"


@page(permissions.OWN, object=True)
@require_GET
@kept
def case_show(request: CountyRequest, county: int, number: str) -> HttpResponseBase:
    """The page of a case; with `pane` only what stands beside a list."""
    case = case_get_for(request.actor, number)
    if "pane" in request.GET:
        query = listing_query(request.headers.get("HX-Current-URL", ""))
        context = case_context(request, case, list_query=query)
        if request.GET["pane"] == "first":  # opened by the list itself, which then marks the row
            rows = rows_of([case], context["now"], calendar_now, request.actor)
            context |= {"rows": rows, "selected": case.number, "oob": True, "batch": batch_acts(request.actor)}
        return render(request, "cases/parts/pane.html", context)
    context = case_context(request, case)
    if wants_copy(request):
        response = render(request, "cases/case_phone.html", as_copy(case, context))
        if not may_keep(case):
            response.headers["Cache-Control"] = "no-store"
        return response
    context["draft_done"] = request.session.pop(DONE, "")
    if request.actor.works_on_phone:
        return render(request, "cases/case_phone.html", context)
    crumbs = [Crumb("事件", reverse("cases:list", args=[county])), Crumb(case.number)]
    return render(request, "cases/case.html", {**context, "crumbs": crumbs})


def listing_query(address: str) -> str:
    """The query of a list's address, without the case beside it; whatever is no query of a list does no harm there."""
    query = QueryDict(address.partition("#")[0].partition("?")[2][:2000], mutable=True)
    for name in ("case", "pane"):
        query.pop(name, None)
    return query.urlencode()


def case_context(request: CountyRequest, case: Case, *, list_query: str | None = None) -> dict[str, Any]:
    """Everything that the parts of a case read: three statements, for the steps, their photos, and who was called.

    `list_query` is the address of the list beside which the case stands (None on its own page).
    """
    actor, now = request.actor, timezone.now()
    story = story_of(actor, case)
    steps, photos = story.steps, story.photos
    reported = [step.id for step in steps if step.act == Act.REPORT]
    insider = is_insider(actor, case)
    calls = calls_of(case) if insider else []
    helping = [call for call in calls if call.ended_at is None and call.role == call.Role.HELPER]
    kind = kind_of(case)
    calendar = cache(calendar_now)
    files = [file for step_id in reported for file in photos.get(step_id, ())]
    return {
        "case": case,
        "url": reverse("cases:case", args=[case.county_id, case.number]),
        "shape": state_shape(case.state),
        "state_label": State(case.state).label,
        "clock": clock_state(case),
        "badge": case_badge(case, case.state, now, calendar),
        "badge_title": badge_title(case, case.state, now),
        "clock_panels": clock_panels(case, now, steps, calendar=calendar, covers=story.covers),
        "kind": kind.label,
        "source": Source(case.source).label,
        "reporter": _reporter(request, case),
        "caller": caller_of(actor, case),
        "sender_url": sender_url(actor, case),
        "papers": papers_for(actor, case, insider=insider),
        "place": case.place or place_name(case.area),
        "area_name": place_name(case.area),
        "position": position_words(case),
        "handler": handler_words(case),
        "turn": turn_words(case),
        "satisfied": next((step.satisfied for step in steps if step.satisfied is not None), None),
        "photos": photo_items(files, "反映内容"),
        "timeline": timeline_of(actor, case, steps, photos, now=now),
        "buttons": buttons_of(actor, case, helping),
        "calls": [call_row(story.covers.call(call), case, now) for call in calls],
        "public_url": public_url(case) if insider else "",
        "relations": relation_panels(actor, case, steps, story.covers),
        "answers": shown(kind, answers_for(actor, case)),
        "stages": stages_of(kind, case),
        "phone": actor.works_on_phone,
        "in_pane": list_query is not None,
        "list_query": list_query or "tab=",
        "now": now,
    }


def sender_url(actor: Actor, case: Case) -> str:
    """Where whoever keeps the gate sees how much comes from there; only of what nobody's account reported."""
    keeps = case.reporter_id is None and actor.post_for(permissions.GATE, path=case.area_path) is not None
    return reverse("cases:case-blocks", args=[case.county_id, case.number]) if keeps else ""


def _reporter(request: CountyRequest, case: Case) -> dict[str, str]:
    """Name and post; a resident is named by what they are, masked."""
    name = shown_name(request.actor, case.reporter_name, case.reporter_title, case.reporter_id)
    return {"name": name, "title": case.reporter_title, "private": "1" if is_private(case.reporter_title) else ""}
