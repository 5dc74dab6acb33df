"""Three administrators apart (等保 level 3): security keeps people and posts, audit reads them, system has no part.

An office may have an absent colleague's list worked by somebody else for some days; that grants no post.
"""

from typing import Final

from shanzhi.access.permissions import permission

VIEW: Final = permission("accounts.view", "查看账号和岗位", roles=("security_admin", "audit_admin"))
MANAGE: Final = permission("accounts.manage", "管理账号", roles=("security_admin",))
GRANT: Final = permission("accounts.grant", "授予和撤销岗位", roles=("security_admin",))
STAND_INS: Final = permission(
    "accounts.stand_ins",
    "给同事安排代班",
    roles=("village_clerk", "branch_secretary", "township_officer", "command_centre", "security_admin"),
)
TOKENS: Final = permission("accounts.tokens", "发放接口令牌", roles=("security_admin",))
