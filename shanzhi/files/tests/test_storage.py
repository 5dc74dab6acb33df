"""Bytes on disk: whole or absent, and never outside of the county's folder."""

import hashlib
import os
import stat
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.files import names, storage


def test_write_returns_size_and_digest(disk):
    path = storage.path_of(341181, 99)
    assert storage.write(path, [b"ab", b"", b"c"]) == (3, hashlib.sha256(b"abc").hexdigest())
    assert path.read_bytes() == b"abc"
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
    assert path.stat().st_size == 2000


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
    assert len(set(path.read_bytes())) == 1
    assert path.stat().st_size == 200_000


def test_remove_takes_all_sizes_and_never_complains(disk):
    for size in (storage.WHOLE, storage.THUMB):
        storage.write(storage.path_of(341181, 99, size), [b"x"])
    storage.remove(341181, 99)
    storage.remove(341181, 99)
    assert not [path for path in disk.rglob("*") if path.is_file()]


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
