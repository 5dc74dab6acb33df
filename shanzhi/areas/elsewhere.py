"""Rows that repeat the path of their place: no digest covers it, so the trail's verifier holds it against the place."""

from collections.abc import Iterator, Sequence
from typing import Any

from shanzhi.areas.models import Area, PathMove


def lying_elsewhere(rows: Sequence[Any], *related: str, path: str = "area_path") -> Iterator[Any]:
    """Those whose path is not that of their place, as they stand now; three statements.

    `related` are the ways to the place, by default `area`; the first that is set counts, and where none is, an empty
    path is right. The path is rewritten when a
    place moves, without a row in the trail: so the places into which an area was merged count as its own, and so does
    a path that waits to be rewritten.
    """
    if not rows:
        return
    ways = related or ("area",)
    found = type(rows[0]).objects.filter(id__in=[row.id for row in rows]).select_related(*ways).in_bulk()
    moving = set(PathMove.objects.filter(swept_at=None).values_list("old", flat=True))
    for one in rows:
        row = found.get(one.id)
        place = _place(row, ways) if row is not None else None
        said = getattr(row, path, "")
        if row is None or said in (_paths(place) if place is not None else {""}):
            continue
        if not any(said.startswith(old) for old in moving):
            yield row


def _place(row: Any, ways: Sequence[str]) -> Area | None:
    for way in ways:
        place = row
        for name in way.split("__"):
            place = getattr(place, name) if place is not None else None
        if isinstance(place, Area):
            return place
    return None


def _paths(area: Area | None) -> set[str]:
    found: set[str] = set()
    while area is not None and area.path not in found:
        found.add(area.path)
        area = area.successor
    return found
