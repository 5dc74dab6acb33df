"""How like two short texts are, by the pairs of characters that they share; for finding reports of one matter."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shanzhi.lib.bigrams import tokens

LENGTH = 2000


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
