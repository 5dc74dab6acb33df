"""The page of what waits in a phone, and the two small answers that its queue asks for."""

import base64
from typing import Final

from django.http import HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import PUBLIC, SELF
from shanzhi.tenancy.keyring import key_ring
from shanzhi.ui.keeping import kept

PURPOSE: Final = "phone-queue:{user_id}"


@page(SELF)
@require_GET
@kept
def waiting(request: CountyRequest, county: int) -> HttpResponseBase:
    """What was filled in and is not sent yet. The list lies in the phone; the page only gives it a place."""
    return render(request, "cases/waiting.html")


@page(PUBLIC)
@require_GET
def who(request: CountyRequest, county: int) -> JsonResponse:
    """Who is signed in here now (null: nobody), and the token without which nothing can be sent."""
    user_id = request.actor.user_id
    return JsonResponse({"user": str(user_id) if user_id else None, "token": get_token(request) if user_id else ""})


@page(SELF)
@require_POST
def queue_key(request: CountyRequest, county: int) -> JsonResponse:
    """The secret from which this person's phone makes the key of its queue: the same on every phone and every day, so
    that what lies sealed in one opens again after the next login. It goes into no address and no log."""
    secret = key_ring().derived(PURPOSE.format(user_id=request.actor.user_id))
    return JsonResponse({"secret": base64.b64encode(secret).decode()})
