"""From notices to deliveries: in the worker, some hundred at a time, never in the transaction of whoever told."""

from datetime import datetime
from typing import Final

from django.db.transaction import atomic

from shanzhi.notices.channels.registry import open_channels
from shanzhi.notices.deciding import STALE, Reason, Verdict, verdict
from shanzhi.notices.models import Delivery, Notice, Preference
from shanzhi.notices.selectors.deliveries import unplanned
from shanzhi.notices.selectors.people import People, people_of
from shanzhi.notices.topics import SYSTEM, TOPICS

BATCH: Final = 300


def notices_plan(*, at: datetime) -> int:
    """Decide for each new notice of the current county where else it goes; returns how many were decided.

    Done by two workers at once, or again after a killed one, each (notice, channel) still has one delivery.
    """
    done, more = 0, True
    while more:
        with atomic():
            notices = unplanned(limit=BATCH)
            people = people_of({row.recipient_id for row in notices}, at=at)
            rows = [row for notice in notices for row in _deliveries(notice, people, at)]
            Delivery.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
            ids = [row.id for row in notices]
            Notice.objects.filter(id__in=ids).update(planned=True)
        done += len(notices)
        more = len(notices) == BATCH
    return done


def _deliveries(notice: Notice, people: People, at: datetime) -> list[Delivery]:
    """A row for each open channel that the person wants, or switched off; none for what nobody ever asked for."""
    preference = people.preference(notice.recipient_id)
    return [
        _delivery(notice, channel, _verdict(notice, channel, people, preference, at), at)
        for channel in open_channels()
        if _concerns(notice, channel, preference)
    ]


def _concerns(notice: Notice, channel: str, preference: Preference) -> bool:
    about = TOPICS.get(notice.topic) or TOPICS[SYSTEM]
    return channel in about.channels or preference.wants(about, channel)


def _verdict(notice: Notice, channel: str, people: People, preference: Preference, at: datetime) -> Verdict:
    if at - notice.created_at > STALE:
        return Verdict(Reason.LATE)
    return verdict(
        channel=channel,
        topic=notice.topic,
        urgent=notice.urgent,
        at=at,
        preference=preference,
        address=people.addresses.get((notice.recipient_id, channel)),
        on_duty=notice.recipient_id in people.on_duty,
        read=notice.read_at is not None,
    )


def _delivery(notice: Notice, channel: str, found: Verdict, at: datetime) -> Delivery:
    waits = found.goes or found.waits
    return Delivery(
        notice=notice,
        event_id=notice.event_id,
        recipient_id=notice.recipient_id,
        channel=channel,
        topic=notice.topic,
        urgent=notice.urgent,
        state=Delivery.State.QUEUED if waits else Delivery.State.SKIPPED,
        reason=found.reason,
        next_at=(found.until or at) if waits else None,
        created_at=at,
        ended_at=None if waits else at,
    )
