"""A tracked model that is there on every database: an outbox event stands in for a record of an upper app."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db.transaction import atomic

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.tenancy.context import county, current
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.trail.models import Entry
from shanzhi.trail.services import record
from shanzhi.trail.trails import TRACKED, Tracked, track

START = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
FIELDS = ("code", "subject_id", "data", "at")


@contextmanager
def only_events_tracked() -> Iterator[Tracked]:
    """Other apps' models leave the registry for a while, and are put back."""
    kept = dict(TRACKED)
    TRACKED.clear()
    try:
        yield track(OutboxEvent, fields=FIELDS)
    finally:
        TRACKED.clear()
        TRACKED.update(kept)


def person(role: str = "audit_admin", *, user_id: int = 7, county_id: int | None = None) -> Actor:
    """Somebody with one post of this role at the county."""
    post = ActorPost(
        id=user_id * 10, role=role, label="岗位", area_id=1, area_path="0001", area_level="county", area_name="天长市"
    )
    return Actor(user_id=user_id, name="张小平", county_id=county_id or current(), posts=(post,))


def make_event(number: int = 1, *, code: str = "test.thing.made") -> OutboxEvent:
    """An unrecorded row."""
    at = START + timedelta(minutes=number)
    return OutboxEvent.objects.create(code=code, subject_id=number, data={"n": number}, at=at, delivered_at=at)


def recorded_event(number: int = 1, *, actor: Actor | None = None) -> tuple[OutboxEvent, Entry]:
    """A row with its entry, as a service would write them."""
    with atomic():
        row = make_event(number)
        at = START + timedelta(minutes=number)
        return row, record(actor=actor or person(), code="test.thing.made", obj=row, at=at)


def change(row: OutboxEvent, **fields: object) -> None:
    """Alter a row behind the services' back."""
    with county(row.county_id), atomic():
        OutboxEvent.objects.filter(id=row.id).update(**fields)
