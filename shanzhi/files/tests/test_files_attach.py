"""A photo is attached once: all of them or none, only one's own, never twice."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from shanzhi.access.actor import Actor
from shanzhi.files import storage
from shanzhi.files.models import StoredFile
from shanzhi.files.selectors import photo_strip
from shanzhi.files.services import files_attach
from shanzhi.files.tests.factories import NOW, OWNER_TYPE, draft, person, record_of_something
from shanzhi.lib.errors import Conflict, DomainError, Forbidden, Invalid
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.members import unpack
from shanzhi.trail.models import Batch, Entry


def test_drafts_become_the_owners_photos(county_a):
    owner, drafts = record_of_something(), [draft(seed=seed) for seed in range(3)]
    attached = files_attach(actor=person(), ids=[file.id for file in reversed(drafts)], owner=owner, at=NOW)
    assert [file.id for file in attached] == [file.id for file in drafts]
    assert {(file.owner_type, file.owner_id) for file in attached} == {(OWNER_TYPE, owner.id)}
    assert not any(file.is_draft for file in attached)
    assert attached[0].path(storage.THUMB).exists()


def test_it_is_written_down_once_for_all(county_a):
    owner, drafts = record_of_something(), [draft(seed=seed) for seed in range(3)]
    files_attach(actor=person(), ids=[file.id for file in drafts], owner=owner, at=NOW)
    entry = Entry.objects.get(code="files.file.attached")
    members = list(unpack(bytes(Batch.objects.get(entry_id=entry.id).members)))
    assert [member.object_id for member in members] == [file.id for file in drafts]
    assert (entry.actor_id, entry.size) == (501, 3)


def test_no_ids_cost_nothing(county_a):
    with CaptureQueriesContext(connection) as caught:
        assert files_attach(actor=person(), ids=[], owner=record_of_something()) == []
    assert len([row for row in caught if "files_storedfile" in row["sql"]]) == 0


def test_statements_do_not_grow_with_photos(county_a):
    counts = []
    for number in (1, 9):
        owner, ids = record_of_something(), [draft(seed=seed).id for seed in range(number)]
        with CaptureQueriesContext(connection) as caught:
            files_attach(actor=person(), ids=ids, owner=owner)
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 8


def _refused(error, **call):
    before = list(StoredFile.objects.order_by("id").values_list("id", "owner_id"))
    with pytest.raises(error) as refusal:
        files_attach(**call)
    assert list(StoredFile.objects.order_by("id").values_list("id", "owner_id")) == before
    return refusal.value


def test_an_id_that_was_used_is_refused_with_all_others(county_a):
    owner, used, fresh = record_of_something(), draft(seed=1), draft(seed=2)
    files_attach(actor=person(), ids=[used.id], owner=owner)
    for next_owner in (owner, record_of_something()):
        error = _refused(Conflict, actor=person(), ids=[fresh.id, used.id], owner=next_owner)
        assert error.code == "photo_gone"


def test_anothers_draft_is_refused(county_a):
    theirs, mine = draft(person(502)), draft()
    _refused(Conflict, actor=person(), ids=[mine.id, theirs.id], owner=record_of_something())


def test_an_id_that_never_was_is_refused(county_a):
    _refused(Conflict, actor=person(), ids=[12345], owner=record_of_something())


def test_another_countys_draft_is_refused(county_a, county_b):
    with county(county_b.id):
        elsewhere = draft(person(county_id=county_b.id))
    _refused(Conflict, actor=person(), ids=[elsewhere.id], owner=record_of_something())


def test_anonymous_attaches_nothing(county_a):
    _refused(Forbidden, actor=Actor.anonymous(341181), ids=[draft().id], owner=record_of_something())


def test_nine_in_all_not_nine_each_time(county_a):
    owner = record_of_something()
    files_attach(actor=person(), ids=[draft(seed=seed).id for seed in range(8)], owner=owner)
    error = _refused(Invalid, actor=person(), ids=[draft(seed=seed).id for seed in (20, 21, 22)], owner=owner)
    assert (error.code, error.message) == ("photo_count", "最多 9 张照片，请去掉 2 张。")
    files_attach(actor=person(), ids=[draft(seed=30).id], owner=owner)


def test_the_same_id_twice_counts_once(county_a):
    file = draft()
    assert len(files_attach(actor=person(), ids=[file.id, file.id], owner=record_of_something(), limit=1)) == 1


def test_a_record_that_is_not_saved_keeps_its_photos_as_drafts(county_a):
    file = draft()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        files_attach(actor=person(), ids=[file.id], owner=record_of_something())
        raise ZeroDivisionError
    assert StoredFile.objects.get(id=file.id).is_draft


def test_strip_is_one_statement_for_any_number_of_owners(county_a, county_b):
    owners = [record_of_something() for _ in range(5)]
    for number, owner in enumerate(owners[:4]):
        files_attach(actor=person(), ids=[draft(seed=seed).id for seed in range(number)], owner=owner)
    with CaptureQueriesContext(connection) as caught:
        strips = photo_strip(OWNER_TYPE, [owner.id for owner in owners])
    assert len(caught) == 1
    assert {owner_id: len(files) for owner_id, files in strips.items()} == {
        owners[1].id: 1, owners[2].id: 2, owners[3].id: 3,
    }  # fmt: skip
    assert all(files == sorted(files, key=lambda file: file.id) for files in strips.values())
    with CaptureQueriesContext(connection) as caught:
        assert photo_strip(OWNER_TYPE, []) == {}
    assert len(caught) == 0
    with county(county_b.id):
        assert photo_strip(OWNER_TYPE, [owner.id for owner in owners]) == {}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_only_one_gets_the_photo(disk):
    County.objects.create(id=341181, code="341181", name="天长市", joined_at=NOW)
    with county(341181):
        file, owners = draft(), [record_of_something(), record_of_something()]
    results, gate = [], threading.Barrier(2)

    def attach(owner):
        try:
            with county(341181):
                gate.wait(5)
                files_attach(actor=person(), ids=[file.id], owner=owner)
            results.append("ok")
        except DomainError as error:
            results.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=attach, args=(owner,)) for owner in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["ok", "photo_gone"]
    with county(341181):
        assert StoredFile.objects.get(id=file.id).owner_id in {owner.id for owner in owners}
