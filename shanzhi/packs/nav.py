from shanzhi.packs.permissions import VIEW
from shanzhi.ui import nav

nav.register(
    nav.NavItem("规则", "settings", "packs:list", permission=VIEW, order=64, densities=frozenset({nav.DESK})),
)
