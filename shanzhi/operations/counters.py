"""Counters of requests that several processes add to and any of them can tell.

Each process counts in a file of its own, mapped into memory: adding costs a few memory writes, and what was counted is
there for the others at once and after a kill. A process holds the lock of its file as long as it lives; the file of a
dead one is added to `ended.json`, so that no counter ever goes back.
"""

import contextlib
import fcntl
import json
import mmap
import os
import secrets
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

Row = list[float]
LE: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds; beyond them is the count itself
WIDTH: Final = len(LE) + 2  # a count for each bound, then all, then the sum of seconds
KEY: Final = 128
RECORD: Final = KEY + WIDTH * 8
ROWS: Final = 4_096
ENDED: Final = "ended.json"


class Counters:
    """Of this process. `add` is safe among threads; a process that was forked off takes a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lock, self.pid = folder, threading.Lock(), 0
        self.places: dict[str, int] = {}
        self.file = -1
        self.map: mmap.mmap | None = None

    def add(self, key: str, seconds: float) -> None:
        """Count one request. A key that is too long or one too many is not counted at all."""
        raw = key.encode()
        with self.lock:
            if self.pid != os.getpid():
                self._open()
            place = self.places.get(key)
            if place is None:
                if len(raw) > KEY or len(self.places) >= ROWS:
                    return
                place = self.places[key] = len(self.places) * RECORD
            assert self.map is not None
            row = list(struct.unpack_from(f"={WIDTH}d", self.map, place + KEY))
            for at, bound in enumerate(LE):
                row[at] += seconds <= bound
            row[-2] += 1
            row[-1] += seconds
            struct.pack_into(f"={WIDTH}d", self.map, place + KEY, *row)
            if not self.map[place]:
                self.map[place : place + len(raw)] = raw  # last: a row without a key is not there yet

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{os.getpid()}-{secrets.token_hex(4)}.counts"
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self.file, fcntl.LOCK_EX)
        os.ftruncate(self.file, ROWS * RECORD)  # sparse: only what is written takes room
        self.map = mmap.mmap(self.file, ROWS * RECORD)
        self.places, self.pid = {}, os.getpid()


def _rows(data: bytes) -> Iterator[tuple[str, Row]]:
    for at in range(0, len(data) - RECORD + 1, RECORD):
        key = data[at : at + KEY].rstrip(b"\0").decode()
        if not key:
            return
        yield key, list(struct.unpack_from(f"={WIDTH}d", data, at + KEY))


def _add(total: dict[str, Row], key: str, row: Row) -> None:
    known = total.setdefault(key, [0.0] * WIDTH)
    total[key] = [one + other for one, other in zip(known, row, strict=True)]


def collected(folder: Path) -> dict[str, Row]:
    """Of all processes together, those that ended too; key → counts up to each bound, all, and seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        total = _with_the_ended(folder)
        for path in folder.glob("*.counts"):
            for key, row in _rows(path.read_bytes()):
                _add(total, key, row)
    finally:
        os.close(handle)
    return total


def _with_the_ended(folder: Path) -> dict[str, Row]:
    """What ended processes had counted; those that ended since the last look are taken in, each once."""
    path = folder / ENDED
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"rows": {}, "taken": []}
    total: dict[str, Row] = known["rows"]
    for name in known["taken"]:  # a kill may have come between writing and removing
        (folder / name).unlink(missing_ok=True)
    dead = [file for file in folder.glob("*.counts") if not _alive(file)]
    for file in dead:
        for key, row in _rows(file.read_bytes()):
            _add(total, key, row)
    if dead:
        part = path.with_suffix(".part")
        part.write_text(json.dumps({"rows": total, "taken": [file.name for file in dead]}), encoding="utf-8")
        part.replace(path)
        for file in dead:
            file.unlink()
    return total


def _alive(path: Path) -> bool:
    """Whether somebody holds the file's lock. It is taken right after the file is made; an empty one is being made."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
