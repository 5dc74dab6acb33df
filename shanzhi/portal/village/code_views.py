"""Pictures and sheets with the code of a village, for those who hang them up."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import PUBLIC
from shanzhi.areas.models import Area
from shanzhi.areas.selectors import AreaFilter, area_page_for, with_parents
from shanzhi.portal.permissions import QR
from shanzhi.portal.village import codes
from shanzhi.portal.village.places import village_get
from shanzhi.ui.pages import cursor_in
from shanzhi.ui.parts import Crumb

POSTER = "poster"
SHEET = "stickers"


@page(PUBLIC)
@require_safe
def qr(request: CountyRequest, county: int, code: str) -> HttpResponse:
    """The code alone. Public: it says no more than the page that it leads to."""
    picture = codes.qr_svg(codes.address_of(request, village_get(code)))
    return HttpResponse(picture, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=3600"})


@page(QR)
@require_safe
def code_list(request: CountyRequest, county: int) -> HttpResponse:
    """The villages whose codes this person may print."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    wanted = AreaFilter(text=text, level=Area.Level.VILLAGE)
    found = area_page_for(request.actor, wanted, cursor=cursor_in(request.GET))
    context = {"page": found, "rows": with_parents(found.rows), "text": text, "crumbs": [Crumb("村里的二维码")]}
    return render(request, "portal/village/codes.html", context)


@page(QR, object=True)
@require_safe
def poster(request: CountyRequest, county: int, code: str) -> HttpResponse:
    """One A4 sheet for the board of the village."""
    return _sheet(request, code, POSTER)


@page(QR, object=True)
@require_safe
def stickers(request: CountyRequest, county: int, code: str) -> HttpResponse:
    """Twelve on one A4 sheet, for doors and lamp posts."""
    return _sheet(request, code, SHEET)


def _sheet(request: CountyRequest, code: str, name: str) -> HttpResponse:
    village = codes.village_for(request.actor, code)
    address = codes.address_of(request, village)
    context = {
        "village": village,
        "township": village.parent,
        "qr": codes.qr_picture(address),
        "address": address,
        "copies": range(codes.STICKERS),
        "is_poster": name == POSTER,
    }
    return render(request, f"portal/village/{name}.html", context)
