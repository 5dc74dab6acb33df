"""Writers, sealers and verifiers at the same time, each on a connection of its own."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.transaction import atomic

from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.trail.models import Entry, Salt, SealItem
from shanzhi.trail.sealing import seal_county
from shanzhi.trail.services import record
from shanzhi.trail.tests.factories import START, make_event, person, recorded_event
from shanzhi.trail.verifying import verify_county

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("counties", "events")]
A = 341181


def together(*works: Callable[[], None]) -> None:
    """Run all at once; an error in one fails the test."""
    errors: list[Exception] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            start.wait(10)
            work()
        except Exception as error:  # noqa: BLE001 - shown by the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []


def test_two_first_entries_of_an_object_agree_on_its_salt() -> None:
    with county(A), atomic():
        row = make_event()

    def write() -> None:
        with county(A), atomic():
            record(actor=person(), code="test.thing.seen", obj=row, at=START)

    together(write, write, write)
    with county(A):
        assert Salt.objects.count() == 1
        assert Entry.objects.count() == 3
        assert len({bytes(entry.digest) for entry in Entry.objects.all()}) == 1
    assert verify_county(A).clean


def test_a_verification_beside_writers_finds_nothing() -> None:
    with county(A):
        rows = [recorded_event(n)[0] for n in range(10)]
    seal_county(A, at=START)
    writing = threading.Event()
    writing.set()
    found: list[str] = []

    def write() -> None:
        for turn in range(40):
            with county(A), atomic():
                # the row is changed and recorded in one transaction, as every service does
                row = OutboxEvent.objects.select_for_update().get(id=rows[turn % 10].id)
                row.subject_id = 1000 + turn
                row.save()
                record(actor=person(), code="test.thing.changed", obj=row, at=START)
        writing.clear()

    def verify() -> None:
        while writing.is_set():
            found.extend(verify_county(A).findings)

    def seal() -> None:
        while writing.is_set():
            seal_county(A, at=START)

    together(write, verify, seal)
    assert found == []
    seal_county(A, at=START)
    assert verify_county(A).clean
    with county(A):
        assert SealItem.objects.count() == Entry.objects.count() == 50


def test_a_writer_does_not_wait_for_the_sealer() -> None:
    """Two writers of different objects commit while an entry stays open: the sealer takes what is in."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    opened, close = threading.Event(), threading.Event()

    def slow() -> None:
        with county(A), atomic():
            recorded_event(1)
            opened.set()
            close.wait(30)

    def others() -> None:
        opened.wait(30)
        with county(A):
            recorded_event(2)
        assert seal_county(A, at=START) == 1
        close.set()

    together(slow, others)
    assert seal_county(A, at=START) == 1
    assert verify_county(A).clean
