"""Who may see how a county's work is defined, and who may change it."""

from typing import Final

from shanzhi.access.permissions import OFFICERS, permission

VIEW: Final = permission("packs.view", "看办事规则", roles=(*OFFICERS, "system_admin"))
EDIT: Final = permission("packs.edit", "改办事规则", roles=("system_admin",))
