"""After five wrong passwords or codes, a login is refused from that address for half an hour (django-axes).

And whoever tries one login from many addresses is slowed down: after fifty failures within a day it may be tried once
in ten minutes, except from a network where the person has signed in lately. Nobody can shut somebody else out.
"""

import ipaddress
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.core.internal.httpkit import get_client_ip
from axes.conf import settings as axes_settings
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from axes.utils import reset
from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

DAY: Final = timedelta(days=1)
DAILY: Final = 50
WAIT: Final = timedelta(minutes=10)
KNOWN: Final = timedelta(days=30)
NETWORK: Final = 64  # one customer's IPv6 network: 2^64 addresses to try from


def client_ip(request: HttpRequest) -> str | None:
    """The address that counts: the proxy's word only for as many proxies as the settings name.

    None for a request that did not come over the network (a command, a test's shortcut).
    """
    found: str | None = get_client_ip(request)
    return found


def counted_ip(request: HttpRequest) -> str | None:
    """The address under which failures are counted: for IPv6 its network of 64 bits, IPv4 in IPv6 as IPv4."""
    text = client_ip(request)
    if text is None:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), NETWORK), strict=False).network_address)


class Handler(AxesDatabaseHandler):
    """Axes' own lock, and the slower one by login alone."""

    def is_locked(self, request: HttpRequest, credentials: Any = None) -> bool:
        if super().is_locked(request, credentials):
            return True
        username = get_client_username(request, credentials) or ""
        return slowed_until(username, at=timezone.now(), ip=counted_ip(request)) is not None


def slowed_until(username: str, *, at: datetime, ip: str | None) -> datetime | None:
    """When this login may be tried next from this address, None if now. What was refused counts as no failure."""
    failures = AccessFailureLog.objects.filter(username=username, attempt_time__gt=at - DAY)
    found = failures.aggregate(count=Count("id"), last=Max("attempt_time"))
    if found["count"] < DAILY or at >= found["last"] + WAIT:
        return None
    at_home = AccessLog.objects.filter(username=username, ip_address=ip, attempt_time__gt=at - KNOWN)
    return None if ip is not None and at_home.exists() else found["last"] + WAIT


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
    forgotten: int = AccessFailureLog.objects.filter(username=username).delete()[0]
    return int(reset(username=username)) + forgotten


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """The page that says when the lock ends and who may lift it; the same for logins that do not exist."""
    username = str((credentials or {}).get("username") or "")
    at = timezone.now()
    ip = counted_ip(request)
    until = locked_until(username, at=at, ip=ip)
    slowed = slowed_until(username, at=at, ip=ip) if until is None else None
    until = until or slowed or at + axes_settings.AXES_COOLOFF_TIME
    context = {"until": until, "limit": axes_settings.AXES_FAILURE_LIMIT, "slowed": slowed}
    answer = render(request, "accounts/locked.html", context, status=429)
    answer["Retry-After"] = str(max(1, int((until - at).total_seconds())))
    return answer
