"""Parsed bodies by version: a version never changes, so what was parsed once is right for ever."""

from collections import OrderedDict
from threading import Lock
from typing import Any, Final

from pydantic import BaseModel

from shanzhi.lib.errors import NotFound
from shanzhi.packs.families import FAMILIES
from shanzhi.packs.models import Version
from shanzhi.tenancy.context import current

KEPT: Final = 4096
_bodies: OrderedDict[tuple[int, int], BaseModel] = OrderedDict()
_lock: Final = Lock()


def body_of(version: Version | int) -> Any:
    """The body of a version of this county, parsed by its family's schema; no SQL when it was parsed before.

    NotFound for an id that this county does not have. Callers must not alter it: all share one object.
    """
    version_id = version if isinstance(version, int) else version.id
    found = recall(version_id)
    if found is not None:
        return found
    row = version if isinstance(version, Version) else Version.objects.filter(id=version_id).first()
    if row is None:
        raise NotFound
    return remember(row.id, row.family, row.body)


def recall(version_id: int) -> BaseModel | None:
    """The parsed body, if this process has it."""
    key = (current(), version_id)
    with _lock:
        found = _bodies.get(key)
        if found is not None:
            _bodies.move_to_end(key)
        return found


def remember(version_id: int, family: str, body: Any) -> BaseModel:
    """Parse a stored body and keep it; the oldest one is forgotten when there are too many."""
    parsed = FAMILIES[family].schema.model_validate(body)
    with _lock:
        _bodies[(current(), version_id)] = parsed
        while len(_bodies) > KEPT:
            _bodies.popitem(last=False)
    return parsed


def forget_parsed() -> None:
    """Start without any, as a new process does."""
    with _lock:
        _bodies.clear()
