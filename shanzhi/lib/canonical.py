"""One byte string for one value: what digests are made over.

JSON with sorted keys and without spaces, NFC text is left as it is, times in UTC with six digits of a second. Floats
are refused, because their text differs between systems; so are naive times.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

_AS_IT_IS: Final = frozenset({type(None), bool, int, str})
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


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
        return {_key(key): item if type(item) in _AS_IT_IS else _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [item if type(item) in _AS_IT_IS else _plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _key(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("keys must be text")
    return value


def canonical(value: object) -> bytes:
    """Equal values give equal bytes on every system; raises TypeError for floats, naive times and unknown types."""
    return _ENCODER.encode(_plain(value)).encode("utf-8", "surrogatepass")
