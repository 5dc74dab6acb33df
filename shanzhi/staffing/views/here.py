"""谁负责这里: by the phone's position, by the name of a place, or by the link of a case or a place."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from shanzhi.access.pages import CountyRequest, page
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.areas.models import Area
from shanzhi.areas.selectors import whereabouts
from shanzhi.lib.masks import phone_mask
from shanzhi.lib.shapes import DEGREE
from shanzhi.staffing import selectors
from shanzhi.staffing.forms import HereForm
from shanzhi.staffing.permissions import CONTACT, VIEW
from shanzhi.staffing.views.shared import crumbs, link
from shanzhi.ui.parts import Crumb

NOWHERE = "这个位置不在本县的网格里，请写地名查找。"
NAMELESS = "没有叫这个名字的地方，请换个写法，至少两个字。"
ASK = "请取当前位置，或写村、网格的名字。"


@page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: CountyRequest, county: int) -> HttpResponse:
    """A position or a name is sent in a POST and stands in no address; it changes nothing."""
    actor, at = request.actor, timezone.now()
    found: list[Area] = []
    area, said, status, metres, more = None, "", 200, 0, False
    text = request.POST.get("text", "")
    if request.method == "POST":
        form = HereForm(request.POST)
        lon, lat = (form.cleaned_data.get("lon"), form.cleaned_data.get("lat")) if form.is_valid() else (None, None)
        if text.strip():
            found, more = selectors.areas_named(actor, text)
            area, said = (found[0], "") if len(found) == 1 else (None, "" if found else NAMELESS)
        elif lon is not None and lat is not None:
            spot = whereabouts(round(lon * DEGREE), round(lat * DEGREE))
            area, metres, said = spot.deepest, spot.metres, "" if spot.deepest is not None else NOWHERE
        else:
            said = ASK
        status = 422 if said else 200
    elif request.GET.get("area"):
        area = selectors.area_in(request.GET["area"])
        said, status = ("", 200) if area is not None else (NAMELESS, 404)
    context: dict[str, Any] = {
        "area": area, "place": place_words(area) if area is not None else "", "said": said, "text": text,
        "metres": metres, "spots": _spots(request, area) if area is not None else [],
        "found": [(place_words(one), one, link(county, "here", area=one.code)) for one in found],
        "more": more, "now": at, "crumbs": crumbs(request, Crumb("谁负责这里")),
    }  # fmt: skip
    if area is not None and selectors.place_scope(actor).covers(area.path):
        context["area_url"] = link(county, "overview", area=area.code)
    response = render(request, "staffing/here.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _spots(request: CountyRequest, area: Area) -> list[tuple[selectors.Spot, list[dict[str, Any]]]]:
    """Names and roles for all of the staff; a masked number for whoever may have one shown."""
    may = request.actor.can(CONTACT)
    out = []
    for spot in selectors.responsible(area, at=timezone.now()):
        seen = selectors.visible(request.actor, spot.area.path)
        lines = [
            {"one": one, "phone": phone_mask(one.phone) if may and seen and one.phone else "", "open": seen}
            for one in spot.people
        ]
        out.append((spot, lines))
    return out
