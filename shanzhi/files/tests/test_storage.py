"""Bytes on disk: whole or absent, and never outside of the county's folder."""

import hashlib
import os
import stat
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.files import names, storage
from shanzhi.files.jobs import reseal_files
from shanzhi.lib.sealing import add_key
from shanzhi.tenancy import keyring
from shanzhi.tenancy.keyring import forget_keys, key_ring
from shanzhi.tenancy.rotation import reseal_all


def plain(path: Path) -> bytes:
    with storage.read(path) as file:
        return file.read()


def test_write_returns_size_and_digest(disk):
    path = storage.path_of(341181, 99)
    assert storage.write(path, [b"ab", b"", b"c"]) == (3, hashlib.sha256(b"abc").hexdigest())
    assert plain(path) == b"abc"
    assert [found.name for found in path.parent.iterdir()] == ["99.whole"]


def test_nothing_stays_when_the_source_breaks(disk):
    def breaking():
        yield b"half"
        raise ConnectionResetError

    path = storage.path_of(341181, 99)
    with pytest.raises(ConnectionResetError):
        storage.write(path, breaking())
    assert list(path.parent.iterdir()) == []


def test_the_name_appears_only_when_everything_is_there(disk):
    path, seen = storage.path_of(341181, 99), []

    def watching():
        yield b"a" * 1000
        seen.append(path.exists())
        yield b"b" * 1000

    storage.write(path, watching())
    assert seen == [False]
    assert len(plain(path)) == 2000


def test_bytes_are_synced_before_they_get_their_name(disk, monkeypatch):
    order, sync = [], os.fsync
    replace = storage.Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append(_kind(handle)), sync(handle))[1])
    monkeypatch.setattr(storage.Path, "replace", lambda self, to: (order.append("rename"), replace(self, to))[1])
    storage.write(storage.path_of(341181, 99), [b"x"])
    assert order == ["file", "rename", "folder"]


def _kind(handle):
    return "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"


