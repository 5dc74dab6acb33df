"""Households of places: what was stated last, and what follows from it for the places above.

A place for which a number was stated has that one; another has the sum of those directly below, if each of them has
one. A statement that is older than a change of the place's land (a merge into it, another outline) counts no more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, HouseholdCount, Outline
from shanzhi.areas.paths import WIDTH, subtree
from shanzhi.areas.selectors import AreaFilter, area_list_for
from shanzhi.tenancy.keyset import SIZE, Order, Page, page_of

STATED, MISSING, OUTDATED = "stated", "missing", "outdated"
STATES: Final = {STATED: "登记了的", MISSING: "还没登记的", OUTDATED: "要重新登记的"}
ORDER: Final = Order("households", ("path",))
HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class Households:
    """`parts`: from how many places below it was added up, 0 if it was stated for the place itself. `on` is the oldest
    day among them, `source` that of the statement and empty for a sum."""

    number: int
    on: date
    source: str = ""
    parts: int = 0

    def per_hundred(self, count: int) -> float | None:
        """So many for each hundred households, to two places; None where there is no household."""
        return round(count * HUNDRED / self.number, 2) if self.number else None


@dataclass(frozen=True, slots=True)
class Line:
    """A place of the list: what was stated last, whether it still counts, and the number that it has now."""

    area: Area
    last: HouseholdCount | None
    outdated: bool
    now: Households | None


def with_newest(areas: QuerySet[Any]) -> QuerySet[Any]:
    """Areas with `stated_id` of what was stated last, and `outdated`: whether the land has changed since."""
    newest = HouseholdCount.objects.filter(area=OuterRef("pk")).order_by("-on", "-id")
    rows = areas.annotate(stated_id=Subquery(newest.values("id")[:1]), stated_on=Subquery(newest.values("on")[:1]))
    merged = Area.objects.filter(successor=OuterRef("pk"), valid_to__gt=OuterRef("stated_on"))
    redrawn = Outline.objects.filter(area=OuterRef("pk"), valid_to__gt=OuterRef("stated_on"))
    found: QuerySet[Any] = rows.annotate(outdated=Exists(merged) | Exists(redrawn))
    return found


def households_of(areas: Collection[Area]) -> dict[str, Households]:
    """By path, of open places; one of which nothing is known is left out. Two statements."""
    if not areas:
        return {}
    paths = [area.path for area in areas]
    low, high = min(paths), max(subtree(path)[1] for path in paths)
    within = Area.objects.filter(path__gte=low, path__lt=high, valid_to__isnull=True)
    rows = list(with_newest(within).order_by().values_list("path", "stated_id", "outdated"))
    said = HouseholdCount.objects.in_bulk([stated for _, stated, outdated in rows if stated and not outdated])
    known: dict[str, Households | None] = {}
    below: dict[str, list[Households | None]] = {}
    for path, stated, _ in sorted(rows, key=lambda row: -len(row[0])):
        own = said.get(stated)
        known[path] = Households(own.number, own.on, own.source) if own else _summed(below.get(path, []))
        below.setdefault(path[:-WIDTH], []).append(known[path])
    return {path: one for path in paths if (one := known.get(path)) is not None}


def _summed(parts: Sequence[Households | None]) -> Households | None:
    found = [one for one in parts if one is not None]
    if not found or len(found) < len(parts):
        return None
    return Households(sum(one.number for one in found), min(one.on for one in found), parts=len(found))


def household_list_for(actor: Actor, wanted: AreaFilter, state: str = "") -> QuerySet[Any]:
    """Open places of the actor's scope as `with_newest` has them, in the order of the tree."""
    rows = with_newest(area_list_for(actor, wanted)).select_related("parent")
    if state == STATED:
        rows = rows.filter(stated_id__isnull=False, outdated=False)
    elif state == MISSING:
        rows = rows.filter(stated_id__isnull=True)
    elif state == OUTDATED:
        rows = rows.filter(stated_id__isnull=False, outdated=True)
    return rows.order_by(*ORDER.terms)


def lines_of(rows: Sequence[Any]) -> list[Line]:
    """Rows of the list with their statements and numbers; three statements."""
    said = HouseholdCount.objects.in_bulk([row.stated_id for row in rows if row.stated_id])
    now = households_of(rows)
    return [Line(row, said.get(row.stated_id), bool(row.outdated), now.get(row.path)) for row in rows]


def household_page_for(
    actor: Actor, wanted: AreaFilter, state: str = "", *, cursor: str = "", size: int = SIZE
) -> Page[Any]:
    """One page of the list."""
    return page_of(household_list_for(actor, wanted, state), ORDER, cursor=cursor, size=size)


def statements_of(area: Area, most: int = 10) -> list[HouseholdCount]:
    """What was stated of a place, newest day first."""
    return list(HouseholdCount.objects.filter(area=area).order_by("-on", "-id")[:most])
