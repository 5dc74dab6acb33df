"""Materialised paths of the tree of areas: fixed-width ordinals from the root down, compared byte by byte.

The subtree of p is the half-open range [p, p + "~"): "~" sorts after every character of an ordinal, so that a path
range is an index condition under row-level security, where a prefix LIKE is not. Ordinals are never used twice below
one parent, so an old path never means another place.
"""

from __future__ import annotations

WIDTH = 4
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LARGEST = len(DIGITS) ** WIDTH - 1
ROOT = "0001"


def ordinal_text(number: int) -> str:
    """Four base-36 digits; numbers sort as their texts do. Raises ValueError outside 1…1,679,615."""
    if not 1 <= number <= LARGEST:
        raise ValueError(f"ordinal {number} does not fit into {WIDTH} digits")
    text = ""
    for _ in range(WIDTH):
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    return text


def child(path: str, ordinal: int) -> str:
    return path + ordinal_text(ordinal)


def subtree(path: str) -> tuple[str, str]:
    """Half-open range that holds the path itself and everything below it, and nothing else."""
    return path, path + "~"


def within(path: str, top: str) -> bool:
    """Whether `path` is `top` or below it."""
    low, high = subtree(top)
    return low <= path < high


def rebase(path: str, old: str, new: str) -> str:
    """`path`, which lies in the subtree of `old`, as it reads once that subtree hangs at `new`."""
    if not within(path, old):
        raise ValueError("the path is not in the subtree that moves")
    return new + path[len(old) :]


def ancestors(path: str) -> list[str]:
    """Paths from the root down to, but without, the path itself."""
    return [path[:end] for end in range(WIDTH, len(path), WIDTH)]