def test_two_writers_at_once_do_not_mix(disk):
    path = storage.path_of(341181, 99)
    threads = [
        threading.Thread(target=storage.write, args=(path, [bytes([letter]) * 50_000] * 4)) for letter in b"ABCD"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    body = plain(path)
    assert (len(body), len(set(body))) == (200_000, 1)


def test_remove_takes_all_sizes_and_never_complains(disk):
    for size in (storage.WHOLE, storage.THUMB):
        storage.write(storage.path_of(341181, 99, size), [b"x"])
    storage.remove(341181, 99)
    storage.remove(341181, 99)
    assert not [path for path in disk.rglob("*") if path.is_file()]


def test_nothing_of_a_file_lies_open_on_the_disk(disk):
    words = "身份证 341181199001011234".encode()
    path = storage.path_of(341181, 99)
    storage.write(path, [words * 5000])
    raw = path.read_bytes()
    assert words[:9] not in raw
    assert plain(path) == words * 5000


@pytest.mark.parametrize(
    ("county", "number", "size"), [(410927, 99, "whole"), (341181, 98, "whole"), (341181, 99, "thumb")]
)
def test_bytes_under_another_name_are_as_good_as_lost(disk, county, number, size):
    path, other = storage.path_of(341181, 99), storage.path_of(county, number, size)
    storage.write(path, [b"x"])
    other.parent.mkdir(parents=True, exist_ok=True)
    path.rename(other)
    with pytest.raises(storage.Damaged):
        storage.read(other)
    with pytest.raises(FileNotFoundError):
        storage.read(path)


def test_altered_bytes_are_as_good_as_lost(disk):
    path = storage.path_of(341181, 99)
    storage.write(path, [b"x" * 100])
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(FileNotFoundError):
        storage.read(path)


@pytest.fixture
def keys(settings, tmp_path):
    settings.SHANZHI_KEY_FILE = str(tmp_path / "keys.json")
    forget_keys()
    yield tmp_path / "keys.json"
    forget_keys()


def test_files_are_sealed_anew_under_a_new_key_once(disk, keys):
    paths = [storage.path_of(341181, 1), storage.path_of(341181, 1, storage.THUMB), storage.path_of(410927, 2)]
    for number, path in enumerate(paths):
        storage.write(path, [bytes([number]) * 100_000])
    part, broken = paths[0].with_name("3.whole.0011aa.part"), paths[0].with_name("4.whole")
    part.write_bytes(b"half")
    broken.write_bytes(b"lies open")
    assert reseal_files() == 0
    before = [path.read_bytes() for path in paths]
    add_key(keys)
    forget_keys()
    assert (reseal_files(), reseal_files()) == (3, 0)
    assert [plain(path)[:1] for path in paths] == [b"\0", b"\1", b"\2"]
    assert all(path.read_bytes() != old for path, old in zip(paths, before, strict=True))
    assert (part.read_bytes(), broken.read_bytes()) == (b"half", b"lies open")


def test_a_key_that_came_after_the_process_began_is_found(disk, keys, monkeypatch):
    path = storage.path_of(341181, 1)
    storage.write(path, [b"old"])
    old = key_ring()
    add_key(keys)
    forget_keys()
    storage.write(path, [b"new"])
    found = iter([old])
    monkeypatch.setattr(keyring, "key_ring", lambda ring, real=key_ring: next(found, None) or real(ring))
    assert plain(path) == b"new"


@pytest.mark.django_db
def test_the_command_for_new_keys_knows_files(disk):
    assert ("files", 0) in list(reseal_all())


def test_what_is_gone_meanwhile_is_not_sealed_anew(disk):
    assert storage.reseal(storage.path_of(341181, 5)) is False


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_every_id_has_a_place_of_its_own_inside_its_county(one, other):
    here = storage.folder(341181)
    paths = {storage.path_of(341181, one), storage.path_of(341181, other), storage.path_of(410927, one)}
    assert len(paths) == (2 if one == other else 3)
    assert storage.path_of(341181, one).resolve().is_relative_to(here.resolve())


@pytest.mark.parametrize("size", ["", "../whole", "huge"])
def test_a_size_comes_from_a_closed_list(size):
    with pytest.raises(ValueError, match="no such size"):
        storage.path_of(341181, 1, size)


def test_walk_names_ids_and_leaves_what_is_young(disk):
    old, young = storage.path_of(341181, 1), storage.path_of(341181, 2)
    part = old.with_name("3.whole.0011aa.part")
    for path in (old, young, part):
        storage.write(path, [b"x"])
    before = time.time() - 100
    for path in (old, part):
        os.utime(path, (before - 1, before - 1))
    assert sorted(storage.walk(341181, before=before), key=str) == [(old, 1), (part, None)]
    assert list(storage.walk(410927, before=before)) == []


@given(st.text(max_size=300))
def test_a_safe_name_is_one_short_visible_part_of_a_path(name):
    safe = names.safe_name(name, "文件")
    assert 0 < len(safe) <= names.MAX_LENGTH
    assert not set(safe) & set('/\\\0\r\n"<>|:*?\u202e')
    assert safe not in {".", ".."}
    safe.encode()


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("区划.csv", "区划.csv"), ("C:\\桌面\\村 名单.xlsx", "村 名单.xlsx"), ("../../x.csv", "x.csv"), (None, "文件"),
        ("a\r\nSet-Cookie: b.csv", "aSet-Cookie b.csv"), ("gpj.\u202eexe", "gpj.exe"),
        ("长" * 200 + ".csv", "长" * 116 + ".csv"),
    ],
)  # fmt: skip
def test_names_as_people_give_them(given_name, kept):
    assert names.safe_name(given_name, "文件") == kept


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", "text/csv; charset=utf-8"), ("a.CSV", "text/csv; charset=utf-8"), ("a.html", names.OCTETS),
        ("a.svg", names.OCTETS), ("a", names.OCTETS), ("a.pdf", "application/pdf"),
    ],
)  # fmt: skip
def test_the_format_comes_from_a_closed_list(name, expected):
    assert names.content_type_of(name) == expected
