"""Bytes on disk: whole or absent.

A file is written under a temporary name, synced and renamed before the row that names it commits. A crash in between
leaves bytes without a row, never a row without bytes; the sweep removes the former. The path follows from county and
id, so no path is kept in the database and none is ever taken from a request.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

WHOLE: Final = "whole"
THUMB: Final = "thumb"
_TEMPORARY: Final = ".part"
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
    """Returns size in bytes and SHA-256; when it returns, the bytes survive a power cut. On any error nothing stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(6)}{_TEMPORARY}")
    size, digest = 0, hashlib.sha256()
    try:
        with temporary.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    return size, digest.hexdigest()


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
