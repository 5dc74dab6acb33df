"""After five wrong passwords or codes, a login is refused from that address for half an hour (django-axes)."""

from datetime import datetime, timedelta
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from axes.conf import settings as axes_settings
from axes.models import AccessAttempt
from axes.utils import reset
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


def client_ip(request: HttpRequest) -> str | None:
    """The address that counts: the proxy's word only for as many proxies as the settings name.

    None for a request that did not come over the network (a command, a test's shortcut).
    """
    found: str | None = get_client_ip(request)
    return found


def locked_until(username: str, *, at: datetime, ip: str | None = None) -> datetime | None:
    """When the last lock of this login ends (from any address, or from one), None if it is not locked."""
    return locks(at=at, username=username, ip=ip).get(username)


def locks(*, at: datetime, username: str | None = None, ip: str | None = None) -> dict[str, datetime]:
    """Locked logins and when each lock ends; one query, over failures of the last half hour only."""
    span: timedelta = axes_settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(attempt_time__gte=at - span)
    if username is not None:
        attempts = attempts.filter(username=username)
    if ip is not None:
        attempts = attempts.filter(ip_address=ip)
    rows = (
        attempts.values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
        .filter(failures__gte=axes_settings.AXES_FAILURE_LIMIT)
    )
    out: dict[str, datetime] = {}
    for row in rows:
        out[row["username"]] = max(out.get(row["username"], row["last"] + span), row["last"] + span)
    return out


def unlock(username: str) -> int:
    """Forget the failures of a login from every address; returns how many rows there were."""
    return int(reset(username=username))


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """The page that says when the lock ends and who may lift it; the same for logins that do not exist."""
    username = str((credentials or {}).get("username") or "")
    at = timezone.now()
    until = locked_until(username, at=at, ip=client_ip(request)) or at + axes_settings.AXES_COOLOFF_TIME
    context = {"until": until, "limit": axes_settings.AXES_FAILURE_LIMIT}
    answer = render(request, "accounts/locked.html", context, status=429)
    answer["Retry-After"] = str(max(1, int((until - at).total_seconds())))
    return answer
