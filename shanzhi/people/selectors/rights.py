"""Who looked at a person, what was asked about the data, and everything that is kept, for the person themselves."""

from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.people.models import Look, Request, Resident
from shanzhi.people.permissions import RIGHTS
from shanzhi.tenancy.keyset import Order, Page, page_of

LOOKS: Final = Order("people.looks", ("at",), descending=True)
REQUESTS: Final = Order("people.requests", ("asked_at",), descending=True)
PRINTED: Final = 1000


def look_page(resident: Resident, *, cursor: str = "", size: int = 50) -> Page[Look]:
    """The newest first; the caller has found the resident within the scope."""
    return page_of(Look.objects.filter(resident_id=resident.id), LOOKS, cursor=cursor, size=size)


def looks_of(resident: Resident) -> list[Look]:
    """For paper: the newest thousand."""
    return list(Look.objects.filter(resident_id=resident.id).order_by("-at", "-id")[:PRINTED])


def request_page(actor: Actor, *, state: str = "", cursor: str = "", size: int = 50) -> Page[Request]:
    rows = Request.objects.filter(actor.scope(RIGHTS).q("path")).select_related("resident")
    if state in Request.State.values:
        rows = rows.filter(state=state)
    return page_of(rows, REQUESTS, cursor=cursor, size=size)


def request_get_for(actor: Actor, number: int) -> Request:
    row = Request.objects.select_related("resident").filter(id=number).first()
    if row is None or not actor.scope(RIGHTS).covers(row.path):
        raise not_found()
    return row


def requests_of(resident: Resident) -> list[Request]:
    return list(Request.objects.filter(resident=resident).order_by("-asked_at", "-id")[:50])
