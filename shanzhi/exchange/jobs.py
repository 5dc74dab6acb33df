"""Recurring work of the exchange, and the round that somebody waits for."""

from datetime import datetime

from django.utils import timezone

from shanzhi.exchange.open311.submitting import submissions_purge
from shanzhi.exchange.services import deliveries_purge, deliveries_send
from shanzhi.exchange.services.waking import wake_alone
from shanzhi.jobs.registry import every
from shanzhi.tenancy.context import county


@every(24 * 60, title="清理旧的推送记录")
def sweep_exchange(at: datetime) -> int:
    return deliveries_purge(at=at) + submissions_purge(at=at)


@every(1, title="推送状态变动")
def send(at: datetime) -> int:
    return _round(at)


def send_now(county_id: int) -> int:
    """A round for one county, called by the queue."""
    with county(county_id, atomic=False):
        return _round(timezone.now())


def _round(at: datetime) -> int:
    """If there is more than a round's worth, another round follows."""
    sent = deliveries_send(at=at)
    if sent.more:
        wake_alone()
    return sent.attempts
