"""Grids below villages."""

from shanzhi.areas.models import Area, AreaVersion
from shanzhi.areas.paths import subtree
from shanzhi.lib.errors import Conflict
from shanzhi.tenancy.models import CountyQuerySet

LAST_NUMBER = 999


def grids_of(area: Area) -> CountyQuerySet[Area]:
    """The open grids at or below a place, in the order of the tree."""
    low, high = subtree(area.path)
    return Area.objects.filter(  # type: ignore[return-value]
        path__gte=low, path__lt=high, level=Area.Level.GRID, valid_to__isnull=True
    ).order_by("path")


def grid_code_next(village: Area) -> str:
    """The village's code and the next of 001…999 that no grid has or ever had; Conflict when all are used."""
    codes = AreaVersion.objects.filter(code__gte=f"{village.code}000", code__lte=f"{village.code}999")
    used = {int(code[-3:]) for code in codes.values_list("code", flat=True)}
    highest = max(used, default=0)
    number = highest + 1 if highest < LAST_NUMBER else next((n for n in range(1, LAST_NUMBER) if n not in used), None)
    if number is None:
        raise Conflict(f"{village.name}的 999 个网格编号已经用完，请联系平台运维人员。", code="grid_numbers_used")
    return f"{village.code}{number:03d}"
