"""A sketch map without tiles: places rounded to about 100 m, in a frame, true to scale, north at the top.

Coordinates are 1e-7 degree. In a frame of a few kilometres the earth is flat, and a degree of longitude is as long as
the cosine of the latitude says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians
from typing import Final

DEGREE: Final = 10_000_000
METRES: Final = 111_320.0  # of a degree of latitude
CELL: Final = 100.0  # metres, the side of a cell that a place is rounded to
SMALLEST: Final = 400.0  # metres that a frame shows at least
STEPS: Final = (5, 2, 1)
NAMED: Final = 3  # numbers on a dot, before it says how many more there are


@dataclass(frozen=True, slots=True)
class Point:
    lon: int
    lat: int


@dataclass(frozen=True, slots=True)
class Dot:
    """A place in the frame, from its left and its upper edge, with the numbers of what is there."""

    x: float
    y: float
    numbers: tuple[int, ...]

    @property
    def label(self) -> str:
        """1, 1,4,7, or 1 等5件: as short as it can be read, for it stands on a map."""
        if len(self.numbers) <= NAMED:
            return ",".join(str(number) for number in self.numbers)
        return f"{self.numbers[0]} 等{len(self.numbers)}件"


@dataclass(frozen=True, slots=True)
class Sketch:
    """Dots in a frame of `width` × `height`, and a bar of `bar` units that is `bar_metres` long on the ground."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    bar: float
    bar_metres: int


def rounded(lon: int, lat: int) -> Point:
    """The middle of the cell of about 100 m × 100 m that the place lies in: nobody reads a house from it."""
    tall = CELL / METRES * DEGREE
    row = floor(lat / tall)
    middle = (row + 0.5) * tall
    wide = tall / _narrowing(middle)
    return Point(round((floor(lon / wide) + 0.5) * wide), round(middle))


def _narrowing(lat: float) -> float:
    """How much shorter a degree of longitude is there; near the poles, where nobody lives, it stops."""
    return max(cos(radians(lat / DEGREE)), 0.01)


def distance(one: Point, other: Point) -> float:
    """Metres between two places that are not far apart."""
    east = (other.lon - one.lon) / DEGREE * METRES * _narrowing((one.lat + other.lat) / 2)
    north = (other.lat - one.lat) / DEGREE * METRES
    return float((east**2 + north**2) ** 0.5)


def sketch(
    places: Sequence[tuple[int, int, int]], *, width: int, height: int, margin: int, apart: tuple[int, int]
) -> Sketch | None:  # fmt: skip
    """The map of (number, lon, lat), each rounded first; what lies closer than `apart` is one dot.

    None without a place.
    """
    cells = [(rounded(lon, lat), number) for number, lon, lat in places]
    if not cells:
        return None
    points = [point for point, _ in cells]
    west, east = min(p.lon for p in points), max(p.lon for p in points)
    south, north = min(p.lat for p in points), max(p.lat for p in points)
    metre_lat, metre_lon = METRES / DEGREE, METRES / DEGREE * _narrowing((south + north) / 2)
    across, up = (east - west) * metre_lon, (north - south) * metre_lat
    scale = min((width - 2 * margin) / max(across, SMALLEST), (height - 2 * margin) / max(up, SMALLEST))
    dots: list[Dot] = []
    for point, number in sorted(cells, key=lambda cell: cell[1]):
        x = width / 2 + ((point.lon - (west + east) / 2) * metre_lon) * scale
        y = height / 2 - ((point.lat - (south + north) / 2) * metre_lat) * scale
        _put(dots, Dot(round(x, 1), round(y, 1), (number,)), apart)
    metres = nice(width / 3 / scale)
    return Sketch(width, height, tuple(dots), round(metres * scale, 1), metres)


def _put(dots: list[Dot], new: Dot, apart: tuple[int, int]) -> None:
    """Beside the others, or into the first one that it would lie upon."""
    for place, dot in enumerate(dots):
        if abs(dot.x - new.x) < apart[0] and abs(dot.y - new.y) < apart[1]:
            dots[place] = Dot(dot.x, dot.y, (*dot.numbers, *new.numbers))
            return
    dots.append(new)


def nice(most: float) -> int:
    """The largest of 1, 2 and 5 times a power of ten that is no longer; at least 1."""
    power = 10 ** max(0, floor(log10(max(most, 1))))
    return next((step * power for step in STEPS if step * power <= most), 1)


def length_words(metres: int) -> str:
    """500 米, 2 公里."""
    return f"{metres // 1000} 公里" if metres >= 1000 else f"{metres} 米"
