"""Squares of the earth that halve from level to level, each a single range of whole numbers (Morton order).

A *spot* is the number of the smallest square (2,048 units of 1e-7 degree, about 20 m) that a position lies in, its
bits of longitude and latitude taken in turn. Every larger square is then one half-open range of spots, so that a part
of a map is read from an ordinary index, with comparisons that row-level security lets through.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shanzhi.lib.georead import Box

WEST, SOUTH = -1_800_000_000, -900_000_000
SHIFT: Final = 11  # bits of 1e-7 degree that the smallest square leaves out
LON_BITS, LAT_BITS = 21, 20
LARGEST: Final = 32  # one square for the whole earth
BITS_AT_ZOOM_0: Final = 30  # 2**(30 - zoom) units are 76 pixels of a web map
MOST_RANGES: Final = 9


@dataclass(frozen=True, slots=True)
class Square:
    """The square number (x, y) of those with sides of 2**bits units."""

    bits: int
    x: int
    y: int

    @property
    def spots(self) -> tuple[int, int]:
        """Its spots as lo <= spot < hi."""
        width = 2 * (self.bits - SHIFT)
        lo = interleaved(self.x, self.y) << width
        return lo, lo + (1 << width)

    @property
    def box(self) -> Box:
        """West, south, east, north; the edges in the east and north belong to the next square."""
        side = 1 << self.bits
        west, south = WEST + self.x * side, SOUTH + self.y * side
        return west, south, west + side, south + side


def interleaved(x: int, y: int) -> int:
    return sum((x >> bit & 1) << 2 * bit | (y >> bit & 1) << 2 * bit + 1 for bit in range(LON_BITS))


def spot_of(lon: int, lat: int) -> int:
    return interleaved((lon - WEST) >> SHIFT, (lat - SOUTH) >> SHIFT)


def squares_in(box: Box, bits: int) -> Iterator[Square]:
    """Every square of this size that the rectangle touches; its own edges belong to it."""
    (left, bottom), (right, top) = _at(box[0], box[1], bits), _at(box[2], box[3], bits)
    for x in range(left, right + 1):
        for y in range(bottom, top + 1):
            yield Square(bits, x, y)


def how_many(box: Box, bits: int) -> int:
    (left, bottom), (right, top) = _at(box[0], box[1], bits), _at(box[2], box[3], bits)
    return (right - left + 1) * (top - bottom + 1)


def _at(lon: int, lat: int, bits: int) -> tuple[int, int]:
    return (lon - WEST) >> bits, (lat - SOUTH) >> bits


def bits_for(box: Box, zoom: int, most: int) -> int:
    """The size of squares for a map at this zoom: about 80 pixels, larger where there would be more than `most`."""
    bits = min(max(BITS_AT_ZOOM_0 - zoom, SHIFT), LARGEST)
    while how_many(box, bits) > most:
        bits += 1
    return bits


def ranges_of(box: Box) -> list[tuple[int, int]]:
    """At most nine ranges of spots that hold the rectangle, and not much more; neighbours are joined."""
    found: list[tuple[int, int]] = []
    for lo, hi in sorted(square.spots for square in squares_in(box, bits_for(box, LARGEST, MOST_RANGES))):
        if found and found[-1][1] == lo:
            found[-1] = (found[-1][0], hi)
        else:
            found.append((lo, hi))
    return found
