"""Merkle trees over SHA-256 with separated domains (RFC 9162, section 2.1): 0x00 for leaves, 0x01 for nodes.

The separation keeps a node from being passed off as a leaf. A tree of n leaves splits at the largest power of two
smaller than n, so that no leaf is ever doubled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

DIGEST_SIZE = 32


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes in the given order; of no leaves, the hash of the empty string.

    Level by level, an odd last node moves up unchanged: the same tree as the recursive definition of RFC 9162.
    """
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]
