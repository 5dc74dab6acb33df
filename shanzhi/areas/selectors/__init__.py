"""Reading places. What a page shows goes through an actor; what a service of another app needs goes by code or id."""

from shanzhi.areas.selectors.grids import grid_code_next, grids_of
from shanzhi.areas.selectors.history import history_of, names_on, versions_on
from shanzhi.areas.selectors.imports import import_get_for, import_list_for
from shanzhi.areas.selectors.scope import view_scope
from shanzhi.areas.selectors.tree import (
    AreaFilter,
    Below,
    ancestors,
    area_crumbs,
    area_get,
    area_get_for,
    area_list_for,
    area_names,
    areas_at,
    below,
    children,
    siblings,
    successor_of,
)
from shanzhi.areas.selectors.units import (
    UnitFilter,
    unit_get,
    unit_get_for,
    unit_history,
    unit_list_for,
    unit_names,
    units_of,
)

__all__ = [
    "AreaFilter",
    "Below",
    "UnitFilter",
    "ancestors",
    "area_crumbs",
    "area_get",
    "area_get_for",
    "area_list_for",
    "area_names",
    "areas_at",
    "below",
    "children",
    "grid_code_next",
    "grids_of",
    "history_of",
    "import_get_for",
    "import_list_for",
    "names_on",
    "siblings",
    "successor_of",
    "unit_get",
    "unit_get_for",
    "unit_history",
    "unit_list_for",
    "unit_names",
    "units_of",
    "versions_on",
    "view_scope",
]
