"""Reading jobs: everybody sees their own, nobody another's."""

from collections.abc import Sequence
from dataclasses import dataclass

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import kind_title
from shanzhi.lib.errors import Invalid
from shanzhi.tenancy.ids import LARGEST, id_of

NOBODY = -1


@dataclass(frozen=True)
class JobPage:
    """A page of jobs, newest first, each with the title of its kind."""

    rows: Sequence[tuple[Job, str]]
    next_cursor: str | None = None
    previous_cursor: str | None = None

    @property
    def jobs(self) -> list[Job]:
        return [job for job, _ in self.rows]


def owner_id(actor: Actor) -> int:
    """Whose jobs an actor sees: the system's own are 0, and whoever did not sign in has none."""
    return NOBODY if actor.user_id is None else actor.user_id


def job_page_for(actor: Actor, *, after: str = "", before: str = "", limit: int = 50) -> JobPage:
    """The actor's jobs; `after` goes on to older ones, `before` back to newer ones."""
    found = Job.objects.filter(created_by=owner_id(actor))
    if before and not after:
        jobs = list(found.filter(id__gt=_cursor(before)).order_by("id")[: limit + 1])
        more, jobs = len(jobs) > limit, jobs[:limit][::-1]
        return JobPage(_titled(jobs), str(jobs[-1].id) if jobs else None, str(jobs[0].id) if more else None)
    if after:
        found = found.filter(id__lt=_cursor(after))
    jobs = list(found.order_by("-id")[: limit + 1])
    more, jobs = len(jobs) > limit, jobs[:limit]
    return JobPage(_titled(jobs), str(jobs[-1].id) if more else None, str(jobs[0].id) if after and jobs else None)


def _titled(jobs: Sequence[Job]) -> list[tuple[Job, str]]:
    return [(job, kind_title(job.kind)) for job in jobs]


def _cursor(text: str) -> int:
    number = id_of(text)
    if number is None:
        raise Invalid("翻页位置无效，请回到第一页再看。", code="cursor")
    return number


def job_get_for(actor: Actor, job_id: int) -> Job:
    """One of the actor's jobs; another's is not found, as one that does not exist."""
    job = Job.objects.filter(id=job_id, created_by=owner_id(actor)).first() if job_id <= LARGEST else None
    if job is None:
        raise not_found()
    return job
