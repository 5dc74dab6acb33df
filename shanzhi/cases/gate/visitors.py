"""Somebody without an account, as far as the gate knows them: an address and a browser, both as digests."""

import secrets
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from shanzhi.accounts.lockout import counted_ip
from shanzhi.tenancy.keyring import key_ring

COOKIE: Final = "__Host-device" if settings.HTTPS else "device"
KEPT_SECONDS: Final = 365 * 24 * 3600
SHORTEST: Final = 20
LONGEST: Final = 64
ADDRESS: Final = "cases_visit.address"
DEVICE: Final = "cases_visit.device"


@dataclass(frozen=True, slots=True)
class Visitor:
    """`address` and `device` are digests under the server's key; `mark` is what the browser keeps, `fresh` if new."""

    address: str
    device: str
    mark: str = ""
    fresh: bool = False


def visitor_of(request: HttpRequest) -> Visitor:
    """Who asks: by the network address that counts (IPv6: one /64) and the browser's mark, made here if it has none.

    A mark that is new proves nothing: `fresh` ones are counted by their address. Call `remember` on the answer.
    """
    mark = request.COOKIES.get(COOKIE, "")
    fresh = not (SHORTEST <= len(mark) <= LONGEST and mark.isascii() and mark.isprintable())
    mark = secrets.token_urlsafe(24) if fresh else mark
    ring = key_ring()
    return Visitor(ring.blind(counted_ip(request) or "", ADDRESS), ring.blind(mark, DEVICE), mark, fresh)


def remember(response: HttpResponseBase, visitor: Visitor) -> None:
    """Give the browser its mark for a year; it is sent to pages of this site only and no script reads it."""
    if visitor.fresh:
        response.set_cookie(
            COOKIE, visitor.mark, max_age=KEPT_SECONDS, httponly=True, samesite="Lax", secure=settings.HTTPS
        )
