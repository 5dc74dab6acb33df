"""The secret on a receipt: read off paper and typed by anybody, so without signs that look alike."""

import secrets
import unicodedata
from typing import Final

from shanzhi.cases.models import Receipt
from shanzhi.tenancy.fields import EncryptedTextField

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31 signs, without 0 O 1 I L
LENGTH: Final = 13  # 31^13 is more than 2^64
GROUPS: Final = (4, 4, 5)


def secret_new() -> str:
    """13 signs, about 64 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def secret_shown(secret: str) -> str:
    """K7QM-4XPA-9WTRD, as it stands on paper and in the QR code."""
    parts, at = [], 0
    for size in GROUPS:
        parts.append(secret[at : at + size])
        at += size
    return "-".join(parts)


def secret_read(typed: str) -> str:
    """What somebody typed, in the one form; empty for what is no secret. Width, case, blanks, dashes don't matter."""
    text = unicodedata.normalize("NFKC", typed[:100]).upper()
    text = "".join(sign for sign in text if not sign.isspace() and sign not in "-–—‐―")
    return text if len(text) == LENGTH and all(sign in ALPHABET for sign in text) else ""


def digest_of(secret: str) -> str:
    """What a secret is looked up by; without the server's key it says nothing."""
    return EncryptedTextField.index_in(Receipt, "secret", secret)
