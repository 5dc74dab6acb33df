"""Events: written with what happened, taken up once by each subscriber, found again when the queue lost them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.transaction import atomic
from django.utils import timezone
from django_q.models import OrmQ

from shanzhi.tenancy import outbox
from shanzhi.tenancy.context import current
from shanzhi.tenancy.models import County, OutboxDelivery, OutboxEvent
from shanzhi.tenancy.outbox import EventType, deliver, emit, subscribe, sweep

HAPPENED = EventType("tenancy.test.happened", "only in this test")
LONELY = EventType("tenancy.test.lonely", "nobody subscribes")
taken: list[tuple[int, int]] = []
fail = False


def first(event: OutboxEvent) -> None:
    taken.append((1, event.subject_id))


def second(event: OutboxEvent) -> None:
    if fail:
        raise RuntimeError("the second subscriber fails")
    assert current() == event.county_id
    taken.append((2, event.subject_id))


@pytest.fixture(autouse=True)
def _subscribed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(outbox._subscribers, HAPPENED.code, {})
    subscribe(HAPPENED)(first)
    subscribe(HAPPENED)(second)
    taken.clear()
    yield
    globals()["fail"] = False


def happen() -> OutboxEvent:
    with atomic():
        return emit(HAPPENED, subject_id=5, at=timezone.now(), step=9)


def test_each_subscriber_takes_it_up_once(county_a: County) -> None:
    event = happen()
    assert OrmQ.objects.count() == 1
    assert deliver(event.id, event.county_id) == 2
    assert deliver(event.id, event.county_id) == 0
    assert sorted(taken) == [(1, 5), (2, 5)]
    assert OutboxEvent.objects.get().delivered_at is not None


def test_what_failed_is_delivered_again_and_what_succeeded_is_not(county_a: County) -> None:
    event = happen()
    globals()["fail"] = True
    with pytest.raises(RuntimeError):
        deliver(event.id, event.county_id)
    assert OutboxEvent.objects.get().delivered_at is None
    globals()["fail"] = False
    assert deliver(event.id, event.county_id) == 1
    assert taken == [(1, 5), (2, 5)]
    assert OutboxDelivery.objects.count() == 2


def test_an_event_without_subscribers_is_kept_and_not_queued(county_a: County) -> None:
    with atomic():
        emit(LONELY, subject_id=1, at=timezone.now())
    assert OutboxEvent.objects.get().delivered_at is not None
    assert not OrmQ.objects.exists()


def test_a_rolled_back_act_leaves_no_event_and_no_task(county_a: County) -> None:
    with pytest.raises(RuntimeError), atomic():
        emit(HAPPENED, subject_id=5, at=timezone.now())
        raise RuntimeError
    assert not OutboxEvent.objects.exists()
    assert not OrmQ.objects.exists()


def test_the_sweep_finds_what_the_queue_lost(county_a: County) -> None:
    event = happen()
    OrmQ.objects.all().delete()
    assert sweep(at=timezone.now()) == 0
    assert sweep(at=timezone.now() + timedelta(minutes=2)) == 1
    assert OrmQ.objects.count() == 1
    deliver(event.id, event.county_id)
    assert sweep(at=timezone.now() + timedelta(minutes=2)) == 0
