"""Long work that is told to end leaves by an exception, so that what it opened is closed."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def ended_by(*numbers: signal.Signals) -> Iterator[None]:
    """In the block these signals raise SystemExit; outside of the main thread nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before: list[tuple[signal.Signals, Callable[[int, FrameType | None], Any] | int | None]] = [
        (number, signal.signal(number, leave)) for number in numbers
    ]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
