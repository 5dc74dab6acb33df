"""Before a dangerous act a person confirms the password (or code) again, unless that was a few minutes ago."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse

from shanzhi.accounts.adapter import recently_confirmed

PATIENCE = 3  # who opened a form in time may take three times as long to fill it in


def confirmed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Guard a view, below `@page`. Opening needs a confirmation of the last ten minutes, sending one of the last thirty.

    Sent too late, nothing is done: the person confirms and comes back to the empty form, with a word about it.
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
        reading = request.method in ("GET", "HEAD")
        seconds = app_settings.REAUTHENTICATION_TIMEOUT * (1 if reading else PATIENCE)
        if recently_confirmed(request, seconds):
            return view(request, *args, **kwargs)
        if not reading:
            messages.info(request, "为了安全，请先确认是你本人，再重新填一次。")
        where = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{where}")

    return guarded
