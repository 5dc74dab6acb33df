"""Chance that is the same on every machine: nothing of the demo may come from the clock or from a hash of a run."""

from random import Random


def chance(*words: object) -> Random:
    """A generator of its own for these words, so that one more case or person changes no other."""
    return Random(":".join(str(word) for word in words))  # noqa: S311  # invented people need no secrecy
