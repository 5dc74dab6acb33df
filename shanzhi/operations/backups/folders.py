"""The folder of the backups: one folder for each, whole or absent.

A backup grows under a temporary name and gets its own by one rename after it was verified, so a run that was killed,
or whose disk was full, leaves nothing that looks like a backup. What it left is removed by the next run.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from shanzhi.lib.times import local

Say = Callable[[str], None]
MANIFEST: Final = "manifest.json"
GROWING: Final = ".making-"
GOING: Final = ".removing-"
WAL: Final = "wal"
_NAME: Final = re.compile(r"\d{8}-\d{6}")


class Refused(Exception):
    """Nothing was changed; the message is one sentence that says what to do."""


def name_at(at: datetime) -> str:
    """Local time: names sort as they were made."""
    return f"{local(at):%Y%m%d-%H%M%S}"


def backups_in(folder: Path) -> list[Path]:
    """The whole backups of a folder, oldest first."""
    found = [path for path in folder.glob("*") if _NAME.fullmatch(path.name) and (path / MANIFEST).is_file()]
    return sorted(found, key=lambda path: path.name)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One run at a time; the kernel gives the lock back however the run ends. Refused if another runs."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Refused(f"备份目录 {folder} 写不进去（{error.strerror}），请换一个目录或改好权限。") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(f"{folder} 里另一次备份还在进行，请等它做完。") from error
        yield
    finally:
        os.close(handle)


@contextmanager
def growing(folder: Path, name: str) -> Iterator[Path]:
    """A new backup under a temporary name; renamed when the block ends well, removed when it does not.

    Call it inside `locked`: what earlier runs left is removed first.
    """
    for left in (*folder.glob(f"{GROWING}*"), *folder.glob(f"{GOING}*")):
        shutil.rmtree(left, ignore_errors=True)
    if (folder / name).exists():
        raise Refused(f"备份 {name} 已经有了，请过一秒再做。")
    made = folder / f"{GROWING}{name}"
    made.mkdir(mode=0o700)
    try:
        yield made
        os.sync()
        made.rename(folder / name)
        sync_folder(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def sync_folder(path: Path) -> None:
    """What was renamed in the folder is so after a power cut too."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def prune(folder: Path, keep: int) -> list[str]:
    """Remove all but the newest `keep` (≥ 1); returns the names of those that went."""
    gone = []
    for old in backups_in(folder)[:-keep]:
        going = folder / f"{GOING}{old.name}"
        old.rename(going)  # no longer a backup from here on, should the removal be cut short
        shutil.rmtree(going)
        gone.append(old.name)
    return gone
