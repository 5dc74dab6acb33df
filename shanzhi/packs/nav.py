from shanzhi.packs.permissions import EDIT
from shanzhi.ui import nav

nav.register(
    nav.NavItem("规则", "settings", "packs:list", permission=EDIT, order=64, densities=frozenset({nav.DESK})),
)
