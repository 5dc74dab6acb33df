"""Files of packs from directories and zips: all of them, none from elsewhere, never too much."""

import contextlib
import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.errors import Invalid
from shanzhi.packs import sources
from shanzhi.packs.reading import LARGEST
from shanzhi.packs.sources import files_in, files_in_zip, zipped
from shanzhi.packs.tests.factories import write

names = st.from_regex(r"[a-z][a-z0-9_]{0,8}/[a-z][a-z0-9_]{0,8}\.yaml", fullmatch=True)


def made(*entries: tuple[str, bytes]) -> bytes:
    """A zip with these entries, in this order, whatever they are called."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


@given(st.dictionaries(names, st.binary(max_size=200), max_size=8))
def test_what_is_zipped_comes_out_as_it_went_in(files: dict[str, bytes]) -> None:
    data = zipped(files)
    assert files_in_zip(data) == files
    assert zipped(dict(reversed(files.items()))) == data


@given(st.binary(max_size=400))
def test_no_bytes_break_the_unpacking(data: bytes) -> None:
    with pytest.raises(Invalid):
        files_in_zip(data)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_a_damaged_zip_is_refused_or_read(place: int, noise: bytes) -> None:
    data = bytearray(zipped({"pack.yaml": b"code: a\ntitle: b\n" * 20, "sample/a.yaml": b"label: x\n" * 20}))
    data[place : place + len(noise)] = noise
    with contextlib.suppress(Invalid):
        assert set(files_in_zip(bytes(data)))


def test_the_one_folder_around_everything_is_taken_off() -> None:
    inside = made(("a/pack.yaml", b"1"), ("a/sample/x.yaml", b"2"))
    assert files_in_zip(inside) == {"pack.yaml": b"1", "sample/x.yaml": b"2"}
    beside = made(("a/pack.yaml", b"1"), ("b/x.yaml", b"2"))
    assert set(files_in_zip(beside)) == {"a/pack.yaml", "b/x.yaml"}
    without = made(("sample/x.yaml", b"2"))
    assert set(files_in_zip(without)) == {"sample/x.yaml"}


def test_paths_that_lead_out_stay_names() -> None:
    """Nothing is written, so a path that climbs is only a file in the wrong place."""
    assert set(files_in_zip(made(("sample\\x.yaml", b"1")))) == {"sample/x.yaml"}
    assert files_in_zip(made(("../../etc/passwd", b"1"))) == {}
    assert set(files_in_zip(made(("/etc/passwd", b"1")))) == {"/etc/passwd"}


def test_a_locked_zip_is_refused() -> None:
    data = bytearray(made(("pack.yaml", b"1")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Invalid, match="密码"):
        files_in_zip(bytes(data))


def test_too_many_files_and_too_large_ones(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sources, "FILES", 3)
    many = {f"sample/x{number}.yaml": b"1" for number in range(4)}
    with pytest.raises(Invalid, match="个文件"):
        files_in_zip(zipped(many))
    with pytest.raises(Invalid, match="个文件"):
        files_in(write(tmp_path, many))
    large = files_in_zip(zipped({"sample/x.yaml": b"\0" * (LARGEST + 100)}))
    assert len(large["sample/x.yaml"]) == LARGEST + 1, "one byte more than may be, and no further"


def test_a_directory_without_what_is_hidden(tmp_path: Path) -> None:
    write(tmp_path, {"pack.yaml": b"1", "sample/x.yaml": b"2", ".git/config": b"3", "sample/.x.yaml.swp": b"4"})
    os.mkfifo(tmp_path / "sample/pipe.yaml")
    assert files_in(tmp_path) == {"pack.yaml": b"1", "sample/x.yaml": b"2"}
    with pytest.raises(Invalid, match="找不到目录"):
        files_in(tmp_path / "pack.yaml")


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_that_unpacks_without_bound_or_breaks_otherwise_is_refused(way: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as archive:
        archive.writestr("pack.yaml", b"0" * 20_000_000)
    data = out.getvalue()
    for broken in (data, data.replace(data[60:80], b"\xff" * 20)):
        with pytest.raises(Invalid, match="压缩包打不开"):
            files_in_zip(broken)
