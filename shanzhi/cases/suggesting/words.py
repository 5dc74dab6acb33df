"""How sure a suggestion is, in the two words that people read; below that nothing is said."""

from typing import Final

LIKELY: Final = 0.75
POSSIBLE: Final = 0.4
SECOND: Final = 0.2  # what stands beside a possible one
VERY_LIKE: Final = 0.6


def chance_words(chance: float) -> str:
    """很像, 可能, or nothing."""
    return "很像" if chance >= LIKELY else "可能" if chance >= POSSIBLE else ""


def like_words(likeness: float) -> str:
    return "内容很像" if likeness >= VERY_LIKE else "内容相近"


def share_words(part: int, whole: int) -> str:
    """45/50 → 90%; empty over nothing: that is no value, neither 0 % nor 100 %."""
    return f"{part * 1000 // whole / 10:g}%" if whole else ""
