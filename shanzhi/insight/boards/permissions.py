"""Who steers by the boards: the desks of a township and of the county, its leader, and who checks them."""

from shanzhi.access.permissions import permission

BOARD = permission("insight.board", "看总览", roles=("township_officer", "command_centre", "county_leader", "auditor"))
