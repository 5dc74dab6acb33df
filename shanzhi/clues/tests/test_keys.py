"""The clues' own key: another one opens nothing, it is renewed like the other, and no backup holds it."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from shanzhi.clues.catalogue import Act
from shanzhi.clues.fields import DAMAGED, RING, SealedField, mark_of, ring
from shanzhi.clues.models import Clue, Step
from shanzhi.clues.tests.desk import BODY, LEAD, OFFICER, Office, office_of
from shanzhi.clues.tests.test_tampering import checked
from shanzhi.lib.sealing import SealError
from shanzhi.operations.backups.making import _keys
from shanzhi.operations.backups.restoring import _note_key
from shanzhi.tenancy.keyring import FIELDS, forget_keys, key_ring
from shanzhi.tenancy.rotation import encrypted_fields, rings
from tests.cast import Cast


@pytest.fixture
def office(cast: Cast, own_key: Path) -> Office:
    return office_of(cast)


def stored(clue: Clue) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM clues_clue WHERE id = %s", [clue.id])
        return str(cursor.fetchone()[0])


def test_every_text_of_the_app_is_under_it() -> None:
    ours = [field for field in encrypted_fields() if field.model._meta.app_label == "clues"]
    assert len(ours) == 9
    assert all(isinstance(field, SealedField) and field.ring == RING for field in ours)
    assert rings() == [FIELDS, RING]


def test_the_other_key_opens_nothing(office: Office) -> None:
    clue = office.give()
    assert ring().open(stored(clue), "clues_clue.body") == BODY
    with pytest.raises(SealError):
        key_ring().open(stored(clue), "clues_clue.body")
    assert mark_of("x", "p") != key_ring().blind("x", "p")


def test_without_the_file_nothing_opens_and_nothing_breaks(office: Office, own_key: Path) -> None:
    clue = office.give()
    own_key.rename(own_key.with_suffix(".away"))
    forget_keys()
    assert Clue.objects.get(id=clue.id).body == DAMAGED
    own_key.unlink()
    own_key.with_suffix(".away").rename(own_key)
    forget_keys()
    assert Clue.objects.get(id=clue.id).body == BODY


def test_it_is_renewed_and_everything_sealed_anew(office: Office, own_key: Path) -> None:
    clue = office.moved(office.give(), (Act.CHECK, Act.NOTE))
    before, version = stored(clue), Clue.objects.get(id=clue.id).version
    out = StringIO()
    call_command("new_key", RING, stdout=out)
    assert f"key 2 added to {own_key}" in out.getvalue()
    call_command("rotate_keys", stdout=out)
    assert "clues_clue.body: 1 sealed anew" in out.getvalue()
    assert "clues_step.note: 1 sealed anew" in out.getvalue()
    assert stored(clue) != before
    assert ring().is_current(stored(clue))
    found = Clue.objects.get(id=clue.id)
    assert (found.body, found.version) == (BODY, version)
    assert Step.objects.get(act=Act.NOTE).note == "问过两个人"
    assert checked(office).whole  # what steps are signed with is never renewed
    again = StringIO()
    call_command("rotate_keys", stdout=again)
    assert "clues_clue.body: 0 sealed anew" in again.getvalue()


def test_the_other_file_is_left_alone(office: Office, settings: Any) -> None:
    key_ring()
    before = Path(settings.SHANZHI_KEY_FILE).read_bytes()
    call_command("new_key", RING, stdout=StringIO())
    assert Path(settings.SHANZHI_KEY_FILE).read_bytes() == before
    with pytest.raises(CommandError):
        call_command("new_key", "SHANZHI_SECRET_KEY", stdout=StringIO())


def test_a_key_that_came_meanwhile_is_looked_for(office: Office, own_key: Path) -> None:
    stale = ring()
    call_command("new_key", RING, stdout=StringIO())
    clue = office.give()
    assert ring().newest == 2
    assert stale.newest == 1
    assert Clue.objects.get(id=clue.id).body == BODY


def test_a_backup_tells_the_digest_and_never_the_key(office: Office, own_key: Path) -> None:
    said = _keys(RING)
    assert said["file"] == "clues.json"
    assert len(said["sha256"]) == 64
    office.give()
    assert _keys(RING) == said  # the first clue changes nothing of it
    own_key.unlink()
    assert _keys(RING)["sha256"] == ""


def test_a_restored_system_is_told_which_key_it_lacks(office: Office, own_key: Path) -> None:
    said: list[str] = []
    wants = _keys(RING)["sha256"]
    _note_key(own_key, wants, said.append)
    assert said == []  # it is the one of the backup
    call_command("new_key", RING, stdout=StringIO())
    _note_key(own_key, wants, said.append)
    own_key.unlink()
    _note_key(own_key, wants, said.append)
    _note_key(own_key, "", said.append)  # a backup of before there was one
    assert ["不是做备份时的那一份" in said[0], "没有密钥文件" in said[1], len(said)] == [True, True, 2]


def test_who_reads_the_page_needs_no_other_key(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)
    assert BODY in office.cast[LEAD].client().get(f"/341181/clues/{clue.id}/").content.decode()
