"""What the system administrator does with the log, and how long it is kept."""

from datetime import datetime, timedelta
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.exchange.models import HookDelivery
from shanzhi.exchange.selectors import delivery_get_for
from shanzhi.exchange.services.waking import wake
from shanzhi.lib.errors import Conflict
from shanzhi.tenancy.idempotency import claim

KEPT: Final = timedelta(days=180)
WAITS: Final = timedelta(days=30)  # for a hook that stays paused
_BATCH: Final = 1000
State = HookDelivery.State


def delivery_resend(
    *, actor: Actor, delivery_id: int, key: str | None = None, at: datetime | None = None
) -> HookDelivery:
    """Send again what has ended, from the first attempt on, with the words of then. Conflict for anything else."""
    row, at = delivery_get_for(actor, delivery_id), at or timezone.now()
    values = {"state": State.QUEUED, "attempts": 0, "next_at": at, "ended_at": None, "error": "", "answer": None}
    with atomic():
        body = {"delivery": delivery_id}
        if claim(key=key, actor=actor, operation="exchange.resend", body=body, result_id=row.id) is not None:
            return row
        if row.hook.removed_at is not None:
            raise Conflict("这个推送地址已经删除，不能再发。", code="hook_removed")
        ended = HookDelivery.objects.filter(id=row.id, state__in=[State.SENT, State.FAILED])
        if not ended.update(**values):
            raise Conflict("这一条还在推送，不用再发，请刷新后再看。", code="not_ended")
        wake()
    row.refresh_from_db()
    return row


def deliveries_purge(*, at: datetime) -> int:
    """Drop what ended half a year ago, and what a paused hook has left waiting for a month; returns how many."""
    dropped = 0
    for rows in (
        HookDelivery.objects.filter(ended_at__lt=at - KEPT),
        HookDelivery.objects.filter(state=State.QUEUED, created_at__lt=at - WAITS),
    ):
        more = True
        while more:
            with atomic():
                ids = list(rows.values_list("id", flat=True)[:_BATCH])
                dropped += HookDelivery.objects.filter(id__in=ids).delete()[0]
            more = len(ids) == _BATCH
    return dropped
