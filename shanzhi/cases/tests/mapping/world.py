"""Cases on a map: a cast whose places have outlines, and many cases at known positions, made in bulk."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import shapely
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas import services
from shanzhi.areas.selectors.examining import Wish
from shanzhi.cases.models import Case
from tests.cast import Cast, report

WEST, SOUTH = 1_189_000_000, 326_000_000
UNIT = 100_000  # a hundredth of a degree, about a kilometre
# Sides of the places in hundredths of a degree from the corner of the county.
LAND = {
    "county": (0, 0, 40, 20), "t1": (0, 0, 20, 20), "t2": (20, 0, 40, 20), "v1": (0, 0, 10, 20), "v2": (10, 0, 20, 20),
    "v3": (20, 0, 40, 20), "g1": (0, 0, 10, 10), "g4": (0, 10, 10, 20), "g2": (10, 0, 20, 20), "g3": (20, 0, 40, 20),
}  # fmt: skip
WHOLE = (WEST, SOUTH, WEST + 40 * UNIT, SOUTH + 20 * UNIT)
BBOX = "118.9,32.6,119.3,32.8"
API = "/api/v1/341181/cases/map"
PAGE = "/341181/cases/map/"


def at(x: float, y: float) -> tuple[int, int]:
    """A position in 1e-7 degree, from hundredths of a degree."""
    return round(WEST + x * UNIT), round(SOUTH + y * UNIT)


def land(cast: Cast) -> None:
    """Outlines of every place of the cast."""
    wishes = [Wish(cast.areas[name], shapely.box(*at(*sides[:2]), *at(*sides[2:]))) for name, sides in LAND.items()]
    day = timezone.localdate() - timedelta(days=30)
    services.outlines_put(
        actor=Actor.system(cast.county.id), wishes=wishes, seen={wish.area.id: None for wish in wishes}, on=day,
        reason="测试",
    )  # fmt: skip


def place_case(cast: Cast, x: float, y: float, *, by: str = "grid_worker", place: str = "g1", **changes: Any) -> Case:
    """A case at a position, as the services make it."""
    lon, lat = at(x, y)
    return report(cast, by=by, place=place, lon=lon, lat=lat, accuracy=12, **changes)


def copies(case: Case, rows: Sequence[dict[str, Any]]) -> list[Case]:
    """More cases like this one with these changes; the database keeps what follows from them."""
    plain = {field.attname: getattr(case, field.attname) for field in Case._meta.local_fields if not field.generated}
    made = [
        Case(**{**plain, "id": case.id + number, "number": f"9901-{number:04d}", **changes})
        for number, changes in enumerate(rows, 1)
    ]
    return Case.objects.bulk_create(made)
