"""Keeping a photo: row and bytes, what goes wrong on the way, and the same key twice."""

import errno
import hashlib
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from shanzhi.access.actor import Actor
from shanzhi.files import services, storage
from shanzhi.files.images import Facts
from shanzhi.files.models import StoredFile
from shanzhi.files.services import DRAFT_LIMIT, StorageFull, photo_store
from shanzhi.files.tests import pictures
from shanzhi.files.tests.factories import NOW, draft, person
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, TooMany
from shanzhi.trail.models import Entry

pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")


def on_disk(disk):
    return sorted(path.name for path in (disk / "files").rglob("*") if path.is_file())


def test_row_and_bytes_agree(county_a, disk):
    file = photo_store(actor=person(), upload=pictures.upload(pictures.camera(2000, 1000)), at=NOW)
    file = StoredFile.objects.get(id=file.id)
    with file.open() as kept:
        data = kept.read()
    assert (file.kind, file.name, file.content_type) == ("photo", "现场.jpg", "image/jpeg")
    assert (file.size, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (file.width, file.height) == (1600, 800) == Image.open(BytesIO(data)).size
    assert file.lon == pytest.approx(round(pictures.PLACE[0] * 10**7), abs=1)
    assert file.lat == pytest.approx(round(pictures.PLACE[1] * 10**7), abs=1)
    assert file.taken_at is not None
    assert file.is_draft
    assert (file.created_by, file.created_at) == (501, NOW)
    assert not Image.open(BytesIO(data)).getexif()
    with file.open(storage.THUMB) as kept:
        assert Image.open(kept).size == (320, 160)
    assert on_disk(disk) == [f"{file.id}.thumb", f"{file.id}.whole"]


def test_it_is_written_down(county_a):
    file = draft()
    entry = Entry.objects.get(object_type="files.storedfile", object_id=file.id)
    assert (entry.code, entry.actor_id) == ("files.file.stored", 501)


def test_what_the_phone_read_counts_where_the_bytes_say_nothing(county_a):
    seen = Facts(lon=1_189_000_000, lat=327_000_000, taken_at=NOW)
    shrunk = photo_store(actor=person(), upload=pictures.upload(pictures.picture()), seen=seen, at=NOW)
    whole = photo_store(actor=person(), upload=pictures.upload(pictures.camera()), seen=seen, at=NOW)
    assert (shrunk.lon, shrunk.lat, shrunk.taken_at) == (1_189_000_000, 327_000_000, NOW)
    assert (whole.lon, whole.taken_at) != (shrunk.lon, shrunk.taken_at)


@pytest.mark.parametrize(
    "data", [b"", pictures.PROGRAM, pictures.png_bomb(), "照片".encode() * 1_700_000, pictures.HEIC]
)
def test_a_refused_file_leaves_nothing(county_a, disk, data):
    with pytest.raises(Invalid):
        photo_store(actor=person(), upload=pictures.upload(data), at=NOW)
    assert not StoredFile.objects.exists()
    assert on_disk(disk) == []


@pytest.mark.parametrize("name", ["../../../etc/passwd.jpg", "..\\..\\boot.ini", "a\x00b.jpg", "", "长" * 300 + ".jpg"])
def test_the_name_that_was_given_decides_no_path(county_a, disk, name):
    upload = pictures.upload(pictures.picture())
    upload._name = name
    file = photo_store(actor=person(), upload=upload, at=NOW)
    assert 0 < len(file.name) <= 120
    assert not set(file.name) & set("/\\\x00")
    assert all(name.startswith(str(file.id)) for name in on_disk(disk))


def test_anonymous_may_not(county_a):
    with pytest.raises(Forbidden):
        photo_store(actor=Actor.anonymous(341181), upload=pictures.upload(pictures.picture()), at=NOW)


def test_the_system_may(county_a):
    assert draft(Actor.system(341181)).created_by == 0


def test_the_same_key_gives_the_same_photo(county_a, disk):
    first, again = draft(key="k" * 32), draft(key="k" * 32)
    assert first.id == again.id
    assert StoredFile.objects.count() == 1
    assert len(on_disk(disk)) == 2


def test_another_photo_under_the_same_key_is_refused(county_a, disk):
    draft(key="k" * 32)
    with pytest.raises(Invalid) as refusal:
        draft(key="k" * 32, seed=5)
    assert refusal.value.code == "idempotency_key_reused"
    assert len(on_disk(disk)) == 2


def test_a_refused_photo_uses_up_no_key(county_a):
    with pytest.raises(Invalid):
        photo_store(actor=person(), upload=pictures.upload(pictures.SVG), key="k1", at=NOW)
    assert draft(key="k1").id


def test_a_key_whose_photo_was_swept_says_so(county_a):
    file = draft(key="k1")
    services.files_sweep(at=NOW + timedelta(days=2))
    with pytest.raises(Conflict) as refusal:
        draft(key="k1")
    assert refusal.value.code == "photo_gone"
    assert not StoredFile.objects.filter(id=file.id).exists()


def test_unused_photos_are_limited_for_each_person(county_a, monkeypatch, disk):
    monkeypatch.setattr(services, "DRAFT_LIMIT", 3)
    for seed in range(3):
        draft(seed=seed, key=f"k{seed}")
    before = on_disk(disk)
    with pytest.raises(TooMany) as refusal:
        draft(seed=9)
    assert refusal.value.status == 429
    assert on_disk(disk) == before
    assert draft(seed=1, key="k1").id  # a repetition is an answer, not another photo
    assert draft(person(502)).id
    assert DRAFT_LIMIT == 60


def test_a_full_disk_loses_nothing_and_says_so(county_a, disk, monkeypatch):
    def full(path, chunks):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "write", full)
    with pytest.raises(StorageFull) as refusal:
        draft(key="k1")
    assert refusal.value.status == 503
    monkeypatch.undo()
    assert StoredFile.objects.count() == 0


def test_a_thumb_that_can_not_be_written_takes_the_whole_with_it(county_a, disk, monkeypatch):
    real = storage.write
    monkeypatch.setattr(storage, "write", lambda path, chunks: 1 / 0 if path.suffix == ".thumb" else real(path, chunks))
    with pytest.raises(ZeroDivisionError):
        draft()
    assert StoredFile.objects.count() == 0


def test_a_row_that_can_not_be_written_leaves_no_bytes(county_a, disk, monkeypatch):
    monkeypatch.setattr(services, "record", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        draft()
    assert on_disk(disk) == []
    assert StoredFile.objects.count() == 0


def test_decoding_happens_outside_of_transactions(county_a, monkeypatch):
    real, depth = services.images.photo_prepare, []

    def watched(*args, **kwargs):
        depth.append(len(connection.savepoint_ids))
        return real(*args, **kwargs)

    monkeypatch.setattr(services.images, "photo_prepare", watched)
    before = len(connection.savepoint_ids)
    draft()
    assert depth == [before]


def test_statements_are_few(county_a):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        draft(key="k1")
    assert len([row for row in caught if not row["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= 8
