"""Events that go up: declared in a lower app, taken up by `subscriptions.py` of an upper one, delivered at least once.

The event row and the queue's task are written in the transaction of what happened. Each (event, subscriber) pair is
delivered in one transaction with the subscriber's effect, so a redelivery does nothing. `sweep` queues again what
was not delivered within a minute.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.transaction import atomic
from django.utils import timezone
from django_q.tasks import async_task

from shanzhi.tenancy.context import county, current
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.models import OutboxDelivery, OutboxEvent

LATE: Final = timedelta(minutes=1)
TOGETHER: Final = 100


@dataclass(frozen=True)
class EventType:
    """A kind of event: `code` is `app.object.happened`, `doc` says when exactly it is written."""

    code: str
    doc: str


Handler = Callable[[OutboxEvent], None]
_subscribers: dict[str, dict[str, Handler]] = defaultdict(dict)


def subscribe(event: EventType) -> Callable[[Handler], Handler]:
    """Register a handler; its dotted name is its identity in the delivery table, so do not rename it lightly."""

    def register(handler: Handler) -> Handler:
        _subscribers[event.code][f"{handler.__module__}.{handler.__qualname__}"] = handler
        return handler

    return register


def emit(event: EventType, *, subject_id: int, at: datetime, **data: int | str) -> OutboxEvent:
    """Write an event in the caller's transaction; ids and codes only, never personal data."""
    row = OutboxEvent.objects.create(
        code=event.code,
        subject_id=subject_id,
        data=data,
        at=at,
        delivered_at=None if event.code in _subscribers else at,
    )
    if row.delivered_at is None:
        async_task("shanzhi.tenancy.outbox.deliver", row.id, row.county_id)
    return row


def emit_many(
    event: EventType, *, rows: Sequence[tuple[int, Mapping[str, int | str]]], at: datetime
) -> list[OutboxEvent]:
    """Write one event for each (subject id, data) of a bulk change, with one queue task for each 100 of them."""
    heard = event.code in _subscribers
    events = OutboxEvent.objects.bulk_create(
        OutboxEvent(code=event.code, subject_id=subject, data=dict(data), at=at, delivered_at=None if heard else at)
        for subject, data in rows
    )
    if heard:
        for start in range(0, len(events), TOGETHER):
            ids = [row.id for row in events[start : start + TOGETHER]]
            async_task("shanzhi.tenancy.outbox.deliver_many", ids, current())
    return events


def deliver_many(event_ids: Sequence[int], county_id: int) -> int:
    """Hand several events on, one after the other; a task that is killed leaves the rest to its next run."""
    return sum(deliver(event_id, county_id) for event_id in event_ids)


def deliver(event_id: int, county_id: int) -> int:
    """Hand an event to each subscriber that has not had it; returns how many took it up now."""
    done = 0
    with county(county_id, atomic=False):
        with atomic():
            event = OutboxEvent.objects.get(id=event_id)
        for name, handler in _subscribers[event.code].items():
            with atomic():
                if _first_delivery(event, name):
                    handler(event)
                    done += 1
        with atomic():
            OutboxEvent.objects.filter(id=event_id).update(delivered_at=timezone.now())
    return done


def _first_delivery(event: OutboxEvent, subscriber: str) -> bool:
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {OutboxDelivery._meta.db_table} (id, county_id, event_id, subscriber, at)"  # noqa: S608
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (county_id, event_id, subscriber) DO NOTHING",
            [new_id(), current(), event.id, subscriber, now],
        )
        return bool(cursor.rowcount == 1)


def sweep(*, at: datetime) -> int:
    """Queue the current county's late events again; returns how many."""
    late = list(OutboxEvent.objects.filter(delivered_at__isnull=True, at__lt=at - LATE).values_list("id", flat=True))
    for event_id in late:
        async_task("shanzhi.tenancy.outbox.deliver", event_id, current())
    return len(late)
