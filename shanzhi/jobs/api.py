"""One's own background work through the API."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header, Path, Query, Router, Status

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, Problem, actor_of, operation
from shanzhi.access.permissions import SELF
from shanzhi.jobs.schemas import JobListOut, JobOut
from shanzhi.jobs.selectors import job_get_for, job_page_for
from shanzhi.jobs.services import job_cancel, trail_check_start
from shanzhi.trail.permissions import VIEW

router = Router(tags=["jobs"])


@router.get("jobs", response={200: JobListOut, **REFUSALS, 422: Problem}, operation_id="job_list")
@operation(SELF)
def job_list(
    request: HttpRequest,
    county: Path[int],
    after: After = "",
    size: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Any:
    """One's own jobs, newest first."""
    page = job_page_for(actor_of(request), cursor=after, size=size)
    return JobListOut.of(page)


@router.get("jobs/{int:job_id}", response={200: JobOut, **REFUSALS}, operation_id="job_get")
@operation(SELF, object=True)
def job_get(request: HttpRequest, county: Path[int], job_id: int) -> Any:
    """One of one's own jobs; ask again every two seconds while its state is queued or running."""
    return JobOut.of(job_get_for(actor_of(request), job_id))


@router.post("jobs/{int:job_id}/cancellations", response={202: JobOut, **WRITE_REFUSALS}, operation_id="job_cancel")
@operation(SELF, object=True)
def cancellation_create(request: HttpRequest, county: Path[int], job_id: int) -> Any:
    """Cancel a job: at once while it waits, at its next step while it runs; 409 when it has ended."""
    actor = actor_of(request)
    return Status(202, JobOut.of(job_cancel(actor=actor, job=job_get_for(actor, job_id))))


@router.post("trail/checks", response={202: JobOut, **WRITE_REFUSALS}, operation_id="trail_check_create")
@operation(VIEW)
def trail_check_create(
    request: HttpRequest,
    county: Path[int],
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Any:
    """Start a verification of the whole trail; while one of one's own is under way, that one is the answer."""
    return Status(202, JobOut.of(trail_check_start(actor=actor_of(request), key=idempotency_key)))
