from shanzhi.exchange.permissions import HOOKS
from shanzhi.ui import nav

nav.register(
    nav.NavItem("推送", "plug", "exchange:hooks", permission=HOOKS, order=84, densities=frozenset({nav.DESK})),
)
