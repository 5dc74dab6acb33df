"""Who names the officers, and the permission that no role carries: it is held by those who are named."""

from typing import Final

from shanzhi.access.permissions import permission
from shanzhi.accounts.selectors.actors import named
from shanzhi.clues.models import ClueOfficer

DESK: Final = permission("clues.desk", "办理线索", roles=())
APPOINT: Final = permission("clues.appoint", "任命线索专办员", roles=("security_admin",))
named(DESK, ClueOfficer._meta.db_table)
