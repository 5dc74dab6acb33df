"""What the shell shows of cases: the list, the phone's two first buttons, and the search box."""

import shanzhi.cases.gate.nav
import shanzhi.cases.phone.nav
import shanzhi.cases.rates.nav
import shanzhi.cases.suggesting.nav
import shanzhi.cases.taking.nav  # noqa: F401  (all declare their own)
from shanzhi.access.permissions import SELF
from shanzhi.cases.permissions import REPORT, VIEW
from shanzhi.packs.permissions import VIEW as KINDS
from shanzhi.ui import nav

nav.register(
    nav.NavItem("待办", "checklist", "cases:home", permission=SELF, order=10, densities=frozenset({nav.PHONE})),
    nav.NavItem("事件", "message-circle", "cases:list", permission=VIEW, order=20, densities=frozenset({nav.DESK})),
    nav.NavItem(
        "吹哨报到", "speakerphone", "cases:whistles", permission=VIEW, order=22, densities=frozenset({nav.DESK})
    ),
    nav.NavItem("类别", "list-details", "cases:kinds", permission=KINDS, order=63, densities=frozenset({nav.DESK})),
    nav.NavItem(
        "随手拍",
        "camera",
        "cases:report",
        permission=REPORT,
        order=30,
        densities=frozenset({nav.PHONE}),
        prominent=True,
    ),
)
nav.link("home", "cases:home", permission=SELF)
nav.link("search", "cases:list", permission=VIEW, label="编号、地点、内容")
