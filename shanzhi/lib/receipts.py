"""The secret on a receipt: read off paper and typed by anybody, so without signs that look alike."""

import secrets
import unicodedata
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31 signs, without 0 O 1 I L
LENGTH: Final = 13  # 31^13 is more than 2^64
GROUPS: Final = (4, 4, 5)


def signs_new(length: int) -> str:
    """So many signs at random."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def secret_new() -> str:
    """13 signs, about 64 random bits."""
    return signs_new(LENGTH)


def secret_shown(secret: str) -> str:
    """K7QM-4XPA-9WTRD, as it stands on paper and in the QR code."""
    parts, at = [], 0
    for size in GROUPS:
        parts.append(secret[at : at + size])
        at += size
    return "-".join(parts)


def signs_read(typed: str) -> str:
    """What somebody typed, in the one form. Width, case, blanks and dashes don't matter."""
    text = unicodedata.normalize("NFKC", typed[:100]).upper()
    return "".join(sign for sign in text if not sign.isspace() and sign not in "-–—‐―")


def secret_read(typed: str) -> str:
    """A secret as it was typed; empty for what is none."""
    text = signs_read(typed)
    return text if len(text) == LENGTH and all(sign in ALPHABET for sign in text) else ""
