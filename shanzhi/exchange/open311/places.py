"""Where a report is: the place that its address names, else the county, if the position lies in it."""

import json
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from django.conf import settings

from shanzhi.areas.models import Area
from shanzhi.areas.selectors import area_get, areas_at
from shanzhi.lib.errors import Invalid, NotFound
from shanzhi.lib.outlines import Ring, is_inside, is_near
from shanzhi.tenancy.context import current

SCALE: Final = 10_000_000
EDGE: Final = 0.01  # degrees, about 1 km: the outlines are simplified
MISSING: Final = "请写明地点：lat 和 long，或 address_string，或 address_id。"
OUTSIDE: Final = "位置不在本县，请核对 lat、long 和 jurisdiction_id。"


def degrees(lat: str, lon: str) -> tuple[int, int] | None:
    """(lon, lat) in 1e-7 degree; None where neither was sent. Invalid for half a position and for what is no number."""
    if not lat and not lon:
        return None
    try:
        numbers = float(lat), float(lon)
    except ValueError:
        raise Invalid("lat 和 long 要一起写，用十进制的度。", code="position_invalid") from None
    if not (-90 <= numbers[0] <= 90 and -180 <= numbers[1] <= 180):
        raise Invalid("lat 要在 -90 到 90 之间，long 要在 -180 到 180 之间。", code="position_invalid")
    return round(numbers[1] * SCALE), round(numbers[0] * SCALE)


def place_of(*, address_id: str, address: str, position: tuple[int, int] | None) -> Area:
    """The area of the code; else the one with the longest name in the address; else the county, which sends it on."""
    if not address_id and not address and position is None:
        raise Invalid(MISSING, code="location_missing")
    if position is not None and not in_county(*position):
        raise Invalid(OUTSIDE, code="position_outside")
    if address_id:
        try:
            return area_get(address_id[:20])
        except NotFound as error:
            raise Invalid(f"address_id 不对：{error.message}", code="address_unknown") from None
    return (named_in(address) if address else None) or _whole()


def _whole() -> Area:
    found: Sequence[Area] = areas_at(Area.Level.COUNTY)
    if not found:
        raise Invalid("本县还没有导入区划，暂时不能上报。", code="no_areas")
    return found[0]


def names_of(area: Area) -> list[str]:
    """How people write it: 庙集村 beside 庙集村委会, 散兵社区 beside 散兵社区居委会."""
    for office in ("居民委员会", "村民委员会", "居委会"):
        if area.name.endswith(office):
            short = area.name.removesuffix(office)
            return [area.name, f"{short}村" if office == "村民委员会" and not short.endswith("村") else short]
    return [area.name, area.name.removesuffix("委会")] if area.name.endswith("村委会") else [area.name]


def named_in(address: str) -> Area | None:
    """The open village or township with the longest name in these words; a village of a named township goes first.

    Of two villages of one name without a township the words name neither.
    """
    words = "".join(unicodedata.normalize("NFKC", address).split())
    rows = Area.objects.filter(level__in=[Area.Level.TOWNSHIP, Area.Level.VILLAGE], valid_to=None).order_by("path")
    lengths = {row.id: max((len(name) for name in names_of(row) if name in words), default=0) for row in rows}
    found = [row for row in rows if lengths[row.id]]
    towns = {row.id: lengths[row.id] for row in found if row.level == Area.Level.TOWNSHIP}
    villages = [row for row in found if row.level == Area.Level.VILLAGE]
    inside = [row for row in villages if row.parent_id in towns]
    for choice in (inside, [] if towns else villages):
        best = max((lengths[row.id] for row in choice), default=0)
        longest = [row for row in choice if lengths[row.id] == best]
        if len(longest) == 1:
            return longest[0]
    best = max(towns.values(), default=0)
    longest = [row for row in found if towns.get(row.id) == best] if towns else []
    return longest[0] if len(longest) == 1 else None


def in_county(lon: int, lat: int) -> bool:
    """Whether a position lies in the current county or close to its edge; True where no outline of it is known."""
    rings = _outlines().get(current())
    if not rings:
        return True
    x, y = lon / SCALE, lat / SCALE
    return is_inside(x, y, rings) or is_near(x, y, rings, degrees=EDGE)


@cache
def _outlines() -> dict[int, list[Ring]]:
    """County → the rings of its outline; read once."""
    text = (settings.ROOT / "data" / "county-boundaries.geojson").read_text(encoding="utf-8")
    return {int(one["properties"]["code"][:6]): _rings(one["geometry"]) for one in json.loads(text)["features"]}


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [ring for part in parts for ring in part]
