"""What is open in each place, for the colours of the map; and positions by the name of a place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.db.models.expressions import RawSQL

from shanzhi.access.actor import Actor
from shanzhi.areas.households.selectors import Households, households_of
from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.areas.permissions import VIEW as SEE_AREAS
from shanzhi.areas.selectors import AreaFilter, area_list_for, outline_list_for, outlines_of
from shanzhi.cases.mapping.frames import LEVELS, padded
from shanzhi.cases.mapping.selectors import each_of
from shanzhi.cases.models import Case
from shanzhi.cases.places import place_name
from shanzhi.cases.selectors import CaseFilter, Tab, case_list_for
from shanzhi.lib.georead import Box

IN_PLACE: Final = 50
PLACES: Final = 400
FOUND: Final = 8
SHORTEST, LONGEST = 2, 60
AROUND: Final = 15_000  # about 150 m beside a case
COLOURED: Final = LEVELS[1:]
UNITS: Final = {"township": "每个乡镇", "village": "每个村（社区）", "grid": "每个网格"}


@dataclass(frozen=True, slots=True)
class OpenHere:
    """How many cases are open in a place, with `more` at least so many; and the households there, if known."""

    code: str
    name: str
    count: int
    more: bool
    households: Households | None = None

    @property
    def per_hundred(self) -> float | None:
        """Open cases for each hundred households; no value where none are known or there are none."""
        return self.households.per_hundred(self.count) if self.households else None


@dataclass(frozen=True, slots=True)
class Found:
    """A place by its name: an area, or where a case is; `about` says which."""

    name: str
    about: str
    box: Box
    number: str = ""


def open_by_place(actor: Actor, level: str, box: Box | None, *, now: datetime) -> tuple[list[OpenHere], bool]:
    """Open cases in the actor's scope for each place of a level that has an outline touching the rectangle, counted to
    `IN_PLACE`; and whether there are more places than are told. Four statements."""
    rows = outline_list_for(actor).filter(area__level=level)
    if box is not None:
        west, south, east, north = box
        rows = rows.filter(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    areas = [row.area for row in rows.defer("shape")[: PLACES + 1]]
    cases = case_list_for(actor, CaseFilter(tab=Tab.OPEN), now=now).filter(_here(level))
    values = [(area.path, area.path[: 3 * WIDTH]) for area in areas[:PLACES]]
    counts = each_of("place(path, village)", values, cases, ("id",), "count(*)", IN_PLACE) or [0] * len(values)
    homes = households_of(areas[:PLACES])
    found = [
        OpenHere(area.code, area.name, min(count, IN_PLACE), count > IN_PLACE, homes.get(area.path))
        for area, count in zip(areas, counts, strict=False)
    ]
    return found, len(areas) > PLACES


def _here(level: str) -> Q:
    """At a place of the level and below it: by equality, as the lists do (`selectors.lists.within`)."""
    if level == Area.Level.TOWNSHIP:
        return Q(town_path=RawSQL("place.path", ()))
    village = Q(village_path=RawSQL("place.village", ()))
    return village & Q(area_path=RawSQL("place.path", ())) if level == Area.Level.GRID else village


def places_named(actor: Actor, text: str, *, now: datetime) -> list[Found]:
    """Places of the actor's scope with an outline, by name or code; then places of cases that the actor may see, by
    their words. Three statements; nothing for less than two characters."""
    text = text.replace("\x00", "").strip()[:LONGEST]
    if len(text) < SHORTEST:
        return []
    found = _areas(actor, text) if actor.can(SEE_AREAS) else []
    return found + _cases(actor, text, now)


def _areas(actor: Actor, text: str) -> list[Found]:
    areas = list(area_list_for(actor, AreaFilter(text=text)).select_related("parent")[: 4 * FOUND])
    outlines = outlines_of(area.id for area in areas)
    drawn = [(area, outlines[area.id]) for area in areas if area.id in outlines][:FOUND]
    return [
        Found(place_name(area), f"{area.get_level_display()}　{area.code}",
              padded((row.west, row.south, row.east, row.north)))
        for area, row in drawn
    ]  # fmt: skip


def _cases(actor: Actor, text: str, now: datetime) -> list[Found]:
    """The newest of each place that is named alike."""
    found: dict[str, Case] = {}
    for tab in (Tab.OPEN, Tab.ENDED):
        rows = case_list_for(actor, CaseFilter(tab=tab, query=text), now=now).filter(spot__isnull=False)
        for case in rows.exclude(place="").order_by("-received_at", "-id")[: 4 * FOUND]:
            if text.casefold() in case.place.casefold():
                found.setdefault(case.place, case)
        if len(found) >= FOUND:
            break
    return [
        Found(case.place, f"事件 {case.number}", _beside(case), case.number) for case in list(found.values())[:FOUND]
    ]


def _beside(case: Case) -> Box:
    lon, lat = case.lon or 0, case.lat or 0
    return lon - AROUND, lat - AROUND, lon + AROUND, lat + AROUND
