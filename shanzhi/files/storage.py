"""Bytes on disk: whole or absent, and sealed under the keys of the installation (`lib/sealed_files.py`).

A file is written under a temporary name, synced and renamed before the row that names it commits. A crash in between
leaves bytes without a row, never a row without bytes; the sweep removes the former. The path follows from county and
id, so no path is kept in the database and none is ever taken from a request.
"""

import hashlib
import logging
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

from shanzhi.lib.sealed_files import HEAD, is_current, open_sealed, seal_pieces
from shanzhi.lib.sealing import KeyRing, SealError
from shanzhi.tenancy.keyring import key_ring, with_keys

logger = logging.getLogger("shanzhi.files")

WHOLE: Final = "whole"
THUMB: Final = "thumb"
_TEMPORARY: Final = ".part"
_CHUNK: Final = 1024**2
_NAME: Final = re.compile(r"(?P<id>\d{1,19})\.(?:whole|thumb)")


def folder(county_id: int) -> Path:
    """The folder of a county's files; it need not exist yet."""
    return Path(settings.VAR_DIR) / "files" / str(int(county_id))


def path_of(county_id: int, file_id: int, size: str = WHOLE) -> Path:
    """Spread over 256 folders by the second in which the id was made: no folder grows without end."""
    if size not in (WHOLE, THUMB):
        raise ValueError(f"no such size: {size}")
    return folder(county_id) / f"{(int(file_id) >> 32) % 256:02x}" / f"{int(file_id)}.{size}"


def write(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Seals and keeps the bytes; returns their size and SHA-256 as they came.

    When it returns, they survive a power cut. On any error nothing stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(6)}{_TEMPORARY}")
    size, digest = 0, hashlib.sha256()

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    try:
        with temporary.open("xb") as file:
            for piece in seal_pieces(key_ring(), counted(), _place(path)):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    return size, digest.hexdigest()


class Damaged(FileNotFoundError):
    """The bytes are there but do not open: altered, another file's, or their key is missing. As good as lost."""


def read(path: Path) -> BinaryIO:
    """The bytes as they came, from anywhere in them; FileNotFoundError if the disk lost them, `Damaged` if altered."""
    try:
        return with_keys(lambda keys: _opened(path, keys))
    except SealError as error:
        raise Damaged(str(error)) from error


def _opened(path: Path, keys: KeyRing) -> BinaryIO:
    file = path.open("rb")
    try:
        return open_sealed(keys, file, _place(path))
    except BaseException:
        file.close()
        raise


def reseal(path: Path) -> bool:
    """Seals the file under the newest key; False if it is so already, or gone. One that does not open is as good as
    lost: it is logged and left, so that it keeps none of the others from a new key."""
    try:
        with path.open("rb") as file:
            if is_current(key_ring(), file.read(HEAD)):
                return False
        with read(path) as plain:
            write(path, iter(lambda: plain.read(_CHUNK), b""))
    except (Damaged, SealError):
        logger.exception("%s does not open and keeps its old seal", path)
        return False
    except FileNotFoundError:
        return False
    return True


def _place(path: Path) -> str:
    """Whose bytes they are: county and name, which no file shares."""
    return f"files.{path.parent.parent.name}/{path.name}"


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(county_id: int, file_id: int) -> None:
    """Takes away every size of one file; that it is gone already is no error."""
    for size in (WHOLE, THUMB):
        path_of(county_id, file_id, size).unlink(missing_ok=True)


def kept(root: Path) -> Iterator[Path]:
    """The files below a folder of all counties, in order, without those that are being written."""
    for path in sorted(root.glob("*/*/*")):
        if path.is_file() and path.suffix != _TEMPORARY:
            yield path


def walk(county_id: int, *, before: float) -> Iterator[tuple[Path, int | None]]:
    """Files last written before a Unix time, each with the id in its name; None for a temporary or foreign file."""
    for path in sorted(folder(county_id).glob("*/*")):
        try:
            old = path.is_file() and path.stat().st_mtime < before
        except FileNotFoundError:  # another sweep was faster
            continue
        if old:
            named = _NAME.fullmatch(path.name)
            yield path, int(named["id"]) if named else None
