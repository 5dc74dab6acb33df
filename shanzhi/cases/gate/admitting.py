"""How often somebody without an account may do something, before they are asked to wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.transaction import atomic

from shanzhi.cases.gate.visitors import Visitor
from shanzhi.cases.models import Visit
from shanzhi.lib.errors import TooMany

HOUR: Final = timedelta(hours=1)
WAIT: Final = "这个手机或网络今天反映得很多了，请过一会儿再试，急事请打 12345。"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within an hour from one browser, and from one address (behind which a village may stand)."""

    device: int
    address: int


LIMITS: Final[Mapping[str, Limit]] = {
    "report": Limit(device=10, address=60),
    "add": Limit(device=20, address=120),
    "rate": Limit(device=20, address=120),
    "join": Limit(device=20, address=120),
    "complain": Limit(device=5, address=30),
}


def admit(visitor: Visitor, act: str, *, at: datetime) -> None:
    """Count one act of this visitor; TooMany beyond the limit of its sort. KeyError for an act without one.

    Call it in the transaction of what is done: what is refused later counts for nothing.
    """
    limit = LIMITS[act]
    recent = Visit.objects.filter(act=act, at__gt=at - HOUR)
    if recent.filter(address=visitor.address)[: limit.address].count() >= limit.address:
        raise TooMany(WAIT, code="too_many_reports")
    if not visitor.fresh and recent.filter(device=visitor.device)[: limit.device].count() >= limit.device:
        raise TooMany(WAIT, code="too_many_reports")
    with atomic():
        Visit.objects.create(act=act, address=visitor.address, device=visitor.device, at=at)
