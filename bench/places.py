"""Which grid a position lies in: one position after another over 500 grids. The limit is the issue's, 5 µs.

Needs no database and no server: the outlines are kept in memory (`shanzhi/lib/locating.py`). The grids are a partition
of the demo's county; some of the positions lie outside of it, a tenth exactly on a corner of a grid.
"""

import gc
import json
import time
from random import Random
from statistics import quantiles
from typing import Any, Final

import shapely
from shapely import affinity

from bench.report import Result
from dev.environment import ROOT
from shanzhi.lib.georead import geometry_of
from shanzhi.lib.locating import Locator
from shanzhi.lib.partition import one_piece, partition, settled

FILE: Final = ROOT / "data/county-boundaries.geojson"
GRIDS: Final = 500
ASKED: Final = 50_000
TOGETHER: Final = 100


def grids(count: int = GRIDS) -> list[Any]:
    """The first county of the file in so many connected pieces."""
    county = json.loads(FILE.read_text(encoding="utf-8"))["features"][0]
    whole = one_piece(affinity.scale(geometry_of(county["geometry"]), 1e7, 1e7, origin=(0, 0)))
    return settled(partition(whole, [1] * count, Random(1)), whole)


def positions(shapes: list[Any], count: int = ASKED) -> list[tuple[int, int]]:
    """Anywhere in the rectangle around the county, and one in ten exactly at a corner."""
    dice = Random(2)
    west, south, east, north = (round(side) for side in shapely.total_bounds(shapes))
    corners = [tuple(map(int, at)) for shape in shapes for at in shapely.get_coordinates(shape).tolist()]
    found = [(dice.randint(west, east), dice.randint(south, north)) for _ in range(count)]
    for place in range(0, count, 10):
        x, y = dice.choice(corners)
        found[place] = (x, y)
    return found


def measure(*, count: int = GRIDS, asked: int = ASKED) -> Result:
    """Microseconds a look-up, timed a hundred together; `params` say how long the building took."""
    shapes = grids(count)
    began = time.perf_counter()
    here = Locator(shapes)
    built = time.perf_counter() - began
    wanted = positions(shapes, asked)
    for at in wanted[:1000]:
        here.at(*at)
    gc.collect()
    spans, processor = [], time.process_time()
    for first in range(0, len(wanted), TOGETHER):
        start = time.perf_counter()
        for x, y in wanted[first : first + TOGETHER]:
            here.at(x, y)
        spans.append((time.perf_counter() - start) * 1e6 / TOGETHER)
    processor = (time.process_time() - processor) * 1e6
    cuts = quantiles(spans, n=100)
    inside = sum(here.at(x, y) >= 0 for x, y in wanted)
    return Result(
        "place_to_grid", cpu_us=processor / len(wanted), p50_us=cuts[49], p95_us=cuts[94],
        per_s=1e6 / (sum(spans) / len(spans)),
        params={"grids": len(shapes), "asked": len(wanted), "inside": inside, "built_s": round(built, 2)},
    )  # fmt: skip
