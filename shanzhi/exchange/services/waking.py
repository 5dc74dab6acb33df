"""Telling the worker that something waits which shall not wait for the next round."""

from typing import Final

from django.db.transaction import atomic
from django_q.tasks import async_task

from shanzhi.tenancy.context import current

ROUND: Final = "shanzhi.exchange.jobs.send_now"


def wake() -> None:
    """One statement in the caller's transaction: rolled back, nobody is woken."""
    async_task(ROUND, current())


def wake_alone() -> None:
    """The same outside of any transaction."""
    with atomic():
        wake()
