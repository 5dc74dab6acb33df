"""Whom to go and see; and writing a visit down, with a signal or without."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.cases.phone.late import is_late
from shanzhi.lib.errors import Conflict, DomainError
from shanzhi.lib.masks import door_mask, name_mask, phone_mask
from shanzhi.people.models import Resident
from shanzhi.people.permissions import REVEAL, VIEW
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.selectors.residents import age_on
from shanzhi.people.services import page_opened
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.keeping import kept, wants_copy
from shanzhi.ui.pages import cursor_in, page_urls, url_with
from shanzhi.ui.parts import Crumb
from shanzhi.visits.forms import VisitForm
from shanzhi.visits.late import visit_late, words_of
from shanzhi.visits.permissions import MAKE
from shanzhi.visits.planning import STATES, Person, group_choices, person_page, plan_of
from shanzhi.visits.selectors import last_answers, visits_of
from shanzhi.visits.services import NOT_PLANNED, visit_make
from shanzhi.visits.views.shared import tabs


@page(MAKE)
@require_safe
@kept
def planned(request: CountyRequest, county: int) -> HttpResponseBase:
    """The most urgent first; a phone keeps it with masked names."""
    actor, query, today = request.actor, request.GET, timezone.localdate()
    state = query.get("state", "") if query.get("state", "") in STATES else "due"
    groups = group_choices(actor)
    group = query.get("group", "") if query.get("group", "") in dict(groups) else ""
    found = person_page(actor, state=state, today=today, group=group, cursor=cursor_in(query))
    copy = wants_copy(request)
    context = {
        "rows": [_row(request, one, today, copy=copy) for one in found.rows], "state": state,
        "segments": [
            {"url": url_with(query, state=code if code != "due" else ""), "label": label, "chosen": code == state}
            for code, label in STATES.items()
        ],
        "bar": filter_bar(query, [Choice("group", "类别", groups)]), "tabs": tabs(request, "planned"),
        "crumbs": [Crumb("走访")], **page_urls(found, query),
    }  # fmt: skip
    return render(request, "visits/planned.html", context)


def _row(request: CountyRequest, one: Person, today: Any, *, copy: bool) -> dict[str, Any]:
    resident, first = one.resident, one.first
    return {
        "url": reverse("visits:visit", args=[request.county.id, resident.id]),
        "name": one.masked if copy else one.shown_name, "labels": one.labels, "place": _place(resident),
        "due": first.due_words(today), "late": first.is_late(today), "due_on": first.row.due_on,
        "seen_on": max((row.row.seen_on for row in one.seen if row.row.seen_on), default=None),
    }  # fmt: skip


def _place(row: Resident) -> str:
    """Village, grid and road; the door only on the person's own page."""
    area = row.lives or row.registered
    road = row.dwelling.road if row.dwelling is not None else ""
    return f"{place_words(area) if area is not None else ''}　{road}".strip("　")


@page(MAKE, object=True)
@require_http_methods(["GET", "HEAD", "POST"])
@kept
def visit(request: CountyRequest, county: int, visited_id: int) -> HttpResponseBase:
    """What is known already stands there; a copy for a phone has neither name nor number whole."""
    if is_late(request):
        return visit_late(request, visited_id)
    row = resident_get_for(request.actor, visited_id, permission=MAKE)
    plan, copy = plan_of(request.actor, row), wants_copy(request)
    if not plan:
        raise Conflict(NOT_PLANNED, code="not_planned")
    today = None if copy else timezone.localdate()
    if request.method == "POST":
        form = VisitForm(request.POST, plan=plan, today=today)
        return _made(request, row, form)
    if not copy:
        page_opened(actor=request.actor, resident=row)
    form = VisitForm(plan=plan, known=last_answers(request.actor, row), today=today)
    return _page(request, row, form)


def _made(request: CountyRequest, row: Resident, form: VisitForm) -> HttpResponseBase:
    if not form.is_valid():
        return _page(request, row, form, status=422)
    try:
        made = visit_make(
            actor=request.actor, resident=row.id, found=form.found(),
            key=request.POST.get("idempotency_key") or None, at=timezone.now(),
        )  # fmt: skip
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        form.take(error)
        return _page(request, row, form, status=error.status)
    messages.success(request, words_of(made))
    return HttpResponseRedirect(reverse("visits:planned", args=[request.county.id]))


def _boxes(phone: bool) -> dict[str, Any]:
    """Sections of a phone lie flush, those of a desk are panels."""
    box, inner = ("sec", "stack-4") if phone else ("panel", "panel-b stack-4")
    return {"phone_page": phone, "box": box, "inner": inner}


def _page(request: CountyRequest, row: Resident, form: VisitForm, status: int = 200) -> HttpResponseBase:
    actor, today, copy = request.actor, timezone.localdate(), wants_copy(request)
    county, home = request.county.id, row.dwelling
    age = age_on(row.born_on, today)
    context = {
        "form": form, "row": row, **_boxes(actor.works_on_phone), "copy": copy,
        "name": name_mask(row.name) if copy else row.name,
        "sex": row.get_sex_display(), "age": f"{age} 岁" if age is not None else "",
        "groups": [(one.group.label, one.due_words(today), one.is_late(today)) for one in form.plan],
        "place": _place(row), "door": door_mask(home.door) if home is not None and not copy else "",
        "phone": phone_mask(row.phone) if row.phone and not copy else "", "may_reveal": actor.can(REVEAL),
        "latest": [] if copy else visits_of(actor, row),
        "person_url": reverse("people:resident", args=[county, row.id]) if actor.can(VIEW) and not copy else "",
        "back": reverse("visits:planned", args=[county]),
        "crumbs": [Crumb("走访", reverse("visits:planned", args=[county])), Crumb("登记走访")],
    }  # fmt: skip
    return render(request, "visits/visit.html", context, status=status)
