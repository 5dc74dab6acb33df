"""Pages of the design system itself. They belong to no county and anybody may open them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from shanzhi.ui import samples
from shanzhi.ui.context import CONTRAST_COOKIE, CONTRAST_VALUE, ELDER_COOKIE, ELDER_VALUE

# Read by the access matrix; the decorator that usually sets it lies in a layer above.
PUBLIC = "public"
YEAR_SECONDS = 365 * 24 * 3600
# Field of the form → the cookie that keeps it, and the value that is not the usual one.
CHOICES = {"size": (ELDER_COOKIE, ELDER_VALUE), "contrast": (CONTRAST_COOKIE, CONTRAST_VALUE)}


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
    """Large or usual letters, high or usual contrast, kept in this browser for a year; what is not sent stays as it is.

    Without a CSRF token on purpose: the public pages that carry the button can be cached, and all that a stranger
    could do with it is to change the size of letters.
    """
    wanted = request.POST.get("next", "/")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure())
    response = HttpResponseRedirect(wanted if safe else "/")
    for name, (cookie, value) in CHOICES.items():
        if request.POST.get(name) == value:
            response.set_cookie(cookie, value, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
        elif name in request.POST:
            response.delete_cookie(cookie, samesite="Lax")
    return response


for view in (parts, offline, text_size):
    view.permission = PUBLIC  # type: ignore[attr-defined]
