"""Outlines of places: of now, of a day, and as layers of a map."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, MapStamp, Outline
from shanzhi.areas.paths import ROOT, subtree
from shanzhi.areas.selectors.scope import view_scope
from shanzhi.lib.georead import Box
from shanzhi.lib.shapes import as_geojson, to_shape
from shanzhi.tenancy.models import CountyQuerySet


@dataclass(frozen=True, slots=True)
class OutlineFilter:
    """Outlines of one level (empty: all), inside one place, as they were on a day (None: now)."""

    level: str = ""
    within: str = ""
    on: date | None = None


def on_day(day: date | None) -> Q:
    """Outlines in force on a day; one that was replaced on the day on which it began never is."""
    if day is None:
        return Q(valid_to__isnull=True)
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def outline_at(area: Area, day: date | None = None) -> Outline | None:
    """The outline of a place on a day; None if there was none."""
    return Outline.objects.filter(on_day(day), area=area).order_by("-valid_from", "-id").first()


def outlines_of(area_ids: Iterable[int]) -> dict[int, Outline]:
    """The outlines of now, by the place's id; one query."""
    rows = Outline.objects.filter(area_id__in=set(area_ids), valid_to__isnull=True)
    return {row.area_id: row for row in rows}


def outline_history(area: Area) -> list[Outline]:
    """Every outline that a place has had, newest first."""
    return list(Outline.objects.filter(area=area).order_by("-valid_from", "-id"))


def outline_list_for(actor: Actor, wanted: OutlineFilter | None = None) -> CountyQuerySet[Outline]:
    """Outlines of the places at and below the actor's posts, and of those above them, in the order of the codes."""
    wanted = wanted or OutlineFilter()
    scope = view_scope(actor)
    above = {part.lo[:end] for part in scope.ranges for end in range(len(ROOT), len(part.lo), len(ROOT))}
    rows = Outline.objects.filter(on_day(wanted.on)).filter(scope.q("area__path") | Q(area__path__in=above))
    if wanted.level:
        rows = rows.filter(area__level=wanted.level)
    if wanted.within:
        top = Area.objects.filter(code=wanted.within, valid_to__isnull=True).first()
        low, high = subtree(top.path) if top is not None else ("", "")
        rows = rows.filter(area__path__gte=low, area__path__lt=high)
    return rows.select_related("area__parent").order_by("area__code", "id")  # type: ignore[return-value]


def feature(outline: Outline) -> dict[str, Any]:
    """An outline as a GeoJSON feature; `seen` is what an edit of it names."""
    area = outline.area
    return {
        "type": "Feature",
        "id": area.code,
        "geometry": as_geojson(outline.shape),
        "properties": {
            "code": area.code,
            "name": area.name,
            "level": area.level,
            "parent": area.parent.code if area.parent else "",
            "parent_name": area.parent.name if area.parent else "",
            "square_metres": outline.square_metres,
            "valid_from": outline.valid_from.isoformat(),
            "source": outline.source,
            "synthetic": outline.synthetic,
            "seen": str(outline.id),
            "version": area.version,
        },
    }


def county_box() -> Box | None:
    """The rectangle around the county's own outline; None while it has none."""
    row = Outline.objects.filter(area__path=ROOT, valid_to__isnull=True).first()
    return (row.west, row.south, row.east, row.north) if row is not None else None


def touching(level: str, box: Box, *, leave: Iterable[int]) -> list[tuple[Area, Any]]:
    """Open places of a level whose rectangle meets this one, with their outlines, except some."""
    west, south, east, north = box
    rows = Outline.objects.filter(
        valid_to__isnull=True, area__level=level, west__lte=east, east__gte=west, south__lte=north, north__gte=south
    )
    rows = rows.exclude(area_id__in=list(leave)).select_related("area").order_by("area__code")
    return [(row.area, to_shape(row.shape)) for row in rows]


def map_stamp() -> int:
    """The number of the county's present outlines; 0 while there were none."""
    return MapStamp.objects.values_list("number", flat=True).first() or 0
