"""Where those who keep the gate find what waits there."""

from shanzhi.cases.permissions import GATE
from shanzhi.ui import nav

nav.register(nav.NavItem("待甄别", "filter", "cases:held", permission=GATE, order=24, densities=frozenset({nav.DESK})))
