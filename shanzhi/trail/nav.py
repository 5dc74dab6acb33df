from shanzhi.trail.permissions import VIEW
from shanzhi.ui import nav

nav.register(
    nav.NavItem("留痕", "shield-check", "trail:list", permission=VIEW, order=80, densities=frozenset({nav.DESK})),
    nav.NavItem("封存", "lock", "trail:seal-list", permission=VIEW, order=81, densities=frozenset({nav.DESK})),
)
