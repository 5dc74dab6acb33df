"""The grid of the position that a phone has just taken: a suggestion beside the form, which a person can change."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from shanzhi.access.pages import CountyRequest, page
from shanzhi.areas.selectors import whereabouts
from shanzhi.cases import permissions
from shanzhi.cases.forms.report import DegreesField
from shanzhi.cases.places import place_name


@page(permissions.REPORT)
@require_POST
def place_suggest(request: CountyRequest, county: int) -> HttpResponse:
    """The deepest place of the position that this person may report for; nothing outside of the county.

    A position comes in a body, so that it stands in no address and no log, and is kept nowhere.
    """
    field = DegreesField()
    lon, lat = (_degrees(field, request.POST.get(name, "")) for name in ("lon", "lat"))
    if lon is None or lat is None:
        return HttpResponse()
    found = whereabouts(lon, lat)
    scope = request.actor.scope(permissions.REPORT)
    here = found.deepest
    if here is None or here.level in ("county", "township"):
        return HttpResponse()
    context = {
        "place": here,
        "name": place_name(here),
        "metres": found.metres,
        "is_mine": scope.covers(here.path),
        "is_chosen": request.POST.get("area") == here.code,
    }
    response = render(request, "cases/parts/whereabouts.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _degrees(field: DegreesField, text: str) -> int | None:
    """1e-7 degrees; None for what is no position."""
    try:
        found = field.clean(text)
    except ValidationError:
        return None
    return int(found) if found is not None else None
