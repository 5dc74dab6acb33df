"""Access tokens of providers: fetched when first needed, kept in this process until shortly before they end."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Final

EARLY: Final = 300  # seconds before its end in which a token is not used any more
_kept: dict[tuple[str, ...], tuple[str, float]] = {}
_lock = threading.Lock()

Fetch = Callable[[], tuple[str, int]]


def token(key: tuple[str, ...], fetch: Fetch) -> str:
    """The token of this account; `fetch` returns one with its life in seconds. One thread asks, the others wait."""
    with _lock:
        found, until = _kept.get(key, ("", 0.0))
        if monotonic() >= until:
            found, seconds = fetch()
            _kept[key] = (found, monotonic() + max(seconds - EARLY, 30))
        return found


def drop(key: tuple[str, ...], refused: str) -> None:
    """The provider refused this token; one that was fetched since stays."""
    with _lock:
        if _kept.get(key, ("", 0.0))[0] == refused:
            del _kept[key]


def forget() -> None:
    with _lock:
        _kept.clear()
