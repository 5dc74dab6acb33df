"""Whether the web server or the worker runs: each holds the lock of the node from which its ids come."""

import fcntl
import os
from pathlib import Path


def somebody_runs(var: Path) -> bool:
    """Whether a process on this machine that writes into this installation is alive."""
    return any(_held(path) for path in sorted((var / "nodes").glob("*")))


def _held(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
