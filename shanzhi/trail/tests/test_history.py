"""Any history of honest acts verifies; one dishonest change anywhere in it is found and named."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.tenancy.models import County, OutboxEvent
from shanzhi.trail.models import Entry, Salt
from shanzhi.trail.sealing import seal_county
from shanzhi.trail.services import forget, record, record_bulk
from shanzhi.trail.tests.factories import START, make_event, person
from shanzhi.trail.verifying import verify_county

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("events")]
A = 341181
ACTS = st.lists(
    st.tuples(st.sampled_from(["make", "change", "bulk", "forget", "seal"]), st.integers(0, 9)), min_size=1, max_size=14
)
SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Undo(Exception):
    """Ends an example; what it wrote is rolled back."""


@pytest.fixture(autouse=True)
def _no_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples are rolled back, files are not."""
    monkeypatch.setattr("shanzhi.trail.sealing.copy_out", lambda county_id: 0)
    monkeypatch.setattr("shanzhi.trail.verifying._compare", lambda *args, **kwargs: None)


class History:
    """Honest acts on rows, as services would do them."""

    def __init__(self) -> None:
        self.rows: list[OutboxEvent] = []
        self.erased = 0
        self.actor = person()

    def act(self, what: str, which: int) -> None:
        if what == "seal":
            seal_county(A, at=START)
        elif what == "make" or not self.rows:
            self.rows.append(make_event(which))
            record(actor=self.actor, code="test.thing.made", obj=self.rows[-1], at=START)
        elif what == "change":
            row = self.rows[which % len(self.rows)]
            row.subject_id += 1
            row.save()
            record(actor=self.actor, code="test.thing.changed", obj=row, at=START)
        elif what == "bulk":
            for row in self.rows:
                row.data = {"n": which}
                row.save()
            record_bulk(actor=self.actor, code="test.things.changed", objs=self.rows, at=START)
        else:
            row = self.rows.pop(which % len(self.rows))
            forget(actor=self.actor, code="test.thing.erased", obj=row, at=START)
            row.delete()
            self.erased += 1


@SLOW
@given(acts=ACTS)
def test_an_honest_history_verifies(acts: list[tuple[str, int]], county_a: County) -> None:
    with pytest.raises(Undo), transaction.atomic():
        history = History()
        for what, which in acts:
            history.act(what, which)
        report = verify_county(A)
        assert report.findings == []
        assert (report.objects, report.erased) == (len(history.rows), history.erased)
        assert report.entries == Entry.objects.count()
        assert Salt.objects.count() == len(history.rows)
        raise Undo


@SLOW
@given(acts=ACTS, which=st.integers(0, 9), how=st.sampled_from(["change", "remove", "add", "salt"]))
def test_one_dishonest_change_is_found_and_named(
    acts: list[tuple[str, int]], which: int, how: str, county_a: County
) -> None:
    with pytest.raises(Undo), transaction.atomic():
        history = History()
        history.act("make", 1)
        for what, number in acts:
            history.act(what, number)
        victims = history.rows or [make_event(3)]
        victim = victims[which % len(victims)]
        if history.rows:
            _tamper(victim, how)
        victim_id = make_event(4).id if how == "add" and history.rows else victim.id
        report = verify_county(A)
        assert len(report.findings) == 1
        assert str(victim_id) in report.findings[0]
        raise Undo


def _tamper(row: OutboxEvent, how: str) -> None:
    found = OutboxEvent.objects.filter(id=row.id)
    if how == "change":
        found.update(subject_id=row.subject_id + 77)
    elif how == "remove":
        found.delete()
    elif how == "salt":
        Salt.objects.filter(object_id=row.id).delete()
