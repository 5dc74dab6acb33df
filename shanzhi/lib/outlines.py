"""Whether a point lies inside an outline, or close to its edge. Pure, for a few points: no index, no projection."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import cos, hypot, radians

Ring = Sequence[Sequence[float]]  # of (longitude, latitude) in degrees; the last point is the first one again


def is_inside(lon: float, lat: float, rings: Iterable[Ring]) -> bool:
    """By the even-odd rule: a ring inside another one is a hole."""
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in _edges(ring):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def is_near(lon: float, lat: float, rings: Iterable[Ring], *, degrees: float) -> bool:
    """Whether an edge is at most so far away; a degree of latitude is about 111 km, longitudes are made as long."""
    narrow = cos(radians(lat))
    return any(
        _distance((lon * narrow, lat), (x1 * narrow, y1), (x2 * narrow, y2)) <= degrees
        for ring in rings
        for (x1, y1), (x2, y2) in _edges(ring)
    )


def _edges(ring: Ring) -> Iterable[tuple[Sequence[float], Sequence[float]]]:
    return pairwise(ring)


def _distance(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    """From a point to a stretch between two others."""
    across, up = end[0] - start[0], end[1] - start[1]
    length = across * across + up * up
    along = ((point[0] - start[0]) * across + (point[1] - start[1]) * up) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return hypot(point[0] - start[0] - along * across, point[1] - start[1] - along * up)
