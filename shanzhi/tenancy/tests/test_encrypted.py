"""Encrypted fields: text in Python, seals in the table, found by blind index only, sealed anew by a command."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shanzhi.lib.sealing import SealError, Tampered, UnknownKey, add_key
from shanzhi.tenancy import rotation
from shanzhi.tenancy.context import county
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.keyring import forget_keys, key_ring
from shanzhi.tenancy.models import County, CountyModel

TABLE = "CREATE TEMPORARY TABLE sealed_note (id bigint PRIMARY KEY, county_id integer, phone text, found text)"


@pytest.fixture
def keys(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A key file of its own."""
    path = tmp_path / "fields.json"
    settings.SHANZHI_KEY_FILE = path
    forget_keys()
    key_ring()
    yield path
    forget_keys()


@pytest.fixture
def note(county_a: County, keys: Path) -> Iterator[Any]:
    """A county model with an encrypted field, in a table that ends with the test's transaction."""
    with isolate_apps("shanzhi.tenancy"):

        class Note(CountyModel):
            phone = EncryptedTextField(null=True)
            found = models.CharField(max_length=64, blank=True)

            class Meta(CountyModel.Meta):
                app_label = "tenancy"
                db_table = "sealed_note"

        with connection.cursor() as cursor:
            cursor.execute(TABLE)
        yield Note


def stored(pk: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM sealed_note WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_text_in_python_a_seal_in_the_table(note: Any) -> None:
    row = note.objects.create(phone="13955550001")
    assert stored(row.id) != "13955550001"
    assert "1395555" not in stored(row.id)
    assert note.objects.get(id=row.id).phone == "13955550001"
    assert note.objects.values_list("phone", flat=True).get(id=row.id) == "13955550001"


def test_no_value_stays_none(note: Any) -> None:
    row = note.objects.create(phone=None)
    assert stored(row.id) is None
    assert note.objects.get(phone__isnull=True).phone is None


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(texts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=50), max_size=4))
def test_every_way_of_writing_seals(note: Any, texts: list[str]) -> None:
    rows = note.objects.bulk_create([note(phone=text) for text in texts])
    assert [note.objects.get(id=row.id).phone for row in rows] == texts
    for row in rows:
        row.phone = row.phone + "改"
    note.objects.bulk_update(rows, ["phone"])
    assert [note.objects.get(id=row.id).phone for row in rows] == [f"{text}改" for text in texts]
    note.objects.filter(id__in=[row.id for row in rows]).update(phone="新")
    assert all(key_ring().open(stored(row.id), "sealed_note.phone") == "新" for row in rows)


@pytest.mark.parametrize("lookup", ["phone", "phone__contains", "phone__in", "phone__lower"])
def test_a_seal_is_not_searched(note: Any, lookup: str) -> None:
    with pytest.raises(FieldError):
        list(note.objects.filter(**{lookup: "1"}))


def test_a_blind_index_finds_it(note: Any) -> None:
    field = note._meta.get_field("phone")
    rows = [note.objects.create(phone=text, found=field.blind_index(text)) for text in ("13955550001", "13955550002")]
    assert note.objects.get(found=field.blind_index("13955550002")) == rows[1]
    assert field.blind_index("13955550001") not in ("13955550001", stored(rows[0].id))


def test_a_tampered_row_says_so(note: Any) -> None:
    one, other = note.objects.create(phone="13955550001"), note.objects.create(phone="13955550002")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sealed_note SET phone = '13955550003' WHERE id = %s", [one.id])
        cursor.execute("UPDATE sealed_note SET phone = %s WHERE id = %s", [stored(other.id)[:-8], other.id])
    for row in (one, other):
        with pytest.raises(Tampered):
            note.objects.get(id=row.id)


def test_a_lost_key_says_which(note: Any, keys: Path) -> None:
    old = keys.read_bytes()
    add_key(keys)
    forget_keys()
    row = note.objects.create(phone="13955550001")
    keys.write_bytes(old)
    forget_keys()
    with pytest.raises(UnknownKey, match=r"sealed_note.phone: sealed with key 2"):
        note.objects.get(id=row.id)


def test_a_key_that_another_process_added_is_found(note: Any, keys: Path) -> None:
    row = note.objects.create(phone="13955550001")
    stale = key_ring()
    add_key(keys)
    forget_keys()
    newer = key_ring().seal("13955550009", "sealed_note.phone")
    forget_keys()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sealed_note SET phone = %s WHERE id = %s", [newer, row.id])
    assert stale.newest == 1
    assert note.objects.get(id=row.id).phone == "13955550009"


def test_rotation_seals_old_rows_anew_in_both_counties(
    note: Any, keys: Path, county_b: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = note._meta.get_field("phone")
    monkeypatch.setattr(rotation, "encrypted_fields", lambda: [field])
    monkeypatch.setattr(rotation, "BATCH", 2)
    mine = [note.objects.create(phone=f"1395555000{n}") for n in range(5)]
    note.objects.create(phone=None)
    with county(county_b.id):
        theirs = note.objects.create(phone="13800000000")
    out = StringIO()
    call_command("new_key", stdout=out)
    fresh = note.objects.create(phone="13955550009")
    before = stored(fresh.id)
    call_command("rotate_keys", stdout=out)
    assert "key 2 added" in out.getvalue()
    assert "sealed_note.phone: 6 sealed anew" in out.getvalue()
    assert all(key_ring().is_current(stored(row.id)) for row in (*mine, theirs))
    assert [note.objects.get(id=row.id).phone for row in mine] == [row.phone for row in mine]
    assert stored(fresh.id) == before, "what is new already is left alone"
    call_command("rotate_keys", stdout=out)
    assert "sealed_note.phone: 0 sealed anew" in out.getvalue()


def test_whoever_writes_meanwhile_wins(note: Any, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = note.objects.create(phone="13955550001")
    seal = stored(row.id)
    add_key(keys)
    forget_keys()
    note.objects.filter(id=row.id).update(phone="13955550002")
    assert not rotation._reseal(note._meta.get_field("phone"), row.id, seal)
    assert note.objects.get(id=row.id).phone == "13955550002"


def test_another_cipher_is_set_and_rows_follow(note: Any, settings: Any) -> None:
    row = note.objects.create(phone="13955550001")
    settings.SHANZHI_CIPHER = "sm4-gcm"
    assert note.objects.get(id=row.id).phone == "13955550001"
    assert sum(rotation._batches(note._meta.get_field("phone"))) == 1
    assert note.objects.get(id=row.id).phone == "13955550001"


def test_commands_say_what_is_wrong(note: Any, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "encrypted_fields", lambda: [note._meta.get_field("phone")])
    row = note.objects.create(phone="13955550001")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sealed_note SET phone = 'x' WHERE id = %s", [row.id])
    with pytest.raises(CommandError, match="not a sealed text"):
        call_command("rotate_keys", stdout=StringIO())
    keys.write_text("{}")
    forget_keys()
    with pytest.raises(CommandError, match="damaged"):
        call_command("new_key", stdout=StringIO())
    with pytest.raises(SealError):
        note.objects.create(phone="1")


def test_no_model_keeps_an_encrypted_field_where_rows_may_not_change() -> None:
    """Rows that only grow could not be sealed anew."""
    assert not [field.place for field in rotation.encrypted_fields() if getattr(field.model, "APPEND_ONLY", False)]
