"""The way to the rates and to the call-backs."""

from shanzhi.cases.permissions import CALLBACKS, RATES
from shanzhi.ui import nav

nav.register(
    nav.NavItem("质量", "chart-bar", "cases:rates", permission=RATES, order=24, densities=frozenset({nav.DESK})),
    nav.NavItem(
        "回访", "phone-call", "cases:callbacks", permission=CALLBACKS, order=23, densities=frozenset({nav.DESK})
    ),
)
