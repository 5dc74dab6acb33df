"""Reading jobs: everybody sees their own, nobody another's."""

from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.jobs.models import Job
from shanzhi.tenancy.ids import LARGEST
from shanzhi.tenancy.keyset import SIZE, Order, Page, page_of

NOBODY: Final = -1
NEWEST: Final = Order("jobs", descending=True)


def owner_id(actor: Actor) -> int:
    """Whose jobs an actor sees: the system's own are 0, and whoever did not sign in has none."""
    return NOBODY if actor.user_id is None else actor.user_id


def job_page_for(actor: Actor, *, cursor: str = "", size: int = SIZE) -> Page[Job]:
    """The actor's jobs, newest first."""
    return page_of(Job.objects.filter(created_by=owner_id(actor)), NEWEST, cursor=cursor, size=size)


def job_get_for(actor: Actor, job_id: int) -> Job:
    """One of the actor's jobs; another's is not found, as one that does not exist."""
    job = Job.objects.filter(id=job_id, created_by=owner_id(actor)).first() if job_id <= LARGEST else None
    if job is None:
        raise not_found()
    return job
