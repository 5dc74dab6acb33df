"""Files to import and files that were exported: kept byte by byte."""

import pytest
from django.core.files.base import ContentFile, File

from shanzhi.access.actor import Actor
from shanzhi.files import services
from shanzhi.files.models import FileKind, StoredFile
from shanzhi.files.services import upload_store
from shanzhi.files.tests import pictures
from shanzhi.files.tests.factories import NOW, person
from shanzhi.lib.errors import Invalid
from shanzhi.trail.models import Entry


def store(data=b"code,name\n341181,x\n", name="区划.csv", kind="upload", actor=None, **more):
    return upload_store(
        actor=actor or person(), upload=pictures.upload(data, name, "text/html"), kind=kind, at=NOW, **more
    )


@pytest.mark.parametrize("kind", ["upload", "export"])
def test_bytes_come_back_as_they_were(county_a, kind):
    data = "编码".encode("gb18030") * 400_000
    file = StoredFile.objects.get(id=store(data, kind=kind).id)
    with file.open() as kept:
        assert kept.read() == data
    assert (file.kind, file.size, file.name) == (kind, len(data), "区划.csv")
    assert file.content_type == "text/csv; charset=utf-8"
    assert Entry.objects.filter(object_id=file.id, code="files.file.stored").count() == 1


def test_an_export_made_by_a_job_needs_no_upload(county_a, tmp_path):
    path = tmp_path / "事件.xlsx"
    path.write_bytes(b"PK\x03\x04...")
    with path.open("rb") as made:
        file = upload_store(actor=Actor.system(341181), upload=File(made, name=path.name), kind=FileKind.EXPORT, at=NOW)
    assert (file.name, file.size, file.created_by) == ("事件.xlsx", 7, 0)
    assert file.content_type.endswith("spreadsheetml.sheet")


def test_an_empty_file_is_refused(county_a, disk):
    with pytest.raises(Invalid) as refusal:
        upload_store(actor=person(), upload=ContentFile(b"", name="空.csv"), kind="upload")
    assert refusal.value.code == "file_empty"
    assert not list(disk.rglob("*.whole"))


def test_a_file_beyond_the_limit_of_its_kind_is_refused_while_it_is_read(county_a, disk, monkeypatch):
    monkeypatch.setitem(services.UPLOAD_BYTES, FileKind.UPLOAD, 1024**2)
    with pytest.raises(Invalid) as refusal:
        store(b"x" * (1024**2 + 1))
    assert (refusal.value.code, refusal.value.message) == ("file_too_large", "文件超过 1 兆，请拆成几个文件再传。")
    assert not list(disk.rglob("*.whole"))
    assert store(b"x" * 1024**2).size == 1024**2


def test_the_same_key_gives_the_same_file(county_a):
    assert store(key="k1").id == store(key="k1").id
    with pytest.raises(Invalid):
        store(b"other", key="k1")


def test_photos_have_a_way_of_their_own(county_a):
    with pytest.raises(ValueError, match="photo_store"):
        store(kind="photo")
    with pytest.raises(ValueError, match="nonsense"):
        store(kind="nonsense")
