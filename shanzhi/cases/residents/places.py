"""The village that somebody reports from, without an account and so without any scope."""

from dataclasses import dataclass
from typing import Final

from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.areas.selectors import area_get

FOUND: Final = 30
NAME: Final = 20


@dataclass(frozen=True, slots=True)
class Village:
    """An open village with its open grids, in order."""

    area: Area
    grids: tuple[Area, ...]

    @property
    def township(self) -> Area:
        township: Area | None = self.area.parent
        assert township is not None
        return township

    def place(self, code: str) -> Area | None:
        """The village for no code, one of its grids by its code, None for anything else."""
        if code in ("", self.area.code):
            return self.area
        return next((grid for grid in self.grids if grid.code == code), None)


def village_get(code: str) -> Village:
    """By its twelve digits; two statements. NotFound names the successor of one that was abolished."""
    rows = Area.objects.filter(code=code, level=Area.Level.VILLAGE, valid_to=None).select_related("parent__parent")
    area = next(iter(rows[:1]), None)
    if area is None:
        area_get(code)
        raise not_found()
    grids = Area.objects.filter(parent_id=area.id, level=Area.Level.GRID, valid_to=None).order_by("path")
    return Village(area, tuple(grids.select_related("parent")))


def villages_like(text: str) -> list[Area]:
    """At most thirty open villages whose names contain the words, with their townships; none for no words."""
    words = text.strip()[:NAME]
    if not words:
        return []
    rows = Area.objects.filter(level=Area.Level.VILLAGE, valid_to=None, name__contains=words)
    return list(rows.select_related("parent").order_by("path")[:FOUND])
