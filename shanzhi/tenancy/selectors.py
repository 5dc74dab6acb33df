"""Which counties there are."""

import time
from typing import Final

from shanzhi.lib.errors import NotFound
from shanzhi.tenancy.models import County

CACHED_SECONDS: Final = 30.0
_cache: dict[int, tuple[float, County]] = {}


def county_list() -> list[County]:
    """All active counties by code."""
    return list(County.objects.filter(is_active=True))


def county_get(number: int) -> County:
    """An active county by its number, remembered for half a minute; NotFound for any other."""
    hit = _cache.get(number)
    if hit is not None and hit[0] > time.monotonic():
        return hit[1]
    row = County.objects.filter(id=number, is_active=True).first()
    if row is None:
        _cache.pop(number, None)
        raise NotFound("没有找到这个页面，可能是地址写错了，请从首页重新进入。", code="not_found")
    _cache[number] = (time.monotonic() + CACHED_SECONDS, row)
    return row


def forget_counties() -> None:
    """Drop what is remembered; for tests and after a county was changed."""
    _cache.clear()
