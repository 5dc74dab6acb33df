"""Where those who hang up the codes of villages find them."""

from shanzhi.portal.permissions import QR
from shanzhi.ui import nav

nav.register(
    nav.NavItem("村二维码", "qrcode", "portal:codes", permission=QR, order=64, densities=frozenset({nav.DESK})),
)
