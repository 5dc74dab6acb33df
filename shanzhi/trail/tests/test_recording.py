from datetime import timedelta, timezone

import pytest
from django.db import IntegrityError, connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from shanzhi.tenancy.context import NoCounty
from shanzhi.tenancy.models import County, IdempotencyKey, OutboxEvent
from shanzhi.trail.members import members_root, unpack
from shanzhi.trail.models import Batch, Entry, Salt
from shanzhi.trail.services import forget, record, record_bulk
from shanzhi.trail.tests.factories import START, make_event, person, recorded_event
from shanzhi.trail.trails import ERASED, TRACKED, Tracked, track, tracked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county_a", "events")]


def test_an_entry_says_who_did_what_to_which_object() -> None:
    row = make_event()
    entry = record(actor=person(user_id=7), code="test.thing.made", obj=row, at=START)
    entry.refresh_from_db()
    assert (entry.county_id, entry.actor_id, entry.post_id, entry.code) == (341181, 7, 70, "test.thing.made")
    assert (entry.object_type, entry.object_id, entry.version, entry.size) == ("tenancy.outboxevent", row.id, 0, 0)
    assert entry.at == START
    assert bytes(entry.leaf) == entry.computed_leaf()


def test_a_record_of_a_new_and_of_a_known_object_takes_two_statements() -> None:
    row, actor = make_event(), person()
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            record(actor=actor, code="test.thing.made", obj=row, at=START)
        assert len([q for q in asked if "SAVEPOINT" not in q["sql"]]) == 2
    assert Salt.objects.count() == 1


def test_the_digest_is_that_of_the_row_as_the_database_holds_it(events: Tracked) -> None:
    row, entry = recorded_event()
    salt = bytes(Salt.objects.get(object_id=row.id).value)
    read_back = OutboxEvent.objects.get(id=row.id)
    assert events.digest(read_back, salt) == bytes(entry.digest)
    read_back.at = read_back.at.astimezone(timezone(timedelta(hours=8)))
    assert events.digest(read_back, salt) == bytes(entry.digest)


def test_each_declared_field_counts_and_no_other(events: Tracked) -> None:
    row, entry = recorded_event()
    salt = bytes(Salt.objects.get(object_id=row.id).value)
    row.delivered_at = None
    assert events.digest(row, salt) == bytes(entry.digest)
    for name, value in {"code": "x", "subject_id": 9, "data": {"n": 2}, "at": START}.items():
        changed = OutboxEvent.objects.get(id=row.id)
        setattr(changed, name, value)
        assert events.digest(changed, salt) != bytes(entry.digest), name


def test_equal_rows_have_different_digests_so_nobody_can_guess_them() -> None:
    assert bytes(recorded_event(1)[1].digest) != bytes(recorded_event(1)[1].digest)


def test_an_expression_is_refused_because_it_is_not_what_the_row_holds() -> None:
    row = make_event()
    row.subject_id = F("subject_id") + 1
    with pytest.raises(TypeError, match="expression"):
        record(actor=person(), code="test.thing.made", obj=row, at=START)
    assert not Entry.objects.exists()


def test_a_model_that_nobody_tracks_is_a_programming_error() -> None:
    with pytest.raises(LookupError, match=r"trails\.py"):
        tracked(IdempotencyKey)
    with pytest.raises(ValueError, match="twice"):
        track(OutboxEvent, fields=("code",))
    with pytest.raises(ValueError, match="empty"):
        track(IdempotencyKey, fields=())
    assert list(TRACKED) == ["tenancy.outboxevent"]


@pytest.mark.parametrize("size", [1, 2, 1000, 1001])
def test_a_bulk_act_is_one_entry_for_a_thousand_rows(size: int, events: Tracked) -> None:
    rows = OutboxEvent.objects.bulk_create(
        [OutboxEvent(code="t", subject_id=n, data={}, at=START) for n in range(size)]
    )
    with CaptureQueriesContext(connection) as asked:
        entries = record_bulk(actor=person(), code="test.things.made", objs=rows[::-1], at=START)
    assert [entry.size for entry in entries] == [1000] * (size // 1000) + ([size % 1000] if size % 1000 else [])
    assert len([q for q in asked if "SAVEPOINT" not in q["sql"]]) == 3 * len(entries)
    batch = Batch.objects.get(entry_id=entries[0].id)
    members = list(unpack(bytes(batch.members)))
    assert [member.object_id for member in members] == sorted(row.id for row in rows)[:1000]
    assert members_root(bytes(batch.members)) == bytes(entries[0].digest)
    salts = dict(Salt.objects.values_list("object_id", "value"))
    by_id = {row.id: row for row in rows}
    first = members[0]
    assert first.digest == events.digest(by_id[first.object_id], bytes(salts[first.object_id]))


def test_a_bulk_act_on_nothing_writes_nothing() -> None:
    assert record_bulk(actor=person(), code="test.things.made", objs=[], at=START) == []
    assert not Entry.objects.exists()


def test_a_lawful_deletion_destroys_the_salt_and_says_so() -> None:
    row, _ = recorded_event()
    entry = forget(actor=person(), code="test.thing.erased", obj=row, at=START)
    assert bytes(entry.digest) == ERASED
    assert not Salt.objects.exists()
    assert Entry.objects.count() == 2


def test_rows_of_another_county_are_not_recorded_here(county_b: County) -> None:
    row = make_event()
    row.county_id = county_b.id
    with pytest.raises(NoCounty):
        record(actor=person(), code="test.thing.made", obj=row, at=START)
    with pytest.raises(NoCounty):
        record_bulk(actor=person(), code="test.thing.made", objs=[row], at=START)
    assert not Entry.objects.exists()


def test_the_same_salt_serves_an_object_for_life() -> None:
    row, _ = recorded_event()
    before = bytes(Salt.objects.get(object_id=row.id).value)
    record(actor=person(), code="test.thing.changed", obj=row, at=START)
    assert bytes(Salt.objects.get(object_id=row.id).value) == before
    with pytest.raises(IntegrityError):
        Salt.objects.create(object_type="tenancy.outboxevent", object_id=row.id, value=b"x" * 16)
