"""The land of a demo county: its real outline, cut into invented townships, villages and grids.

The cut depends on the county and on how many grids each village has, on nothing else: the same on every machine, so
that a demo can be loaded again and again. Townships of the pack take the piece nearest to where they really are.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import shapely
from django.conf import settings
from shapely import affinity

from shanzhi.demo.chance import chance
from shanzhi.lib.errors import Invalid
from shanzhi.lib.georead import geometry_of
from shanzhi.lib.partition import one_piece, partition, settled
from shanzhi.lib.shapes import DEGREE, metres_per_unit

FILE: Final = Path(settings.ROOT) / "data/county-boundaries.geojson"
DICE: Final = "land"
SPOTS: Final = 40
EDGE_M: Final = 15.0


@dataclass(frozen=True)
class Wanted:
    """A township with its villages and how many grids each of them has; `at` in degrees where it is known."""

    code: str
    villages: tuple[tuple[str, int], ...]
    at: tuple[float, float] | None = None


def county_shape(code: str) -> Any:
    """The outline of the file in 1e-7 degree, mended where it crosses itself; Invalid for an unknown county."""
    value = json.loads(FILE.read_text(encoding="utf-8"))
    found = next((row for row in value["features"] if row["properties"]["code"][:6] == code[:6]), None)
    if found is None:
        raise Invalid(f"{FILE.name} 里没有 {code} 的县界，请换一个县或补上。", code="pack_broken")
    shape = geometry_of(found["geometry"])
    return one_piece(affinity.scale(shape, DEGREE, DEGREE, origin=(0, 0)))


@cache
def land_of(code: str, wanted: tuple[Wanted, ...]) -> Mapping[str, Any]:
    """Every place's outline by its code: the county, townships, villages, and grids as village code + 001…"""
    county = county_shape(code)
    dice = chance(DICE, code)
    towns = _towns(county, wanted, dice)
    pieces: dict[str, Any] = {}
    for town in wanted:
        if not town.villages:
            pieces[town.code] = towns[town.code]
        shares = [max(count, 1) for _, count in town.villages]
        for (village, count), shape in zip(town.villages, _parts(towns[town.code], shares, dice), strict=True):
            if count:
                numbers = [f"{village}{number:03d}" for number in range(1, count + 1)]
                pieces |= zip(numbers, _parts(shape, [1] * count, dice), strict=True)
            else:
                pieces[village] = shape
    pieces = dict(zip(pieces, settled(list(pieces.values()), county), strict=True))
    return _summed(code, wanted, pieces)


def _parts(shape: Any, weights: Sequence[float], dice: Random) -> list[Any]:
    return partition(shape, weights, dice) if weights else []


def _towns(county: Any, wanted: Sequence[Wanted], dice: Random) -> dict[str, Any]:
    """A piece for each township: those whose place is known choose first, the nearest one that is free."""
    free = partition(county, [1] * len(wanted), dice)
    found: dict[str, Any] = {}
    for town in sorted(wanted, key=lambda one: one.at is None):
        piece = free[0] if town.at is None else _nearest(free, town.at)
        free.remove(piece)
        found[town.code] = piece
    return found


def _nearest(pieces: Sequence[Any], at: tuple[float, float]) -> Any:
    here = shapely.Point(at[0] * DEGREE, at[1] * DEGREE)
    return min(pieces, key=lambda piece: float(piece.centroid.distance(here)))


def _summed(code: str, wanted: Sequence[Wanted], pieces: dict[str, Any]) -> dict[str, Any]:
    """Places above as the sum of those below: all borders are the same lines."""
    found = dict(pieces)
    for town in wanted:
        for village, count in town.villages:
            if count:
                parts = [pieces[f"{village}{number:03d}"] for number in range(1, count + 1)]
                found[village] = shapely.coverage_union_all(parts)
        if town.villages:
            found[town.code] = shapely.coverage_union_all([found[village] for village, _ in town.villages])
    found[code.ljust(12, "0")] = shapely.coverage_union_all([found[town.code] for town in wanted])
    return found


def spots_in(shape: Any, *seed: object, count: int = SPOTS) -> tuple[tuple[int, int], ...]:
    """Positions inside an outline, not at its edge; the same for the same seed."""
    dice = np.random.default_rng(chance(*seed).getrandbits(64))
    _, north = metres_per_unit(shape.bounds[1])
    inner = shape.buffer(-EDGE_M / north)
    inner = shape if inner.is_empty else inner
    shapely.prepare(inner)
    west, south, east, north = (int(side) for side in inner.bounds)
    found: list[tuple[int, int]] = []
    while len(found) < count:
        xs, ys = dice.integers(west, east + 1, 4 * count), dice.integers(south, north + 1, 4 * count)
        inside = shapely.contains_xy(inner, xs, ys)
        found += zip(xs[inside].tolist(), ys[inside].tolist(), strict=True)
    return tuple(found[:count])
