"""The part of the map that an address names, and the one that a person begins with."""

from collections.abc import Iterable, Sequence
from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, Outline
from shanzhi.areas.paths import WIDTH
from shanzhi.areas.selectors import outline_list_for, view_scope
from shanzhi.lib.errors import Invalid
from shanzhi.lib.georead import Box
from shanzhi.lib.shapes import DEGREE

CHINA: Final[Box] = (730_000_000, 180_000_000, 1_350_000_000, 540_000_000)
LEVELS: Final = (Area.Level.COUNTY, Area.Level.TOWNSHIP, Area.Level.VILLAGE, Area.Level.GRID)
LENGTH: Final = 100
LEAST: Final = 4_000  # a rectangle is at least about 40 m wide
BAD: Final = "地图范围要写成“西,南,东,北”四个度数，例如 118.9,32.6,119.1,32.8，西小于东、南小于北。"


def box_read(text: str) -> Box:
    """West, south, east and north in degrees, separated by commas, as 1e-7 degree; Invalid with one sentence."""
    try:
        parts = [float(part) for part in text.split(",")] if len(text) <= LENGTH else []
        west, south, east, north = (round(part * DEGREE) for part in parts)
    except (ValueError, OverflowError):  # no number, too many or too few of them, or without end
        raise Invalid(BAD, code="bbox", fields={"bbox": [BAD]}) from None
    if not (-180 * DEGREE <= west < east <= 180 * DEGREE and -90 * DEGREE <= south < north <= 90 * DEGREE):
        raise Invalid(BAD, code="bbox", fields={"bbox": [BAD]})
    return west, south, east, north


def box_text(box: Box) -> str:
    """The same as it stands in an address, to the last digit: the next page is of the same rectangle."""
    return ",".join(f"{value / DEGREE:.7f}" for value in box)


def around(positions: Iterable[tuple[int, int]], margin: float = 0.05) -> Box | None:
    """The rectangle of these positions with a margin; None without any."""
    points = list(positions)
    if not points:
        return None
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    return padded((min(lons), min(lats), max(lons), max(lats)), margin)


def padded(box: Box, margin: float = 0.05) -> Box:
    west, south, east, north = box
    x = max(round((east - west) * margin), LEAST // 2)
    y = max(round((north - south) * margin), LEAST // 2)
    return west - x, south - y, east + x, north + y


def zoom_for(box: Box, width: int = 760) -> int:
    """The zoom of a web map at which the rectangle is about this many pixels wide."""
    degrees = max(box[2] - box[0], LEAST) / DEGREE
    zoom = 0
    while zoom < 19 and degrees * 256 * 2 ** (zoom + 1) / 360 <= width:
        zoom += 1
    return zoom


def ground_of(actor: Actor) -> list[Outline]:
    """The outlines of the person's own places and of the level below them: what an overview is drawn on. One query."""
    depth = min((len(part.lo) // WIDTH for part in view_scope(actor).ranges), default=1)
    levels = LEVELS[max(depth, 1) - 1 : max(depth, 1) + 1]
    return list(outline_list_for(actor).filter(area__level__in=levels))


def home_of(ground: Sequence[Outline]) -> Box | None:
    """The rectangle around the outlines of an overview; None while there are none."""
    if not ground:
        return None
    box = (
        min(row.west for row in ground), min(row.south for row in ground),
        max(row.east for row in ground), max(row.north for row in ground),
    )  # fmt: skip
    return padded(box, 0.03)
