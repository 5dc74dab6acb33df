"""Who connects other systems: the system administrator."""

from typing import Final

from shanzhi.access.permissions import permission

HOOKS: Final = permission("exchange.hooks", "管理状态推送", roles=("system_admin",))
