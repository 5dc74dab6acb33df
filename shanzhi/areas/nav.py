from shanzhi.areas.permissions import VIEW
from shanzhi.ui import nav

DESK = frozenset({nav.DESK})

nav.register(
    nav.NavItem("区划", "sitemap", "areas:list", permission=VIEW, order=60, densities=DESK),
    nav.NavItem("地图", "map-2", "areas:map", permission=VIEW, order=61, densities=DESK),
    nav.NavItem("部门", "building", "areas:unit-list", permission=VIEW, order=62, densities=DESK),
)
nav.link("areas", "areas:list", permission=VIEW)
