from shanzhi.cases.permissions import RATES
from shanzhi.ui import nav

nav.register(
    nav.NavItem("指标", "table", "insight:indicators", permission=RATES, order=25, densities=frozenset({nav.DESK})),
)
