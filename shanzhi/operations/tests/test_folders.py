"""The folder of the backups and what a backup says of itself: whole or absent, and refused in one sentence."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from shanzhi.files.storage import kept
from shanzhi.operations.backups import manifest
from shanzhi.operations.backups.files import bytes_missing, copy_files, copy_seals, read_list
from shanzhi.operations.backups.folders import GOING, GROWING, Refused, backups_in, growing, locked, name_at, prune
from shanzhi.operations.backups.restoring import Wanted, chosen, restore
from shanzhi.operations.interrupting import ended_by
from tests.source import ROOT

AT = datetime(2026, 11, 30, 2, 15, tzinfo=UTC)


def silent(sentence):
    """For what shows no progress."""


def backup(folder, at=AT, **more):
    """A small one, whole, as the command writes it."""
    with growing(folder, name_at(at)) as made:
        (made / "part").write_text("of it")
        content = {
            "at": at.isoformat(), "ended": (at + timedelta(minutes=5)).isoformat(), "database": connection.vendor,
            "migrations": {}, "seals": {}, "keys": {"file": "fields.json", "sha256": ""},
            "parts": [manifest.part(made, "part")], **more,
        }  # fmt: skip
        manifest.write(made, content)
    return folder / name_at(at)


def test_names_are_local_time_and_sort(tmp_path):
    assert name_at(AT) == "20261130-101500"
    made = [backup(tmp_path, AT + timedelta(days=day)) for day in (3, 1, 2)]
    assert backups_in(tmp_path) == [made[1], made[2], made[0]]


def test_what_fails_leaves_nothing_and_what_was_left_goes(tmp_path):
    kept = backup(tmp_path)
    for left in (f"{GROWING}20261129-101500", f"{GOING}20261128-101500"):
        (tmp_path / left).mkdir()
    with pytest.raises(RuntimeError), growing(tmp_path, "20261201-101500") as made:
        (made / "half").write_text("x")
        raise RuntimeError
    assert {path.name for path in tmp_path.iterdir()} == {"var", kept.name}


def test_the_same_second_twice_is_refused(tmp_path):
    backup(tmp_path)
    with pytest.raises(Refused, match="请过一秒再做"):
        backup(tmp_path)


def test_a_folder_is_no_backup_without_its_manifest(tmp_path):
    (tmp_path / "20261130-101500").mkdir()
    (tmp_path / "notes").mkdir()
    assert backups_in(tmp_path) == []


def test_only_one_at_a_time(tmp_path):
    with locked(tmp_path), pytest.raises(Refused, match="请等它做完"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_place_that_can_not_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="写不进去"), locked(tmp_path / "file" / "b"):
        pass


def test_the_newest_are_kept(tmp_path):
    made = [backup(tmp_path, AT + timedelta(days=day)) for day in range(4)]
    assert prune(tmp_path, 2) == [made[0].name, made[1].name]
    assert backups_in(tmp_path) == made[2:]
    assert prune(tmp_path, 2) == []


def test_which_one_fits_a_moment(tmp_path):
    first, second = backup(tmp_path), backup(tmp_path, AT + timedelta(days=1))
    assert chosen(tmp_path, None) == second
    assert chosen(first, None) == first
    assert chosen(tmp_path, AT + timedelta(hours=1)) == first
    assert chosen(tmp_path, AT + timedelta(days=1, minutes=2)) == first, "the second was not whole then"
    for place, until in ((tmp_path, AT), (second, AT), (tmp_path / "none", None)):
        with pytest.raises(Refused, match="没有能用的备份"):
            chosen(place, until)


def test_a_manifest_that_was_cut_or_altered(tmp_path):
    made = backup(tmp_path)
    path = made / "manifest.json"
    text = path.read_text()
    for wrong in (text[:-40], text.replace("2026", "2025", 1), "[]", "{}", "null", ""):
        path.write_text(wrong)
        with pytest.raises(Refused, match="清单"):
            manifest.read(made)
    path.write_text(text)
    assert manifest.read(made)["product"] == manifest.version()


@pytest.mark.parametrize(
    "more", [{"product": "99.0.0"}, {"format": 2}, {"migrations": {"cases.0099_of_the_future": ""}}]
)
def test_a_newer_versions_backup_is_refused(tmp_path, more):
    made = backup(tmp_path, **more)
    with pytest.raises(Refused, match="请先升级程序再恢复"):
        manifest.read(made)


def test_a_migration_that_a_library_dropped_is_no_newer_version(tmp_path):
    assert manifest.read(backup(tmp_path, migrations={"django_q.0001_gone": ""}))


def test_a_part_that_is_missing_or_altered(tmp_path):
    made = backup(tmp_path)
    content = manifest.read(made)
    manifest.check_parts(made, content)
    (made / "part").write_text("OF IT")
    with pytest.raises(Refused, match="part 缺失或被改动"):
        manifest.check_parts(made, content)
    (made / "part").unlink()
    with pytest.raises(Refused, match="part 缺失或被改动"):
        manifest.check_parts(made, content)


def test_migrations_remade_and_missing_are_told(tmp_path):
    known = manifest.migrations_known()
    ours = next(name for name in known if name.startswith("cases."))
    content = manifest.read(backup(tmp_path, migrations={**known, ours: "another"}))
    assert manifest.differing(content) == [ours]
    assert manifest.lacking(content) == []
    del content["migrations"][ours]
    assert manifest.lacking(content) == [ours]


def test_another_databases_backup_is_refused(tmp_path):
    backup(tmp_path, database="postgresql" if connection.vendor == "sqlite" else "sqlite")
    with pytest.raises(Refused, match="请核对 SHANZHI_DATABASE"):
        restore(Wanted(tmp_path, AT), say=silent)


def photos(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"bytes of {name}")


def test_files_are_linked_if_they_did_not_change_and_copied_if_they_did(tmp_path):
    var, one, two = tmp_path / "files", tmp_path / "one", tmp_path / "two"
    photos(var, "341181/0a/1.whole", "341181/0a/1.thumb", "341181/0b/2.whole", "341181/0b/2.whole.x.part")
    one.mkdir()
    first = copy_files(var, one, None, silent)
    assert (first.copied, first.linked, len(read_list(one))) == (3, 0, 3)
    assert len(list(kept(one / "files"))) == 3, "what is being written is no file yet"
    photos(var, "341181/0c/3.whole")
    (var / "341181/0a/1.whole").write_text("other bytes, other size")
    (var / "341181/0b/2.whole").unlink()
    two.mkdir()
    second = copy_files(var, two, one, silent)
    assert (second.copied, second.linked) == (2, 1)
    assert (two / "files/341181/0a/1.whole").read_text() == "other bytes, other size"
    assert (one / "files/341181/0a/1.whole").read_text() == "bytes of 341181/0a/1.whole"
    assert "files/341181/0b/2.whole" not in read_list(two)


def test_the_same_size_at_another_time_is_copied(tmp_path):
    var, one, two = tmp_path / "files", tmp_path / "one", tmp_path / "two"
    photos(var, "341181/0a/1.whole")
    for folder in (one, two):
        folder.mkdir()
    copy_files(var, one, None, silent)
    os.utime(var / "341181/0a/1.whole", (1, 1))
    assert copy_files(var, two, one, silent).copied == 1


def test_seals_are_copied_by_whole_lines(tmp_path):
    (tmp_path / "seals").mkdir()
    (tmp_path / "seals/341181.jsonl").write_text('{"number": 1}\n{"number": 2')
    (tmp_path / "made").mkdir()
    assert copy_seals(tmp_path / "seals", tmp_path / "made") == ["seals/341181.jsonl"]
    assert (tmp_path / "made/seals/341181.jsonl").read_text() == '{"number": 1}\n'


def test_rows_without_bytes_are_found(tmp_path):
    number = 729_218_347_561_234_567
    folder = f"341181/{(number >> 32) % 256:02x}"
    assert bytes_missing([(341181, number)], tmp_path) == [(341181, number)]
    photos(tmp_path, f"{folder}/{number}.whole")
    assert bytes_missing([(341181, number)], tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["backup", "b", "--keep", "0"], "--keep 至少是 1"), (["restore", "b", "--until", "gestern"], "--until 请写成")],
)
def test_commands_say_what_is_wrong(arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=sentence):
        call_command(*arguments)
    assert list(tmp_path.iterdir()) == [tmp_path / "var"]


def test_backups_do_not_go_among_the_files(settings, tmp_path):
    with pytest.raises(CommandError, match="不能放在 var/files 里面"):
        call_command("backup", str(Path(settings.VAR_DIR) / "files/b"))


CHILD = """
import signal, sys, time
from pathlib import Path
from shanzhi.operations.backups.folders import growing, locked
from shanzhi.operations.interrupting import ended_by
with ended_by(signal.SIGTERM), locked(Path(sys.argv[1])), growing(Path(sys.argv[1]), "20261130-101500") as made:
    (made / "half").write_text("x")
    (made / "manifest.json").write_text("{}")
    print("there", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(("how", "left"), [(signal.SIGTERM, 0), (signal.SIGKILL, 1)])
def test_a_run_that_is_ended_leaves_no_half_backup(tmp_path, how, left):
    folder = tmp_path / "b"
    folder.mkdir()
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "there\n"
    child.send_signal(how)
    child.wait(30)
    child.stdout.close()
    assert len(list(folder.glob(f"{GROWING}*"))) == left
    assert backups_in(folder) == []
    with locked(folder):  # nobody holds it any more
        made = backup(folder)
    assert sorted(path.name for path in folder.iterdir()) == [".lock", made.name]


def test_signals_end_by_an_exception_inside_only():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as left, ended_by(signal.SIGTERM):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)
    assert left.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before


def test_the_manifest_is_read_by_people_too(tmp_path):
    text = (backup(tmp_path) / "manifest.json").read_text()
    assert text.startswith('{\n "format": 1')
    assert json.loads(text)["parts"][0]["name"] == "part"
