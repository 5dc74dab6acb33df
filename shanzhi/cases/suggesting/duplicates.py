"""Which open or just closed cases are probably the same matter: near in place and time, like in text."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from shanzhi.access.actor import Actor, PathRange
from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case
from shanzhi.cases.suggesting.visible import visible
from shanzhi.cases.suggesting.words import VERY_LIKE, like_words
from shanzhi.lib.likeness import Shingles
from shanzhi.lib.times import show_span

AROUND: Final = timedelta(days=30)
CLOSED: Final = timedelta(days=7)
NEAR: Final = 300  # metres
LOOKED_AT: Final = 200
SHOWN: Final = 3
SHORTEST: Final = 4
ANY_KIND: Final = "other"
METRES: Final = 111_320 / 10_000_000  # of a unit of latitude, 1e-7 degree
# How like a text must be: at the same spot, in the same grid, somewhere in the same village.
LIKE_NEAR, LIKE_GRID, LIKE_VILLAGE = 0.28, 0.4, 0.5
FIELDS: Final = (
    "county_id", "number", "title", "body", "kind", "definition_id", "state", "received_at", "ended_at", "lon", "lat",
    "area_id", "area_path", "owner_path", "reporter_id", "handler_unit_id", "handler_area_id", "seen_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matter:
    """What is being reported: coordinates in 1e-7 degree, `kind` empty while none is chosen."""

    text: str
    area: Area
    kind: str = ""
    lon: int | None = None
    lat: int | None = None


@dataclass(frozen=True, slots=True)
class Likely:
    """A case that is probably the same, and why, in words: 相距约 80 米、3 小时前、内容相近."""

    case: Case
    words: str
    likeness: float

    @property
    def state(self) -> str:
        return State(self.case.state).label


def metres(lon: int, lat: int, other_lon: int, other_lat: int) -> float:
    """Between two positions in 1e-7 degree, as on a plane: exact to a metre at such distances."""
    east = (lon - other_lon) * math.cos(math.radians((lat + other_lat) / 2e7))
    return math.hypot(east, lat - other_lat) * METRES


def nearby(area: Area, *, at: datetime) -> QuerySet[Case]:
    """Everything of the last 30 days in the village of a place, or in the township or county if the place is one."""
    below = PathRange.below(area.path[: 3 * WIDTH])
    return Case.objects.filter(area_path__gte=below.lo, area_path__lt=below.hi, received_at__gte=at - AROUND)


def candidates(area: Area, *, at: datetime, without: int | None = None) -> QuerySet[Case]:
    """The newest 200 of the last 30 days in the village of a place (or in the township, the county, if the place is
    one) that are open, or have ended within 7 days and not by being merged."""
    rows = nearby(area, at=at)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gte=at - CLOSED)).exclude(state=State.MERGED)
    if without is not None:
        rows = rows.exclude(id=without)
    return rows.order_by("-received_at", "-id").only(*FIELDS)[:LOOKED_AT]


def duplicates(actor: Actor, matter: Matter, *, at: datetime, without: int | None = None) -> list[Likely]:
    """At most three, the likest first, only such as the actor may see. One statement, two for people of a unit."""
    found = likely_among(matter, lambda: candidates(matter.area, at=at, without=without), at=at)
    seen = {case.id for case in visible(actor, [one.case for one in found])}
    return [one for one in found if one.case.id in seen][:SHOWN]


def likely_among(matter: Matter, rows: Callable[[], Iterable[Case]], *, at: datetime) -> list[Likely]:
    """Those of these cases that are probably the same, the likest first; none is read for a text that says nothing."""
    said = Shingles.of(matter.text)
    if len(matter.text.strip()) < SHORTEST or not said.pieces:
        return []
    found = [one for case in rows() if (one := _likely(matter, said, case, at)) is not None]
    return sorted(found, key=lambda one: (-one.likeness, -one.case.id))


def _likely(matter: Matter, said: Shingles, case: Case, at: datetime) -> Likely | None:
    likeness = said.like(Shingles.of(f"{case.title} {case.body}"))
    kinds = {matter.kind, case.kind}
    if len(kinds) == 2 and not kinds & {"", ANY_KIND} and likeness < VERY_LIKE:
        return None
    least, words = LIKE_VILLAGE, "同一个村"
    if matter.lon is not None and matter.lat is not None and case.lon is not None and case.lat is not None:
        distance = metres(matter.lon, matter.lat, case.lon, case.lat)
        if distance > NEAR:
            return None
        least, words = LIKE_NEAR, "同一地方" if distance < 20 else f"相距约 {max(10, round(distance, -1)):.0f} 米"
    elif case.area_id == matter.area.id and len(case.area_path) > 3 * WIDTH:
        least, words = LIKE_GRID, "同一网格"
    elif len(case.area_path) < 3 * WIDTH:
        words = "同一个地方"
    if likeness < least:
        return None
    return Likely(case, "、".join([words, _ago(case.received_at, at), like_words(likeness)]), likeness)


def _ago(then: datetime, at: datetime) -> str:
    return "刚刚" if at - then < timedelta(minutes=1) else f"{show_span(at - then)}前"
