"""What the system administrator does with the log, and how long it is kept."""

from datetime import datetime, timedelta
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Conflict
from shanzhi.notices.models import Delivery
from shanzhi.notices.selectors.deliveries import delivery_get_for
from shanzhi.notices.services.waking import wake

KEPT: Final = timedelta(days=180)
SKIPPED_KEPT: Final = timedelta(days=30)
_BATCH: Final = 1000


def delivery_retry(*, actor: Actor, delivery_id: int, at: datetime | None = None) -> Delivery:
    """Tries again what was given up, from the first attempt on. Conflict for anything else, and when done twice."""
    row = delivery_get_for(actor=actor, delivery_id=delivery_id)
    at = at or timezone.now()
    values = {"state": Delivery.State.QUEUED, "attempts": 0, "next_at": at, "ended_at": None, "error": ""}
    with atomic():
        free = Delivery.objects.filter(id=row.id, state=Delivery.State.FAILED)
        if not row.may_be_retried or not free.update(**values):
            raise Conflict("这条消息不是“没有发出”的状态，不用再发，请刷新后再看。", code="not_failed")
        wake()
    row.refresh_from_db()
    return row


def deliveries_purge(*, at: datetime) -> int:
    """Drops from the current county's log what ended half a year ago, and what was left out a month ago."""
    dropped = 0
    old = Delivery.objects.filter(ended_at__lt=at - KEPT)
    left_out = Delivery.objects.filter(ended_at__lt=at - SKIPPED_KEPT, state=Delivery.State.SKIPPED)
    for rows in (left_out, old):
        more = True
        while more:
            with atomic():
                ids = list(rows.values_list("id", flat=True)[:_BATCH])
                dropped += Delivery.objects.filter(id__in=ids).delete()[0]
            more = len(ids) == _BATCH
    return dropped
