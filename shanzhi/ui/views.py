"""Pages of the design system itself. They belong to no county and anybody may open them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from shanzhi.ui import samples
from shanzhi.ui.context import ELDER_COOKIE, ELDER_VALUE

# Read by the access matrix; the decorator that usually sets it lies in a layer above.
PUBLIC = "public"
YEAR_SECONDS = 365 * 24 * 3600


@require_GET
def parts(request: HttpRequest) -> HttpResponse:
    """Every part in every state and in four densities."""
    return render(request, "ui/parts_page.html", samples.context(request))


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone shows where there is no signal. The same for everybody, so that the worker may keep it."""
    response = render(request, "ui/offline.html")
    response.headers["Cache-Control"] = "no-cache"
    return response


@csrf_exempt
@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Large or usual letters, kept in this browser for a year.

    Without a CSRF token on purpose: the public pages that carry the button can be cached, and all that a stranger
    could do with it is to change the size of letters.
    """
    wanted = request.POST.get("next", "/")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure())
    response = HttpResponseRedirect(wanted if safe else "/")
    if request.POST.get("size") == ELDER_VALUE:
        response.set_cookie(ELDER_COOKIE, ELDER_VALUE, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(ELDER_COOKIE, samesite="Lax")
    return response


for view in (parts, offline, text_size):
    view.permission = PUBLIC  # type: ignore[attr-defined]
