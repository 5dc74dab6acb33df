"""Where a person may report from, in the portions in which a form can show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from shanzhi.access.actor import Actor, PathRange
from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.cases import permissions
from shanzhi.cases.selectors import filter_areas

TOWNSHIP_DEPTH: Final = 2 * WIDTH
VILLAGE_DEPTH: Final = 3 * WIDTH


@dataclass(frozen=True)
class Group:
    """A village with itself and its grids as choices of (code, label)."""

    label: str
    options: tuple[tuple[str, str], ...]


def is_countywide(actor: Actor) -> bool:
    """Whether there are too many villages for one list, so that the township is asked first."""
    return any(len(part.lo) < TOWNSHIP_DEPTH for part in actor.scope(permissions.REPORT).ranges)


def townships(actor: Actor) -> list[Area]:
    """The open townships of the actor's scope."""
    return [area for area in filter_areas(actor) if area.level == Area.Level.TOWNSHIP]


def areas_below(actor: Actor, township: Area | None) -> list[Area]:
    """Open places where the actor may report from, inside one township if one is given, in the order of the tree."""
    rows = Area.objects.filter(actor.scope(permissions.REPORT).q("path"), valid_to=None)
    rows = rows.exclude(level=Area.Level.COUNTY)
    if township is not None:
        below = PathRange.below(township.path)
        rows = rows.filter(path__gte=below.lo, path__lt=below.hi)
    return list(rows.select_related("parent").order_by("path"))


def grouped(areas: Sequence[Area]) -> list[Group]:
    """Places under their village; a township stands alone."""
    groups = []
    for top, rows in groupby(areas, key=lambda area: area.path[:VILLAGE_DEPTH]):
        members = list(rows)
        first = members[0]
        label = first.parent.name if first.level == Area.Level.GRID and first.parent is not None else first.name
        options = tuple((area.code, place_label(area, alone=len(members) == 1)) for area in members)
        groups.append(Group(label if len(top) == VILLAGE_DEPTH else "", options))
    return groups


def place_label(area: Area, *, alone: bool = False) -> str:
    """第四网格 under its village; the village itself as 小关社区（不分网格）, if it has grids beside it."""
    if area.level == Area.Level.VILLAGE and not alone:
        return f"{area.name}（不分网格）"
    return area.name


def place_name(area: Area) -> str:
    """小关社区第四网格: a grid with its village, every other place by its own name."""
    if area.level == Area.Level.GRID and area.parent is not None:
        return f"{area.parent.name}{area.name}"
    return area.name


def in_charge(area: Area) -> Area:
    """The level that a report from a phone goes to: the village of a grid."""
    return area.parent if area.level == Area.Level.GRID and area.parent is not None else area
