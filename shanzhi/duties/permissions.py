"""Who issues, who receives, who reads. Where a post may do it is decided by `offices.py`."""

from typing import Final

from shanzhi.access.permissions import permission

LEVEL_OFFICE: Final = ("village_clerk", "branch_secretary", "township_officer", "command_centre")
ISSUERS: Final = ("township_officer", "command_centre", "county_leader")
RECEIVERS: Final = ("grid_worker", "grid_leader", "department_handler", *LEVEL_OFFICE)

ISSUE: Final = permission("duties.issue", "交办和销号", roles=ISSUERS)
RECEIVE: Final = permission("duties.receive", "签收和办理交办", roles=RECEIVERS)
VIEW: Final = permission("duties.view", "看辖区内的交办台账", roles=(*RECEIVERS, "county_leader", "auditor"))
