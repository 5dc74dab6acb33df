"""线索专办台: the list of an officer, and the check of the record. Strangers, administrators too, find nothing here."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.clues.permissions import DESK
from shanzhi.clues.selectors import (
    NEWEST,
    Desk,
    assignees_of,
    clue_by_number,
    clues_for,
    desk_of,
    listed,
    narrowed,
    officers_now,
)
from shanzhi.clues.verifying import clues_verify
from shanzhi.tenancy.ids import id_of
from shanzhi.tenancy.keyset import page_of
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in, page_urls, url_with
from shanzhi.ui.parts import Crumb

OWN = ("waiting", "mine")  # tabs that need no choice of an officer
NOT_THERE = "没有这个编号的线索，或者它没有分派给你。请核对编号。"


@page(DESK, object=True)
@require_http_methods(["GET", "HEAD", "POST"])
def desk_list(request: CountyRequest, county: int) -> HttpResponseBase:
    """A POST looks for one number: a number stands in no address."""
    desk, query, at = desk_of(request.actor), request.GET, timezone.now()
    if request.method == "POST":
        found = clue_by_number(desk, request.POST.get("number", "")[:40], at=at)
        if found is not None:
            return HttpResponseRedirect(reverse("clues:clue", args=[county, found.id]))
        messages.error(request, NOT_THERE)
    tab = query.get("tab", "")
    tab = tab if tab in desk.tabs else next(iter(desk.tabs))
    officers = officers_now(at=at) if desk.lead else []
    chosen = id_of(query.get("officer", ""))
    rows = narrowed(clues_for(desk, at=at), desk, tab=tab, officer_id=chosen if desk.lead else None)
    shown = page_of(listed(rows), NEWEST, cursor=cursor_in(query))
    assigned = assignees_of(shown.rows)
    people = [(str(one.user_id), one.user.name) for one in officers]
    context: dict[str, Any] = {
        "desk": desk, "tab": tab, "now": at,
        "tabs": [(url_with(query, tab=name, officer=""), label, name == tab) for name, label in desk.tabs.items()],
        "rows": [(clue, [name for _, name in assigned.get(clue.id, [])]) for clue in shown.rows],
        "bar": filter_bar(query, [Choice("officer", "分派给", people)] if people and tab not in OWN else []),
        **page_urls(shown, query),
    }  # fmt: skip
    return render(request, "clues/desk.html", context, status=422 if request.method == "POST" else 200)


@page(DESK, object=True)
@require_safe
def check(request: CountyRequest, county: int) -> HttpResponseBase:
    """For leads: whether anything was altered or taken out behind the product's back."""
    desk: Desk = desk_of(request.actor)
    context = {
        "checked": clues_verify(desk=desk, at=timezone.now()),
        "crumbs": [Crumb("线索专办台", reverse("clues:desk", args=[county])), Crumb("核对记录")],
        "back": reverse("clues:desk", args=[county]),
    }  # fmt: skip
    return render(request, "clues/check.html", context)
