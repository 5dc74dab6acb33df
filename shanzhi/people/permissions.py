"""Who finds people, who keeps the registers, who sees a number whole, who moves files in and out.

Whoever may not look at persons (a county's leader, an auditor, the three administrators) gets counts at most.
"""

from typing import Final

from shanzhi.access.permissions import permission

FIELD: Final = ("grid_worker", "grid_leader")
OFFICE: Final = ("village_clerk", "township_officer")
KEEPERS: Final = (*FIELD, *OFFICE)

VIEW: Final = permission("people.view", "查找和查看辖区人口", roles=(*KEEPERS, "branch_secretary", "command_centre"))
EDIT: Final = permission("people.edit", "登记和变更人口、户、房屋", roles=KEEPERS)
CARE: Final = permission("people.care", "查看和登记关爱对象", roles=(*KEEPERS, "branch_secretary"))
REVEAL: Final = permission("people.reveal", "显示完整的号码", roles=(*KEEPERS, "branch_secretary"))
IMPORT: Final = permission("people.import", "导入人口名册", roles=(*OFFICE, "command_centre"))
EXPORT: Final = permission("people.export", "导出人口名册", roles=OFFICE)
RIGHTS: Final = permission("people.rights", "办理个人信息申请", roles=OFFICE)
COUNTS: Final = permission(
    "people.counts",
    "查看人口数字",
    roles=(*KEEPERS, "branch_secretary", "command_centre", "county_leader", "auditor"),
)
