"""SQLite with writers of one process queued in the order they came.

SQLite's own busy handler polls: with several writers one of them may wait for seconds. The web server is one process
here, so its threads take a fair lock before BEGIN IMMEDIATE and give it back after COMMIT or ROLLBACK.
"""

import threading
from collections import deque
from typing import Final

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

WAIT_SECONDS: Final = 30.0


class FairLock:
    """A mutual exclusion lock that is handed over first come, first served."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def acquire(self, timeout: float) -> bool:
        """True once the lock is ours; False when `timeout` seconds were not enough."""
        with self._guard:
            if not self._held and not self._waiting:
                self._held = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout):
            return True
        with self._guard:
            if turn.is_set():  # it was handed over in the last moment
                return True
            self._waiting.remove(turn)
            return False

    def release(self) -> None:
        """Hand the lock to whoever has waited longest, or free it."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


_writers: dict[str, FairLock] = {}
_writers_guard = threading.Lock()


def _writer_lock(name: str) -> FairLock:
    with _writers_guard:
        return _writers.setdefault(name, FairLock())


class DatabaseWrapper(base.DatabaseWrapper):
    _writing: FairLock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        lock = _writer_lock(str(self.settings_dict["NAME"]))
        if not lock.acquire(WAIT_SECONDS):
            raise OperationalError("database is locked: other writers kept it too long")
        self._writing = lock
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_back()
            raise

    def _give_back(self) -> None:
        lock, self._writing = self._writing, None
        if lock is not None:
            lock.release()

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._give_back()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_back()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_back()
