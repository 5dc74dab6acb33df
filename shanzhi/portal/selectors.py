"""What anybody may know of a township: counts from its records, never a name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count

from shanzhi.access.pages import not_found
from shanzhi.access.permissions import Level
from shanzhi.accounts.models import Post
from shanzhi.accounts.selectors import live
from shanzhi.areas.models import Area
from shanzhi.areas.paths import subtree
from shanzhi.areas.selectors import area_get, areas_at, grids_of
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import capped_counts, public_counts

ROLES: Final = {"leaders": "grid_leader", "workers": "grid_worker", "volunteers": "volunteer"}


@dataclass(frozen=True)
class TownshipCounts:
    """The counts of a township; None is "no value": there are no records of this sort at all.

    Without a grid nothing is known of grids and of who works in them; without a report nothing of reports. Otherwise
    a zero is a true zero. `rejected` is what is reported and neither closed nor open.
    """

    grids: int | None
    leaders: int | None
    workers: int | None
    volunteers: int | None
    reported: int | None
    closed: int | None
    open: int | None

    @property
    def unused(self) -> bool:
        """Nothing is known of the place yet: neither a grid nor a report."""
        return self.grids is None and self.reported is None

    @property
    def rejected(self) -> int:
        return (self.reported or 0) - (self.closed or 0) - (self.open or 0)


def townships() -> list[Area]:
    """The open townships of the county, in the order of the official register."""
    return areas_at(Level.TOWNSHIP)


def township_get(code: str) -> Area:
    """An open township by its code. NotFound says where an abolished one went; other places are not found."""
    area = area_get(code)
    if area.level != Level.TOWNSHIP:
        raise not_found()
    return area


def township_first(choices: list[Area]) -> Area | None:
    """The one shown when nobody has chosen: with the most reports, counted up to 1,000; the first one among equals.

    One statement, and no full count: the page is open to everybody.
    """
    lists = {}
    for area in choices:
        low, high = subtree(area.path)
        lists[area.code] = Case.objects.filter(area_path__gte=low, area_path__lt=high)
    counts = capped_counts(lists)
    return max(choices, key=lambda area: counts[area.code], default=None)


def township_counts(area: Area, *, at: datetime) -> TownshipCounts:
    """Grids and the persons in post at this moment, each person once a role, and cases since the beginning."""
    grids = grids_of(area).count()
    people = people_in_post(area, at=at) if grids else {}
    cases = public_counts(area)
    known = bool(cases["reported"])
    return TownshipCounts(
        grids=grids or None,
        leaders=people.get("leaders"),
        workers=people.get("workers"),
        volunteers=people.get("volunteers"),
        reported=cases["reported"] if known else None,
        closed=cases["closed"] if known else None,
        open=cases["open"] if known else None,
    )


def people_in_post(area: Area, *, at: datetime) -> dict[str, int]:
    """How many different persons lead, work and volunteer at the place and below it at this moment."""
    low, high = subtree(area.path)
    held = Post.objects.filter(live(at), role__in=ROLES.values(), area_path__gte=low, area_path__lt=high)
    rows = held.order_by().values("role").annotate(people=Count("user_id", distinct=True))
    counts = {row["role"]: row["people"] for row in rows}
    return {name: counts.get(role, 0) for name, role in ROLES.items()}
