"""Which of many outlines a position lies in, in microseconds; on a border the first of them.

The rectangle around all outlines is divided into cells. Most cells lie within one outline, which is then the answer; in
the others the edges that pass the cell's row are counted, in whole numbers, so that a border is exactly where it is.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely

from shanzhi.lib.shapes import metres_per_unit

CELLS_EACH: Final = 12
FEWEST: Final = 16
MOST: Final = 256
Edge = tuple[int, int, int, int]
Candidate = tuple[int, tuple[Edge, ...]]
Cell = int | tuple[Candidate, ...]
NOWHERE: Final = -1


class Locator:
    """Built once over outlines in whole units, asked often. `shapes` are in the order that decides on borders."""

    def __init__(self, shapes: Sequence[Any]) -> None:
        self.shapes = list(shapes)
        self.tree = shapely.STRtree(self.shapes)
        self.cells: list[Cell] = []
        self.west = self.south = 0
        self.width = self.height = 1
        self.size = 0
        if self.shapes:
            self._divide()

    def _divide(self) -> None:
        west, south, east, north = shapely.total_bounds(self.shapes)
        self.size = size = min(MOST, max(FEWEST, int((CELLS_EACH**2 * len(self.shapes)) ** 0.5)))
        self.west, self.south = int(west), int(south)
        self.width = int(east - west) // size + 1
        self.height = int(north - south) // size + 1
        columns, rows = np.meshgrid(np.arange(size), np.arange(size))
        left, low = self.west + columns.ravel() * self.width, self.south + rows.ravel() * self.height
        boxes = shapely.box(left, low, left + self.width, low + self.height)
        at, which = self.tree.query(boxes, predicate="intersects")
        found = np.asarray(self.shapes, dtype=object)[which]
        shapely.prepare(found)
        within = shapely.contains_properly(found, boxes[at])
        self.cells = [NOWHERE] * (size * size)
        edges = _Edges(self.shapes)
        crossed: dict[int, list[int]] = {}
        for cell, index, sure in zip(at.tolist(), which.tolist(), within.tolist(), strict=True):
            if sure:
                self.cells[cell] = index
            else:
                crossed.setdefault(cell, []).append(index)
        for cell, indexes in crossed.items():
            row, column = divmod(cell, size)
            low_y, left_x = self.south + row * self.height, self.west + column * self.width
            self.cells[cell] = tuple((index, edges.beside(index, low_y, low_y + self.height, left_x))
                                     for index in sorted(indexes))  # fmt: skip

    def at(self, x: int, y: int) -> int:
        """The place of the outline that holds this position in the list, borders included; -1 for none."""
        column, row = (x - self.west) // self.width, (y - self.south) // self.height
        if not (0 <= column < self.size and 0 <= row < self.size):
            return NOWHERE
        cell = self.cells[row * self.size + column]
        if cell.__class__ is int:
            return cell
        for index, edges in cell:  # type: ignore[union-attr]
            inside = False
            for ax, ay, bx, by in edges:  # upwards: ay <= by
                if ay <= y <= by:
                    side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
                    if side == 0 and (ay != by or ax <= x <= bx or bx <= x <= ax):
                        return index
                    if side > 0 and y != by:
                        inside = not inside
            if inside:
                return index
        return NOWHERE

    def nearest(self, x: int, y: int, within_m: float) -> tuple[int, float] | None:
        """The outline that is nearest, and how far it is in metres; None beyond the distance.

        Of two that are equally far the first in the list.
        """
        if not self.shapes:
            return None
        east_m, north_m = metres_per_unit(y)
        reach = within_m / min(east_m, north_m)
        near = sorted(self.tree.query(shapely.box(x - reach, y - reach, x + reach, y + reach)).tolist())
        best: tuple[float, int] | None = None
        for index in near:
            far = _distance_m(self.shapes[index], x, y, east_m, north_m)
            if far <= within_m and (best is None or far < best[0] - 1e-6):
                best = (far, index)
        return (best[1], best[0]) if best else None


class _Edges:
    """The edges of all outlines, without their ends' order: from below to above."""

    def __init__(self, shapes: Sequence[Any]) -> None:
        self.edges: list[np.ndarray[Any, Any]] = []
        for shape in shapes:
            rings = shapely.get_rings(shapely.get_parts(shape))
            found = []
            for ring in rings:
                points = np.rint(shapely.get_coordinates(ring)).astype(np.int64)
                found.append(np.hstack([points[:-1], points[1:]]))
            edges = np.vstack(found)
            down = edges[:, 1] > edges[:, 3]
            edges[down] = edges[down][:, [2, 3, 0, 1]]
            self.edges.append(edges)

    def beside(self, index: int, low: int, high: int, left: int) -> tuple[Edge, ...]:
        """Those that a ray to the east from anywhere in the cell may meet."""
        edges = self.edges[index]
        wanted = (edges[:, 3] >= low) & (edges[:, 1] <= high) & (np.maximum(edges[:, 0], edges[:, 2]) >= left)
        return tuple(tuple(edge) for edge in edges[wanted].tolist())


def _distance_m(shape: Any, x: int, y: int, east_m: float, north_m: float) -> float:
    local = shapely.transform(shape, lambda points: (points - (x, y)) * (east_m, north_m))
    return float(local.distance(shapely.Point(0, 0)))
