"""The desk's way to take something down."""

from shanzhi.cases.permissions import TAKE_DOWN
from shanzhi.ui import nav

nav.register(
    nav.NavItem("登记", "phone", "cases:take-down", permission=TAKE_DOWN, order=21, densities=frozenset({nav.DESK}))
)
