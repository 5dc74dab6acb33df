"""Which county a request is about, and where to find what: the discovery document."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import Max

from shanzhi.cases.kinds.registry import FAMILY
from shanzhi.lib.errors import Invalid, NotFound
from shanzhi.packs.models import Version
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.tenancy.selectors import county_get, county_list

SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
KEPT_SECONDS: Final = 30.0
_changed: dict[int, tuple[float, datetime | None]] = {}


def w3c(moment: datetime) -> str:
    """2026-11-20T07:30:00Z: to the second, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def jurisdiction_of(value: str) -> County:
    """The county of `jurisdiction_id`, which may be left out where there is one county only: 400, or 404."""
    if not value:
        rows = county_list()
        if len(rows) == 1:
            return rows[0]
        raise Invalid("请写明 jurisdiction_id：县级区划代码，6 位数字。", code="jurisdiction_missing")
    if not (value.isascii() and value.isdigit() and len(value) == 6):
        raise NotFound("没有这个 jurisdiction_id，它是县级区划代码，6 位数字。", code="jurisdiction_unknown")
    try:
        return county_get(int(value))
    except NotFound:
        raise NotFound("没有这个 jurisdiction_id，这个县不在这里。", code="jurisdiction_unknown") from None


def discovery(base: str, counties: Iterable[County]) -> dict[str, Any]:
    """`base` is the address of version 2; `changeset` says when the services of these counties last changed."""
    moments = [found for row in counties if (found := _services_changed(row.id)) is not None]
    changeset = w3c(max(moments, default=datetime(2026, 1, 1, tzinfo=UTC)))
    return {
        "changeset": changeset,
        "contact": settings.EXCHANGE["contact"],
        "key_service": "上报要用 api_key：请本县的安全管理员给一个能上报事件的账号发放接口令牌。只查询不用 api_key。",
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": base,
                "changeset": changeset,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


def _services_changed(number: int) -> datetime | None:
    """When a kind was last published; remembered for half a minute, since anybody may ask."""
    hit = _changed.get(number)
    if hit is not None and hit[0] > time.monotonic():
        return hit[1]
    with county(number):
        found: datetime | None = Version.objects.filter(family=FAMILY).aggregate(at=Max("published_at"))["at"]
    _changed[number] = (time.monotonic() + KEPT_SECONDS, found)
    return found
