"""Files of divisions that a county sent."""

from collections.abc import Iterator

from shanzhi.access.actor import Actor
from shanzhi.areas.models import DivisionImport, ImportFault
from shanzhi.areas.permissions import MANAGE
from shanzhi.jobs.models import Job
from shanzhi.lib.errors import NotFound
from shanzhi.tenancy.models import CountyQuerySet

FAULTS_A_PAGE = 50
LARGEST = 2**63


def import_list_for(actor: Actor) -> CountyQuerySet[DivisionImport]:
    """Every file of the county, newest first, for who may import; none for others."""
    rows = DivisionImport.objects.order_by("-created_at", "-id")
    return rows if actor.can(MANAGE) else rows.none()  # type: ignore[return-value]


def import_get_for(actor: Actor, import_id: int) -> DivisionImport:
    found = import_list_for(actor).select_related("file").filter(id=import_id).first() if import_id < LARGEST else None
    if found is None:
        raise NotFound
    return found


def import_job(source: DivisionImport) -> Job | None:
    """The job of the step that the file is in, whoever started it."""
    return Job.objects.filter(id=source.job_id).first() if source.job_id else None


def faults_of(source: DivisionImport, *, after: int = 0, limit: int = FAULTS_A_PAGE) -> list[ImportFault]:
    """Bad rows behind a line number, in the order of the file."""
    return list(ImportFault.objects.filter(source=source, number__gt=after).order_by("number")[:limit])


def fault_rows(source: DivisionImport) -> Iterator[ImportFault]:
    """All kept bad rows, a thousand at a time; each batch is read before the next is asked for."""
    after = 0
    while batch := faults_of(source, after=after, limit=1000):
        yield from batch
        after = batch[-1].number
