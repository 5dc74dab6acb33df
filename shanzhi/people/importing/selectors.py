"""Lists that were sent, by whoever may import where they were sent for."""

import json
from collections.abc import Iterator

from shanzhi.access.actor import Actor
from shanzhi.jobs.models import Job
from shanzhi.lib.errors import NotFound
from shanzhi.people.models import RegisterFault, RegisterImport
from shanzhi.people.permissions import IMPORT
from shanzhi.tenancy.ids import LARGEST
from shanzhi.tenancy.keyset import Order, Page, page_of
from shanzhi.tenancy.models import CountyQuerySet

FAULTS_A_PAGE = 50
NEWEST = Order("people_imports", ("created_at",), descending=True)


def import_list_for(actor: Actor) -> CountyQuerySet[RegisterImport]:
    """Those of the actor's places and below; none for whoever may not import."""
    return RegisterImport.objects.filter(actor.scope(IMPORT).q("path"))  # type: ignore[return-value]


def import_page_for(actor: Actor, *, cursor: str = "") -> Page[RegisterImport]:
    return page_of(import_list_for(actor), NEWEST, cursor=cursor)


def import_get_for(actor: Actor, import_id: int) -> RegisterImport:
    rows = import_list_for(actor).select_related("file")
    found = rows.filter(id=import_id).first() if import_id <= LARGEST else None
    if found is None:
        raise NotFound
    return found


def import_job(sent: RegisterImport) -> Job | None:
    """The job of the step that the list is in, whoever started it."""
    return Job.objects.filter(id=sent.job_id).first() if sent.job_id else None


def faults_of(sent: RegisterImport, *, after: int = 0, limit: int = FAULTS_A_PAGE) -> list[RegisterFault]:
    """Bad rows behind a row's number, in the order of the list."""
    return list(RegisterFault.objects.filter(source=sent, number__gt=after).order_by("number")[:limit])


def fault_rows(sent: RegisterImport) -> Iterator[RegisterFault]:
    """All kept bad rows, a thousand at a time; each thousand is read before the next is asked for."""
    after = 0
    while batch := faults_of(sent, after=after, limit=1000):
        yield from batch
        after = batch[-1].number


def cells_of(fault: RegisterFault) -> list[str]:
    found: list[str] = json.loads(fault.raw)
    return found
