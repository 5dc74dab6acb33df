"""走访 in the bar of a phone and in the menu of a desk."""

from shanzhi.ui import nav
from shanzhi.visits.permissions import COUNTS, MAKE

DESK = frozenset({nav.DESK})
nav.register(
    nav.NavItem("走访", "walk", "visits:planned", permission=MAKE, order=20, densities=frozenset({nav.PHONE})),
    nav.NavItem("走访", "walk", "visits:counts", permission=COUNTS, order=28, densities=DESK),
)
