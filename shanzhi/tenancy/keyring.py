"""The keys of this installation: settings name the files, each process reads each once.

A ring is called by the setting that names its file. `FIELDS` is everybody's; an app whose texts must stay closed to
whoever holds that one names a setting of its own.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

from django.conf import settings

from shanzhi.lib.sealing import KeyRing, Suite, UnknownKey, make_ring, read_ring

FIELDS: Final = "SHANZHI_KEY_FILE"
Found = TypeVar("Found")


def key_ring(ring: str = FIELDS) -> KeyRing:
    """The ring as this process knows it. The first use of an installation makes the file."""
    return _ring(Path(getattr(settings, ring)), Suite(settings.SHANZHI_CIPHER))


@lru_cache(maxsize=8)
def _ring(path: Path, suite: Suite) -> KeyRing:
    make_ring(path)
    return read_ring(path, suite)


def forget_keys() -> None:
    """Read the files again at the next use."""
    _ring.cache_clear()


def sealed(text: str, place: str, ring: str = FIELDS) -> str:
    return key_ring(ring).seal(text, place)


def opened(seal: str, place: str, ring: str = FIELDS) -> str:
    return with_keys(lambda keys: keys.open(seal, place), ring)


def with_keys(use: Callable[[KeyRing], Found], ring: str = FIELDS) -> Found:
    """A key that came after this process began is looked for in the file, once, before it counts as unknown."""
    try:
        return use(key_ring(ring))
    except UnknownKey:
        forget_keys()
        return use(key_ring(ring))
