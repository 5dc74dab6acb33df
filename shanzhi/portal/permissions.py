"""Who may print what hangs in a village; the pages themselves are open to everybody."""

from typing import Final

from shanzhi.access.permissions import permission
from shanzhi.cases.permissions import LEVEL_OFFICE

QR: Final = permission("portal.qr", "打印村里的二维码", roles=(*LEVEL_OFFICE, "system_admin"))
