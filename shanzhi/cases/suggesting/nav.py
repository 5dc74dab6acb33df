"""The administrator's page in the menu."""

from shanzhi.cases.suggesting.permissions import SEE
from shanzhi.ui import nav

nav.register(
    nav.NavItem("推荐", "route", "cases:suggestions", permission=SEE, order=66, densities=frozenset({nav.DESK}))
)
