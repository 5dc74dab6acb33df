"""One byte string for one value: what digests are made over.

JSON with sorted keys and without spaces, NFC text is left as it is, times in UTC with six digits of a second. Floats
are refused, because their text differs between systems; so are naive times.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a naive time has no canonical form")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _key(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("keys must be text")
    return value


def canonical(value: object) -> bytes:
    """Equal values give equal bytes on every system; raises TypeError for floats, naive times and unknown types."""
    text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass")
