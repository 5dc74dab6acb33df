"""Pages for everybody: the counties of the platform, and the start page of each."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import PUBLIC
from shanzhi.accounts.selectors import first_page
from shanzhi.portal.figures import case_figures, people_figures
from shanzhi.portal.selectors import township_counts, township_first, township_get, townships
from shanzhi.portal.village.places import villages_found
from shanzhi.tenancy.selectors import county_list
from shanzhi.trail.selectors import latest_seal


@page(PUBLIC)
@require_safe
def counties(request: Any) -> HttpResponseBase:
    """One county: there. Several: a list, and for somebody who is signed in the way to the own first page."""
    rows = county_list()
    if len(rows) == 1:
        return redirect("portal:start", rows[0].id)
    own = first_page(request.user) if request.user.is_authenticated else ""
    return render(request, "portal/counties.html", {"counties": rows, "own": "" if own == "/" else own})


@page(PUBLIC)
@require_safe
def start(request: CountyRequest, county: int) -> HttpResponseBase:
    """The counts of one township: the chosen one, or the one with the most reports. The choice is in the address."""
    code = request.GET.get("township", "")
    if "township" in request.GET and not code:
        return HttpResponseRedirect(request.path)
    choices = townships()
    township = township_get(code) if code else township_first(choices)
    return _shown(request, {"townships": choices, "township": township, "seal": latest_seal()})


def _shown(request: CountyRequest, context: dict[str, Any]) -> HttpResponse:
    township = context["township"]
    if township is not None:
        at = timezone.now()
        counts = township_counts(township, at=at)
        groups = [("谁在网格里", people_figures(counts)), ("事件办得怎样", case_figures(counts))]
        context |= {"groups": groups, "counted_at": at, "unused": counts.unused}
        context["villages"] = villages_found("", township=township)
    return render(request, "portal/start.html", context)
