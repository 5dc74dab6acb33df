"""Jobs on the wire."""

from datetime import datetime
from typing import Any

from ninja import Schema

from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import kind_title
from shanzhi.tenancy.keyset import Page


class JobOut(Schema):
    """A job; `state` is queued, running, done, failed or cancelled. `total` is 0 while it is not known."""

    id: str
    kind: str
    title: str
    state: str
    done: int
    total: int
    result: dict[str, Any] | None
    error: str
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> "JobOut":
        return cls(
            id=str(job.id),
            kind=job.kind,
            title=kind_title(job.kind),
            state=job.state,
            done=job.done,
            total=job.total,
            result=job.result,
            error=job.error,
            cancel_requested=job.cancel_requested,
            created_at=job.created_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
        )


class JobListOut(Schema):
    """A page of jobs; `next` is the value of `after` for the next one."""

    items: list[JobOut]
    next: str | None

    @classmethod
    def of(cls, page: Page[Job]) -> "JobListOut":
        return cls(items=[JobOut.of(job) for job in page.rows], next=page.next_cursor)
