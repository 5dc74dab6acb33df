"""A place cut into connected pieces of wished sizes that cover it and never overlap: invented borders for a demo.

Recursive bisection: a wavy line across the longer side, moved until the areas are as wished. What the line cuts off the
far side of a bend goes to the neighbour that it hangs on, so that every piece is one. In the end the common corners are
put into both neighbours, and everything lies on whole units.
"""

import math
from collections.abc import Sequence
from random import Random
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import Polygon

from shanzhi.lib.shapes import areal, metres_per_unit, polygons

ROUNDS: Final = 12
GOOD: Final = 0.01
SETTLING: Final = 4
WAVES: Final = 10
WAVE: Final = 0.05  # of the length of the line


def one_piece(shape: Any) -> Any:
    """The largest polygon of a valid form of this: outlines that cross themselves in a corner are mended."""
    return max(polygons(_rounded(shapely.make_valid(shape))), key=lambda one: float(one.area))


def partition(shape: Any, weights: Sequence[float], random: Random) -> list[Any]:
    """One connected polygon for each weight, in proportion (within some percent); the same for the same dice."""
    pieces: list[Any] = [None] * len(weights)
    _cut(shape, list(enumerate(weights)), random, pieces)
    return pieces


def _cut(shape: Any, wanted: list[tuple[int, float]], random: Random, pieces: list[Any]) -> None:
    if len(wanted) == 1:
        pieces[wanted[0][0]] = shape
        return
    half = len(wanted) // 2
    share = sum(weight for _, weight in wanted[:half]) / sum(weight for _, weight in wanted)
    first, second = bisect(shape, share, random)
    _cut(first, wanted[:half], random, pieces)
    _cut(second, wanted[half:], random, pieces)


def bisect(shape: Any, share: float, random: Random) -> tuple[Any, Any]:
    """Two connected pieces, the first (west or south) with this share of the area."""
    west, south, east, north = shape.bounds
    east_m, north_m = metres_per_unit((south + north) / 2)
    upright = (east - west) * east_m >= (north - south) * north_m
    low, high = (west, east) if upright else (south, north)
    span = (south, north) if upright else (west, east)
    wave = _wave(random, (span[1] - span[0]) * WAVE)
    best: tuple[float, Any, Any] | None = None
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        first, second = _sides(shape, _below(shape, middle, wave, upright))
        found = first.area / shape.area if first is not None else 0.0
        if first is not None and second is not None:
            off = abs(found - share)
            if best is None or off < best[0]:
                best = (off, first, second)
            if off < GOOD:
                break
        if found < share:
            low = middle
        else:
            high = middle
    if best is None:
        raise ValueError("too small or too thin to be cut")
    return best[1], best[2]


def _wave(random: Random, height: float) -> list[float]:
    """Offsets along the line, none at its ends."""
    phases = [random.uniform(0, 2 * math.pi) for _ in range(3)]
    sizes = [height * random.uniform(0.2, 1) / (number + 1) for number in range(3)]
    steps = [step / WAVES for step in range(WAVES + 1)]
    return [
        sum(size * math.sin((number + 1) * math.pi * step + phase)
            for number, (size, phase) in enumerate(zip(sizes, phases, strict=True)))
        for step in steps
    ]  # fmt: skip


def _below(shape: Any, middle: float, wave: Sequence[float], upright: bool) -> Any:
    """Everything west (or south) of the line."""
    west, south, east, north = shape.bounds
    margin = max(east - west, north - south)
    start, stop = (south, north) if upright else (west, east)
    line = [(middle + off, start + (stop - start) * step / WAVES) for step, off in enumerate(wave)]
    line = [(line[0][0], start - margin), *line, (line[-1][0], stop + margin)]
    far = (west if upright else south) - 2 * margin
    ring = [*line, (far, stop + margin), (far, start - margin)]
    return Polygon([(round(x), round(y)) if upright else (round(y), round(x)) for x, y in ring])


def _sides(shape: Any, below: Any) -> tuple[Any, Any]:
    """Two connected pieces; None for both where the line does not meet the place."""
    inside = polygons(shapely.intersection(shape, below, grid_size=1))
    if not inside:
        return None, None
    main = max(inside, key=lambda one: float(one.area))
    rest = polygons(shapely.difference(shape, main, grid_size=1))
    if not rest:
        return main, None
    second = max(rest, key=lambda one: float(one.area))
    if len(rest) > 1:
        main = areal([shapely.difference(shape, second, grid_size=1)])
        if main.geom_type != "Polygon":  # they hang on by a point only: dust
            main = max(polygons(main), key=lambda one: float(one.area))
    return main, second


def settled(pieces: Sequence[Any], whole: Any) -> list[Any]:
    """The same pieces with every common corner in both neighbours: together they are the whole, without a slit.

    A crumb that no piece has, or that hangs on its piece by a point, goes to the one that it borders on longest.
    """
    found = list(pieces)
    crumbs = polygons(shapely.difference(whole, shapely.union_all(found, grid_size=1), grid_size=1))
    for _ in range(SETTLING):
        for crumb in crumbs:
            _give(crumb, found)
        rounded = [polygons(_rounded(piece)) for piece in shapely.coverage_clean(found, snapping_distance=2)]
        found = [max(parts, key=lambda one: float(one.area)) for parts in rounded]
        crumbs = [part for parts, kept in zip(rounded, found, strict=True) for part in parts if part is not kept]
        if not crumbs and shapely.coverage_is_valid(found):
            break
    return found


def _give(crumb: Any, found: list[Any]) -> None:
    by_border = sorted(range(len(found)), key=lambda at: -float(found[at].intersection(crumb).length))
    for at in by_border[:3]:
        grown = areal([shapely.union(found[at], crumb, grid_size=1)])
        if grown.geom_type == "Polygon":
            found[at] = grown
            return


def _rounded(shape: Any) -> Any:
    """Valid and on whole units; not by set_precision, which believes what a shape says of itself."""
    return shapely.make_valid(shapely.transform(shape, np.rint))
