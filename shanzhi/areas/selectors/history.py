"""What a place was called on a day."""

from collections.abc import Iterable
from datetime import date

from shanzhi.areas.models import Area, AreaVersion


def history_of(area: Area) -> list[AreaVersion]:
    """Every act on a place, newest first, with the parent that it has had since."""
    return list(AreaVersion.objects.filter(area=area).select_related("parent").order_by("-number"))


def names_on(ids: Iterable[int], day: date) -> dict[int, str]:
    """The name of each place on a day; one query. A day before the first entry gives the earliest name known."""
    return {area_id: row.name for area_id, row in versions_on(ids, day).items()}


def versions_on(ids: Iterable[int], day: date) -> dict[int, AreaVersion]:
    """The entry of the history that was in force on a day, for each place; the earliest one for a day before it."""
    found: dict[int, AreaVersion] = {}
    wanted = set(ids)
    if not wanted:
        return found
    for row in AreaVersion.objects.filter(area_id__in=wanted).order_by("area_id", "number"):
        if row.area_id not in found or row.valid_from <= day:
            found[row.area_id] = row
    return found
