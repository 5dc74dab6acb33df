"""Who sees the staff of the grids, who appoints, who says how many there must be."""

from typing import Final

from shanzhi.access.permissions import STAFF, permission

OFFICE: Final = ("village_clerk", "branch_secretary", "township_officer", "command_centre")

VIEW: Final = permission("staffing.view", "查看网格队伍", roles=STAFF)
CONTACT: Final = permission(
    "staffing.contact",
    "查看网格人员的电话",
    roles=(*OFFICE, "grid_worker", "grid_leader", "department_handler", "county_leader"),
)
MANAGE: Final = permission("staffing.manage", "任命网格人员", roles=OFFICE)
RULE: Final = permission("staffing.rule", "规定网格怎样配备人员", roles=("command_centre",))
