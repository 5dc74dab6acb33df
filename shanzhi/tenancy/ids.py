"""Row ids made by the application: 41 bits of milliseconds, 10 bits of node, 12 bits of sequence.

A node number belongs to one live process: it holds an exclusive lock on a file of that number, which the kernel
frees when the process dies, however it dies. The file also keeps how far into the future ids were handed out, so
that a clock that went back never repeats one. Several machines share a county by giving each its own range of
nodes (`SHANZHI_NODES=0-255`).
"""

import fcntl
import os
import threading
import time
from pathlib import Path
from typing import IO, Final

from django.conf import settings

EPOCH_MS: Final = 1_704_067_200_000  # 2024-01-01T00:00:00Z; 41 bits last until 2093
SEQUENCE_BITS: Final = 12
NODE_BITS: Final = 10
RESERVE_MS: Final = 10_000
LARGEST: Final = 2**63 - 1  # of 19 digits; ids have 18 digits until the summer of 2031 only


class NodesExhausted(RuntimeError):
    """Every node number of this machine's range is held by a live process."""


class _Lease:
    """A held node number with the milliseconds up to which its ids are reserved."""

    def __init__(self, node: int, file: IO[str], reserved: int) -> None:
        self.node, self.file, self.reserved = node, file, reserved

    def reserve(self, upto: int) -> None:
        self.reserved = upto + RESERVE_MS
        self.file.seek(0)
        self.file.write(f"{self.reserved:020d}\n")
        self.file.flush()
        os.fsync(self.file.fileno())


def _lease(folder: Path, first: int, last: int) -> _Lease:
    folder.mkdir(parents=True, exist_ok=True)
    for node in range(first, last + 1):
        path = folder / f"{node:04d}"
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        return _Lease(node, file, int(file.read().strip() or 0))
    raise NodesExhausted(f"all nodes {first}-{last} are in use; widen SHANZHI_NODES")


class _Maker:
    """The process's one source of ids: its lease, and the last millisecond and sequence that were given out."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.lease: _Lease | None = None
        self.forked: list[_Lease] = []
        self.last_ms = self.sequence = 0

    def after_fork(self) -> None:
        """In the child, which shares the parent's lock on its node: do not use it, and do not close (and free) it."""
        self.lock = threading.Lock()
        if self.lease is not None:
            self.forked.append(self.lease)
            self.lease = None

    def make(self) -> int:
        with self.lock:
            if self.lease is None:
                self.lease = _lease(Path(settings.VAR_DIR) / "nodes", *settings.ID_NODES)
                self.last_ms, self.sequence = max(self.last_ms, self.lease.reserved), 0
            now = int(time.time() * 1000) - EPOCH_MS
            if now > self.last_ms:
                self.last_ms, self.sequence = now, 0
            else:  # same millisecond, or the clock went back: count on from where we were
                self.sequence += 1
                if self.sequence >> SEQUENCE_BITS:
                    self.last_ms, self.sequence = self.last_ms + 1, 0
            if self.last_ms >= self.lease.reserved:
                self.lease.reserve(self.last_ms)
            return self.last_ms << (NODE_BITS + SEQUENCE_BITS) | self.lease.node << SEQUENCE_BITS | self.sequence


_maker = _Maker()
os.register_at_fork(after_in_child=_maker.after_fork)


def new_id() -> int:
    """A positive 63-bit number, unique over all processes, roughly ordered by time."""
    return _maker.make()


def id_at(ms_since_1970: int) -> int:
    """The smallest id that can have been made at this time; for ranges over ids by time."""
    return max(ms_since_1970 - EPOCH_MS, 0) << (NODE_BITS + SEQUENCE_BITS)


def id_of(text: str) -> int | None:
    """The id that a text names; None for what can be none: no ASCII digits, too many of them, beyond 63 bits."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    number = int(text)
    return number if number <= LARGEST else None
