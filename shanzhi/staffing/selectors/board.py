"""The overview as values: a place on a day, what it has and lacks, and everything directly below it side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shanzhi.areas.models import Area
from shanzhi.staffing.catalogue import CROWD, LEADER, RANKS, ROLES
from shanzhi.staffing.selectors.asof import AsOf
from shanzhi.staffing.selectors.gaps import Count, Gap, Place, Standing, standing_of, without_leader

BELOW: Final = {"county": "乡镇（街道）", "township": "村（社区）", "village": "网格"}
OWN: Final = "本级"
SORTS: Final = {"": "按层级", "-missing": "缺岗多的在前", "-headless": "缺网格长多的在前", "-soon": "快到期多的在前"}


@dataclass(frozen=True, slots=True)
class Cell:
    """Of one role: those in office, and how many the rule asks for (0: it asks for none)."""

    role: str
    held: int
    needed: int
    missing: int

    @property
    def label(self) -> str:
        return ROLES[self.role].label


@dataclass(frozen=True, slots=True)
class Figures:
    """What a place and everything below it has and lacks. `missing` never sets a surplus against a lack elsewhere."""

    grids: int
    people: int
    missing: int
    headless: int
    soon: tuple[int, ...]
    lapsed: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place of the table; the own row stands for what is appointed at the place itself."""

    name: str
    code: str
    figures: Figures
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    standing: Standing
    figures: Figures
    rows: Sequence[PlaceRow]
    roles: Sequence[str]

    @property
    def area(self) -> Area:
        return self.standing.area

    @property
    def asof(self) -> AsOf:
        return self.standing.asof

    @property
    def below(self) -> str:
        return BELOW.get(self.area.level, "")


def board_of(area: Area, asof: AsOf, *, sort: str = "") -> Board:
    """Counted from the records; columns are the roles that the rule asks for or that anybody holds."""
    standing = standing_of(area, asof)
    asked = {role for place in standing.places for role in standing.rule.needs(place.level, place.id)}
    held = {role for (_, role), count in standing.counts.items() if count.live}
    roles = sorted(asked | held, key=RANKS.__getitem__)
    gaps = list(standing.gaps())
    rows: list[PlaceRow] = []
    own = [place for place in standing.places if place.path == area.path]
    if own and standing.tops:
        figures = _figures(standing, own, gaps, roles)
        if figures.people or figures.missing:
            rows.append(PlaceRow(OWN, area.code, figures, is_own=True))
    for top in standing.tops:
        inside = [place for place in standing.places if place.path.startswith(top.path)]
        rows.append(PlaceRow(top.name, top.code, _figures(standing, inside, gaps, roles)))
    keys = {"-missing": lambda row: row.figures.missing, "-headless": lambda row: row.figures.headless,
            "-soon": lambda row: row.figures.soon[0]}  # fmt: skip
    if sort in keys:
        rows.sort(key=keys[sort], reverse=True)
    return Board(standing, _figures(standing, standing.places, gaps, roles), rows, roles)


def _figures(standing: Standing, places: Sequence[Place], gaps: Sequence[Gap], roles: Sequence[str]) -> Figures:
    ids = {place.id for place in places}
    here = [gap for gap in gaps if gap.place.id in ids]
    cells, total = [], Count()
    for role in roles:
        found = sum((standing.held(place, role) for place in places), Count())
        needed = sum(standing.rule.least(place.level, role, place.id) for place in places)
        missing = sum(gap.missing for gap in here if gap.role == role)
        cells.append(Cell(role, found.live, needed, missing))
    for (area_id, _), count in standing.counts.items():
        if area_id in ids:
            total += count
    return Figures(
        grids=sum(1 for place in places if place.level == Area.Level.GRID), people=total.live,
        missing=sum(gap.missing for gap in here), headless=without_leader(here), soon=total.soon,
        lapsed=total.lapsed, cells=cells,
    )  # fmt: skip


def crowd_of(figures: Figures) -> int:
    return next((cell.held for cell in figures.cells if cell.role == CROWD), 0)


def leaders_of(figures: Figures) -> Cell:
    return next((cell for cell in figures.cells if cell.role == LEADER), Cell(LEADER, 0, 0, 0))
