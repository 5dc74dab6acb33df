"""The ways into the registers."""

from shanzhi.people.permissions import COUNTS, IMPORT, VIEW
from shanzhi.ui import nav

DESK = frozenset({nav.DESK})
nav.register(
    nav.NavItem("人口", "users", "people:list", permission=VIEW, order=26, densities=DESK),
    nav.NavItem("找人", "search", "people_find:search", permission=VIEW, order=25, densities=DESK),
    nav.NavItem("导入名册", "file-import", "people_import:list", permission=IMPORT, order=28, densities=DESK),
    nav.NavItem("人口数字", "chart-bar", "people:counts", permission=COUNTS, order=27, densities=DESK),
)
nav.link("people", "people:list", permission=VIEW)
