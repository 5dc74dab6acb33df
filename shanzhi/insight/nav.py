from shanzhi.cases.permissions import RATES
from shanzhi.insight.boards.permissions import BOARD
from shanzhi.ui import nav

DESK = frozenset({nav.DESK})
nav.register(
    nav.NavItem("早报", "sunrise", "insight:morning", permission=BOARD, order=18, densities=DESK),
    nav.NavItem("总览", "layout-dashboard", "insight:dashboard", permission=BOARD, order=19, densities=DESK),
    nav.NavItem("指标", "table", "insight:indicators", permission=RATES, order=25, densities=DESK),
)
