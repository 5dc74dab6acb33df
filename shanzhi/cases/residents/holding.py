"""Who holds a receipt: for half an hour the browser in which its secret was typed, by a signed mark in a cookie.

Neither the secret nor anything that opens the matter stands in an address, a log or the page. The mark says which
receipt it is; it is sent to the pages below /follow/ of this county only, no script reads it, and it ends by itself.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case, Held, Receipt
from shanzhi.cases.residents.gate import Gate
from shanzhi.cases.taking.following import JOINED, REPORTER, leading

COOKIE: Final = "__Secure-held" if settings.HTTPS else "held"
SALT: Final = "shanzhi.cases.held"
LASTS: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Holder:
    """A receipt with its case, in the hands of somebody without an account. `fresh`: it was made just now, here."""

    receipt: Receipt
    fresh: bool = False

    @property
    def case(self) -> Case:
        case: Case = self.receipt.case
        return case

    @property
    def is_reporter(self) -> bool:
        return self.receipt.role == Receipt.Role.REPORTER

    @cached_property
    def now(self) -> Case:
        """The case that it is handled in: what it was merged into, else itself."""
        return leading(self.case)

    @property
    def acts(self) -> list[Act]:
        """What the holder may do now, in the order of the page."""
        case, own = self.case, self.is_reporter
        possible = {
            Act.CLOSE: own and case.state == State.VERIFIED,
            Act.REOPEN: own and case.state == State.CLOSED and not case.reopened,
            Act.ADD: self.now.is_open,
        }
        return [act for act, holds in possible.items() if holds]

    def actor(self, gate: Gate, act: Act, case: Case) -> Actor:
        """May do this one act to this one case. Who merely joined, or was merged into it, is named as such."""
        first = self.is_reporter and case.id == self.case.id
        return Actor.public(
            case.county_id, granted={act.permission}, device=gate.visitor.device, receipt_of=case.id,
            name=REPORTER if first else JOINED,
        )  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """A report that is held while too many come, or was put aside, in the hands of whoever sent it."""

    held: Held
    fresh: bool = False


def holder_of(request: HttpRequest, county_id: int) -> Holder | None:
    """Whoever typed the secret in this browser within the half hour; one statement, none without the mark."""
    found = _mark(request, county_id)
    if not found:
        return None
    rows = Receipt.objects.select_related("case__owner__parent", "case__area__parent")
    if "h" in found:  # reported while too much came: it is a case since it was released
        released = Held.objects.filter(id=found["h"]).exclude(case=None).values("case_id")
        receipt = rows.filter(case_id__in=released, role=Receipt.Role.REPORTER).first()
    else:
        receipt = rows.filter(id=found.get("r", 0)).first()
    return Holder(receipt, fresh=bool(found.get("f"))) if receipt is not None else None


def waiting_of(request: HttpRequest, county_id: int) -> Waiting | None:
    """The report without a case whose secret this browser got or typed; no statement without such a mark."""
    found = _mark(request, county_id)
    if "h" not in found:
        return None
    held = Held.objects.filter(id=found["h"], case=None).select_related("area__parent").first()
    return Waiting(held, fresh=bool(found.get("f"))) if held is not None else None


def _mark(request: HttpRequest, county_id: int) -> dict[str, Any]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) and found.get("c") == county_id else {}


def hold(response: HttpResponseBase, what: Receipt | Held, *, fresh: bool = False) -> None:
    """From this answer on the browser holds the receipt, for half an hour; also of what has no case yet."""
    name = "h" if isinstance(what, Held) else "r"
    mark = signing.dumps({name: what.id, "c": what.county_id, "f": int(fresh)}, salt=SALT)
    response.set_cookie(
        COOKIE, mark, max_age=int(LASTS.total_seconds()), path=_path(what.county_id), httponly=True,
        samesite="Lax", secure=settings.HTTPS,
    )  # fmt: skip


def let_go(response: HttpResponseBase, county_id: int) -> None:
    """The browser holds nothing any more."""
    response.delete_cookie(COOKIE, path=_path(county_id), samesite="Lax")


def _path(county_id: int) -> str:
    return reverse("cases:follow", args=[county_id])
