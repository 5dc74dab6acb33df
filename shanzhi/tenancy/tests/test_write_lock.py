"""Writers of one process go one after another, in the order they came."""

import threading
import time

import pytest
from django.db import connection, transaction

from shanzhi.tenancy.backends.sqlite.base import FairLock
from shanzhi.tenancy.models import County


def test_first_come_first_served() -> None:
    lock, order, ready = FairLock(), [], []
    assert lock.acquire(1)

    def wait(number: int) -> None:
        assert lock.acquire(5)
        order.append(number)
        lock.release()

    for number in range(6):
        thread = threading.Thread(target=wait, args=(number,))
        thread.start()
        ready.append(thread)
        while len(lock._waiting) <= number:
            time.sleep(0.001)
    lock.release()
    for thread in ready:
        thread.join()
    assert order == list(range(6))


def test_who_waited_too_long_leaves_the_queue() -> None:
    lock = FairLock()
    assert lock.acquire(1)
    assert not lock.acquire(0.01)
    lock.release()
    assert lock.acquire(0.01)


@pytest.mark.django_db(transaction=True)
def test_many_writers_all_get_through_and_none_is_lost() -> None:
    County.objects.create(id=341181, code="341181", name="0", joined_at="2026-01-01T00:00:00Z")
    failed: list[BaseException] = []

    def add() -> None:
        try:
            for _ in range(20):
                with transaction.atomic():
                    row = County.objects.select_for_update().get(id=341181)
                    row.name = str(int(row.name) + 1)
                    row.save()
        except BaseException as error:  # noqa: BLE001
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert County.objects.get(id=341181).name == "120"


@pytest.mark.django_db(transaction=True)
def test_a_failed_transaction_gives_the_lock_back() -> None:
    for _ in range(3):
        with pytest.raises(RuntimeError), transaction.atomic():
            County.objects.create(id=341181, code="341181", name="x", joined_at="2026-01-01T00:00:00Z")
            raise RuntimeError
    assert not County.objects.exists()
