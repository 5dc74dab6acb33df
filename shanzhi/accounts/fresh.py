"""Before a dangerous act a person confirms the password (or code) again, unless that was a few minutes ago."""

from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shanzhi.accounts.adapter import recently_confirmed
from shanzhi.lib.errors import Forbidden

PATIENCE = 3  # who opened a form in time may take three times as long to fill it in


def unconfirmed(request: Any) -> HttpResponse | None:
    """None if the person may go on; else the way to the confirmation. Call it once scope and permission are clear.

    Opening a form needs a confirmation of the last ten minutes, sending it one of the last thirty. Sent too late,
    nothing is done: the person confirms and comes back to the form, with a word about it.
    """
    reading = request.method in ("GET", "HEAD")
    if recently_confirmed(request, app_settings.REAUTHENTICATION_TIMEOUT * (1 if reading else PATIENCE)):
        return None
    if not reading:
        messages.info(request, "为了安全，请先确认是你本人，再重新填一次。")
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")


def require_confirmed(request: Any) -> None:
    """The same for an operation: Forbidden `confirmation_required` for a session confirmed too long ago.

    Whoever finds an unlocked browser gets no further by scripts than by pages. A token is a program's own proof.
    """
    if "Authorization" in request.headers:
        return
    if not recently_confirmed(request, app_settings.REAUTHENTICATION_TIMEOUT * PATIENCE):
        raise Forbidden("请先在网页上确认是你本人，再做这件事。", code="confirmation_required")
