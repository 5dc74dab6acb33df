from shanzhi.staffing.permissions import VIEW
from shanzhi.ui import nav

nav.register(
    nav.NavItem(
        "网格队伍", "users-group", "staffing:overview", permission=VIEW, order=63, densities=frozenset({nav.DESK})
    ),
)
nav.link("here", "staffing:here", permission=VIEW)
