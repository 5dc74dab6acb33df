"""Numbers by numbers in sixteen bytes each: what a pass over half a million rows remembers without filling the memory.

A dictionary takes a hundred bytes and more for each. Keys that are texts come as their hashes of 64 bits, among which
half a million meet by chance once in a hundred million lists.
"""

from array import array
from typing import Final

START: Final = 1 << 12
FULL: Final = 0.6
WORD: Final = (1 << 64) - 1
SPREAD: Final = 0x9E3779B97F4A7C15  # odd, near 2^64 ÷ the golden ratio: neighbours land apart


class Numbers:
    """Open addressing with linear probing. A value of 0 is as good as none; a key is never taken out."""

    __slots__ = ("_keys", "_mask", "_shift", "_used", "_values")

    def __init__(self) -> None:
        self._make(START)
        self._used = 0

    def _make(self, size: int) -> None:
        self._keys, self._values = array("Q", bytes(8 * size)), array("Q", bytes(8 * size))
        self._mask, self._shift = size - 1, 64 - size.bit_length() + 1

    def _slot(self, key: int) -> int:
        at = (key * SPREAD & WORD) >> self._shift
        keys = self._keys
        while keys[at] not in (0, key):
            at = (at + 1) & self._mask
        return at

    def get(self, key: int) -> int:
        """The value, 0 for none."""
        return self._values[self._slot(_whole(key))]

    def put(self, key: int, value: int) -> None:
        key = _whole(key)
        at = self._slot(key)
        if not self._keys[at]:
            self._used += 1
            self._keys[at] = key
        self._values[at] = value
        if self._used > self._mask * FULL:
            self._grow()

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._make(2 * len(keys))
        for key, value in zip(keys, values, strict=True):
            if key:
                at = self._slot(key)
                self._keys[at], self._values[at] = key, value


def _whole(key: int) -> int:
    """Within 64 bits, and never 0, which marks a free slot."""
    return key & WORD or 1
