"""How like two short texts are, by the pairs of characters that they share; for finding reports of one matter."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from shanzhi.lib.bigrams import tokens

LENGTH = 2000
HASHES: Final = 12
MASK: Final = (1 << 61) - 1
# Odd factors and summands, drawn once: each pair of them is another order of all pairs of characters.
FACTORS: Final = tuple(int.from_bytes(blake2b(b"f%d" % n, digest_size=7).digest(), "big") | 1 for n in range(HASHES))
SUMMANDS: Final = tuple(int.from_bytes(blake2b(b"s%d" % n, digest_size=7).digest(), "big") for n in range(HASHES))


@dataclass(frozen=True, slots=True)
class Shingles:
    """A text as the set of its pairs, made once for many comparisons."""

    pieces: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Shingles:
        return cls(frozenset(tokens(text[:LENGTH])))

    def like(self, other: Shingles) -> float:
        """Shared pairs over the geometric mean of both numbers (Ochiai): 0 without a shared pair, 1 for the same set.

        Symmetric; a short report inside a long one counts for more than by their union, for less than by containment.
        A text without any pair is like nothing, not even itself: there is nothing to compare.
        """
        if not self.pieces or not other.pieces:
            return 0.0
        shared = len(self.pieces & other.pieces)
        return min(1.0, shared / math.sqrt(len(self.pieces) * len(other.pieces)))


def likeness(one: str, other: str) -> float:
    """0..1, see `Shingles.like`; punctuation, case and the width of characters make no difference."""
    return Shingles.of(one).like(Shingles.of(other))


def signature(text: str, key: bytes = b"") -> tuple[str, ...]:
    """Twelve words that two texts share in as large a part as they share pairs of characters (MinHash).

    Of another length for nobody: a text of a thousand characters has twelve words too. Under a secret `key` (at most
    64 bytes) they tell nobody what stands in it. Empty for a text without a pair.
    """
    pieces = Shingles.of(text).pieces
    numbers = [int.from_bytes(blake2b(piece.encode(), digest_size=7, key=key).digest(), "big") for piece in pieces]
    if not numbers:
        return ()
    least = (min((one * f + s) % MASK for one in numbers) for f, s in zip(FACTORS, SUMMANDS, strict=True))
    return tuple(f"{one:016x}" for one in least)


def alike(one: Iterable[str], other: Iterable[str]) -> float:
    """0..1: about how many of all their pairs of characters two signatured texts share; 0 where one has none."""
    pairs = list(zip(one, other, strict=False))
    return sum(a == b for a, b in pairs) / HASHES if pairs else 0.0
