"""What the server draws: an overview for who has no scripts, and the little map of one case."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Final

from shanzhi.areas.models import Outline
from shanzhi.cases.mapping.selectors import Seen, Whistle
from shanzhi.cases.models import Case
from shanzhi.lib.georead import Box
from shanzhi.lib.shapes import DEGREE

OVERVIEW: Final = (760, 560)
PANEL: Final = (320, 200)
SMALLEST, LARGEST = 13, 24
LABEL: Final = 12  # characters of a name that stand in a place


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the earth in a picture, true to scale, the north at the top."""

    box: Box
    width: int
    height: int

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        west, south, east, north = self.box
        narrow = cos(radians((south + north) / 2 / DEGREE))
        scale = min(self.width / ((east - west) * narrow), self.height / (north - south))
        x = self.width / 2 + (lon - (west + east) / 2) * narrow * scale
        y = self.height / 2 - (lat - (south + north) / 2) * scale
        return round(x, 1), round(y, 1)

    def holds(self, x: float, y: float) -> bool:
        return 0 <= x <= self.width and 0 <= y <= self.height


@dataclass(frozen=True, slots=True)
class Ground:
    """An outline as a path; `name` stands at `x`, `y` where there is one."""

    path: str
    level: str
    name: str
    x: float
    y: float
    own: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something is: a link with a sentence. `kind` is cluster, point, late or whistle."""

    x: float
    y: float
    radius: int
    kind: str
    count: str
    url: str
    words: str

    @property
    def left(self) -> float:
        return self.x - self.radius

    @property
    def top(self) -> float:
        return self.y - self.radius


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    ground: tuple[Ground, ...]
    marks: tuple[Mark, ...]


def path_of(outline: Outline, frame: Frame) -> str:
    """Corners that would fall together are drawn once."""
    parts = []
    for rings in outline.shape:
        for ring in rings:
            corners = list(dict.fromkeys(frame.at(x, y) for x, y in ring))
            parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in corners) + "Z")
    return "".join(parts)


def ground_in(outlines: Iterable[Outline], frame: Frame, *, own: int | None = None, named: str = "") -> list[Ground]:
    """Outlines from the largest down; those of the level `named` carry their names."""
    found = []
    for row in sorted(outlines, key=lambda row: len(row.area.path)):
        x, y = frame.at((row.west + row.east) / 2, (row.south + row.north) / 2)
        shown = row.area.level == named and frame.holds(x, y)
        name = row.area.name[:LABEL] if shown else ""
        found.append(Ground(path_of(row, frame), row.area.level, name, x, y, row.area_id == own))
    return found


def overview(
    outlines: Sequence[Outline], seen: Seen, whistles: Sequence[Whistle], box: Box, *,
    into: Callable[[Box], str], case_url: Callable[[Case], str], late: Callable[[Case], bool],
) -> Drawing:  # fmt: skip
    """The same as the map shows, as links: a cluster leads into its rectangle, a case to its page."""
    frame = Frame(box, *OVERVIEW)
    deepest = max((row.area.path for row in outlines), key=len, default="")
    named = next((row.area.level for row in outlines if len(row.area.path) == len(deepest)), "")
    marks = [
        Mark(*frame.at(one.lon, one.lat), _radius(one.count), "cluster", f"{one.count}{'+' if one.more else ''}",
             into(one.box), f"{one.count}{' 件以上' if one.more else ' 件'}，放大看")
        for one in seen.clusters
    ]  # fmt: skip
    for case in seen.points:
        kind = "late" if late(case) else "point"
        x, y = frame.at(case.lon or 0, case.lat or 0)
        marks.append(Mark(x, y, 7, kind, "", case_url(case), f"{case.title}{'，已超期' if kind == 'late' else ''}"))
    for whistle in whistles:
        x, y = frame.at(whistle.case.lon or 0, whistle.case.lat or 0)
        words = f"{whistle.case.title}，吹哨后{len(whistle.units)} 家没到"
        marks.append(Mark(x, y - 24, 9, "whistle", "哨", case_url(whistle.case), words))
    ground = ground_in(outlines, frame, named=named)
    return Drawing(*OVERVIEW, tuple(ground), tuple(one for one in marks if frame.holds(one.x, one.y)))


def _radius(count: int) -> int:
    return min(LARGEST, SMALLEST + 3 * len(str(count)))


def panel(case: Case, outlines: Sequence[Outline], box: Box) -> Drawing:
    """One case in the middle of its surroundings, its own place filled."""
    frame = Frame(box, *PANEL)
    x, y = frame.at(case.lon or 0, case.lat or 0)
    return Drawing(
        *PANEL, tuple(ground_in(outlines, frame, own=case.area_id, named=case.area.level)),
        (Mark(x, y, 7, "point", "", "", ""),),
    )  # fmt: skip
