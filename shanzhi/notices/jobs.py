"""Recurring work on notices, and the round that somebody waits for."""

from datetime import datetime

from django.utils import timezone

from shanzhi.jobs.registry import every
from shanzhi.notices.services import deliveries_purge, deliveries_send, notices_plan, notices_sweep
from shanzhi.notices.services.waking import wake_alone
from shanzhi.tenancy.context import county


@every(24 * 60, title="清理旧通知")
def sweep_notices(at: datetime) -> int:
    return notices_sweep(at=at) + deliveries_purge(at=at)


@every(1, title="发送消息")
def deliver(at: datetime) -> int:
    return _round(at)


def deliver_now(county_id: int) -> int:
    """A round for one county, called by the queue."""
    with county(county_id, atomic=False):
        return _round(timezone.now())


def _round(at: datetime) -> int:
    """Decide for new notices, send what is due; if there is more than a round's worth, another round follows."""
    notices_plan(at=at)
    sent = deliveries_send(at=at)
    if sent.more:
        wake_alone()
    return sent.attempts
