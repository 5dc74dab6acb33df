"""The box, and who answers to what was typed; nothing typed stands in an address."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.forms import sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.lib.errors import DomainError
from shanzhi.people.finding import selectors, services
from shanzhi.people.finding.forms import SearchForm
from shanzhi.people.finding.shown import line_of
from shanzhi.people.permissions import VIEW
from shanzhi.people.selectors import area_for, homes_below
from shanzhi.people.views.shared import tabs
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb


def _areas(request: CountyRequest) -> list[tuple[str, str]]:
    top = area_for(request.actor, "", VIEW)
    return [(one.code, f"{one.parent.name} {one.name}" if one.parent else one.name)
            for one in homes_below(request.actor, top)]  # fmt: skip


@page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: CountyRequest, county: int) -> HttpResponseBase:
    form = SearchForm(sent(request), areas=_areas(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                data = form.cleaned_data
                kept = services.search_keep(actor=request.actor, text=data["text"], area=data["area"])
            except DomainError as error:
                form.take(error)
                status = error.status
            else:
                return redirect("people_find:found", county, kept.id)
    context = {"form": form, "tabs": tabs(request, "find"), "crumbs": [Crumb("找人")]}
    return render(request, "people/finding/search.html", context, status=status)


@page(VIEW, object=True)
@require_safe
def found(request: CountyRequest, county: int, search_id: int) -> HttpResponse:
    """A page of results, with the box filled in for the next try."""
    kept = selectors.search_get_for(request.actor, search_id, at=timezone.now())
    request.actor.require(VIEW)
    hits = selectors.find(request.actor, kept.text, area=kept.area_code, cursor=cursor_in(request.GET))
    today = timezone.localdate()
    shown = hits.showing([line_of(hit, today) for hit in hits.rows])
    context: dict[str, Any] = {
        "page": shown, "text": kept.text, "area_code": kept.area_code, "crumbs": [Crumb("找人")],
        **page_urls(shown, request.GET),
    }  # fmt: skip
    response = render(request, "people/finding/found.html", context)
    response["Cache-Control"] = "no-store"
    return response
