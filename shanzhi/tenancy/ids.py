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


_lock = threading.Lock()
_held: _Lease | None = None
_last_ms = 0
_sequence = 0


def _after_fork() -> None:
    # The child shares the parent's lock: it must not use its number, nor close (and so free) anything of it.
    global _held, _lock
    _lock = threading.Lock()
    if _held is not None:
        _forked.append(_held)
        _held = None


_forked: list[_Lease] = []
os.register_at_fork(after_in_child=_after_fork)


def new_id() -> int:
    """A positive 63-bit number, unique over all processes, roughly ordered by time."""
    global _held, _last_ms, _sequence
    with _lock:
        if _held is None:
            _held = _lease(Path(settings.VAR_DIR) / "nodes", *settings.ID_NODES)
            _last_ms, _sequence = max(_last_ms, _held.reserved), 0
        now = int(time.time() * 1000) - EPOCH_MS
        if now > _last_ms:
            _last_ms, _sequence = now, 0
        else:  # same millisecond, or the clock went back: count on from where we were
            _sequence += 1
            if _sequence >> SEQUENCE_BITS:
                _last_ms, _sequence = _last_ms + 1, 0
        if _last_ms >= _held.reserved:
            _held.reserve(_last_ms)
        return _last_ms << (NODE_BITS + SEQUENCE_BITS) | _held.node << SEQUENCE_BITS | _sequence


def id_at(ms_since_1970: int) -> int:
    """The smallest id that can have been made at this time; for ranges over ids by time."""
    return max(ms_since_1970 - EPOCH_MS, 0) << (NODE_BITS + SEQUENCE_BITS)
