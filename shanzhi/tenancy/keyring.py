"""The keys of this installation: settings name the file, each process reads it once."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from shanzhi.lib.sealing import KeyRing, Suite, UnknownKey, make_ring, read_ring


def key_ring() -> KeyRing:
    """The ring as this process knows it. The first use of an installation makes the file."""
    return _ring(Path(settings.SHANZHI_KEY_FILE), Suite(settings.SHANZHI_CIPHER))


@lru_cache(maxsize=8)
def _ring(path: Path, suite: Suite) -> KeyRing:
    make_ring(path)
    return read_ring(path, suite)


def forget_keys() -> None:
    """Read the file again at the next use."""
    _ring.cache_clear()


def sealed(text: str, place: str) -> str:
    return key_ring().seal(text, place)


def opened(seal: str, place: str) -> str:
    """A key that came after this process began is looked for in the file, once, before it counts as unknown."""
    try:
        return key_ring().open(seal, place)
    except UnknownKey:
        forget_keys()
        return key_ring().open(seal, place)
