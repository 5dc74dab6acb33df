"""The packed members of a bulk entry: 44 bytes each, in ascending order of their object ids."""

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shanzhi.lib.merkle import leaf_hash, root

_FORMAT = struct.Struct(">qi32s")


class Member(NamedTuple):
    """One object of a bulk act: its id, its version and its digest at that time."""

    object_id: int
    version: int
    digest: bytes


def pack(members: Iterable[Member]) -> bytes:
    return b"".join(_FORMAT.pack(*member) for member in members)


def unpack(data: bytes) -> Iterator[Member]:
    """Raises struct.error when the data was cut."""
    for values in _FORMAT.iter_unpack(data):
        yield Member(*values)


def members_root(data: bytes) -> bytes:
    """The digest of a bulk entry: the Merkle root over its packed members."""
    size = _FORMAT.size
    return root([leaf_hash(data[at : at + size]) for at in range(0, len(data), size)])
