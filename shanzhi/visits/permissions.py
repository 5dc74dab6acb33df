"""Who visits, and who sees how many visits were made. Which groups a post visits is the group's to say."""

from typing import Final

from shanzhi.access.permissions import permission

VISITORS: Final = ("grid_worker", "grid_leader", "village_clerk", "branch_secretary", "township_officer")

MAKE: Final = permission("visits.make", "走访关爱对象", roles=VISITORS)
COUNTS: Final = permission(
    "visits.counts", "查看走访数字", roles=(*VISITORS, "command_centre", "county_leader", "auditor")
)
