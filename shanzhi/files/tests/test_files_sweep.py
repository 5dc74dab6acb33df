"""The sweep takes what nobody uses, and nothing else."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.files import storage
from shanzhi.files.models import StoredFile
from shanzhi.files.services import _drop, files_attach, files_sweep, upload_store
from shanzhi.files.tests import pictures
from shanzhi.files.tests.factories import NOW, draft, person, record_of_something
from shanzhi.jobs.registry import PERIODICS
from shanzhi.jobs.runner import run_periodic
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Entry, Salt
from shanzhi.trail.verifying import verify_county

DAY = timedelta(days=1)


def age(path, days):
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def test_a_draft_lives_for_a_day(county_a):
    old, young = draft(seed=1, at=NOW - DAY - timedelta(seconds=1)), draft(seed=2, at=NOW - DAY + timedelta(seconds=1))
    assert files_sweep(at=NOW)[0] == 1
    assert list(StoredFile.objects.values_list("id", flat=True)) == [young.id]
    assert not old.path().exists()
    assert not old.path(storage.THUMB).exists()
    assert young.path(storage.THUMB).exists()


def test_dropping_is_written_down_and_the_salt_destroyed(county_a):
    old = draft(at=NOW - 2 * DAY)
    files_sweep(at=NOW)
    entry = Entry.objects.filter(object_id=old.id).latest("id")
    assert (entry.code, entry.actor_id) == ("files.file.dropped", 0)
    assert not Salt.objects.filter(object_id=old.id).exists()


def test_what_is_attached_stays_for_good(county_a):
    file = draft(at=NOW - 400 * DAY)
    files_attach(actor=person(), ids=[file.id], owner=record_of_something())
    age(file.path(), 400)
    age(file.path(storage.THUMB), 400)
    assert files_sweep(at=NOW) == (0, 0)
    assert file.path().exists()


def test_what_was_attached_while_the_sweep_was_on_its_way_stays(county_a):
    file = draft(at=NOW - 2 * DAY)
    files_attach(actor=person(), ids=[file.id], owner=record_of_something())
    assert _drop(Actor.system(341181), file, NOW) is False
    assert StoredFile.objects.filter(id=file.id).exists()


def test_imports_and_exports_live_for_a_week(county_a):
    for days in (6, 8):
        upload_store(actor=person(), upload=pictures.upload(b"x", f"{days}.csv"), kind="export", at=NOW - days * DAY)
    files_sweep(at=NOW)
    assert list(StoredFile.objects.values_list("name", flat=True)) == ["6.csv"]


def test_bytes_that_no_row_names_go_after_a_day(county_a):
    known, folder = draft(), storage.folder(341181) / "00"
    folder.mkdir(exist_ok=True)
    orphan, young, part = folder / "77.whole", folder / "78.whole", folder / "79.whole.aa00.part"
    for path in (orphan, young, part):
        path.write_bytes(b"x")
    for path in (orphan, part, known.path(), known.path(storage.THUMB)):
        age(path, 3)
    assert files_sweep(at=NOW) == (0, 2)
    assert not orphan.exists()
    assert not part.exists()
    assert young.exists()
    assert known.path().exists()


def test_more_than_a_batch(county_a, monkeypatch):
    monkeypatch.setattr("shanzhi.files.services._BATCH", 2)
    for seed in range(5):
        draft(seed=seed, at=NOW - 2 * DAY)
    folder = storage.folder(341181) / "00"
    folder.mkdir(exist_ok=True)
    for number in range(5):
        (folder / f"{number}.whole").write_bytes(b"x")
        age(folder / f"{number}.whole", 3)
    assert files_sweep(at=NOW) == (5, 5)
    assert files_sweep(at=NOW) == (0, 0)


def test_the_other_county_is_left_alone(county_a, county_b):
    with county(county_b.id):
        other = draft(person(county_id=county_b.id), at=NOW - 3 * DAY)
    age(other.path(), 3)
    assert files_sweep(at=NOW) == (0, 0)
    assert other.path().exists()


def test_it_recurs_every_hour(county_a):
    periodic = PERIODICS["shanzhi.files.jobs.sweep_files"]
    assert periodic.minutes == 60
    draft(at=NOW - 2 * DAY)
    assert periodic.handler(NOW) == 1


@pytest.mark.django_db(transaction=True)
def test_as_the_queue_runs_it_in_every_county():
    County.objects.create(id=341181, code="341181", name="天长市", joined_at=NOW)
    with county(341181):
        old, fresh = draft(seed=1, at=timezone.now() - 2 * DAY), draft(seed=2, at=timezone.now())
    assert run_periodic("shanzhi.files.jobs.sweep_files") == 1
    with county(341181):
        assert [file.id for file in StoredFile.objects.all()] == [fresh.id]
    assert not old.path().exists()


@pytest.mark.django_db(transaction=True)
def test_the_trail_agrees_after_a_life_of_files():
    """Kept, attached, dropped and forgotten: the verifier finds nothing; one changed digest, and it names the photo."""
    County.objects.create(id=341181, code="341181", name="天长市", joined_at=NOW)
    with county(341181):
        kept, _unused, _old = draft(seed=1), draft(seed=2), draft(seed=3, at=NOW - 3 * DAY)
        files_attach(actor=person(), ids=[kept.id], owner=record_of_something(), at=NOW)
        files_sweep(at=NOW)
    report = verify_county(341181)
    assert report.clean, report.findings
    with county(341181):
        StoredFile.objects.filter(id=kept.id).update(sha256="0" * 64)
    assert any(str(kept.id) in finding for finding in verify_county(341181).findings)
