"""Who sees how good the suggestions are, and who may have them learned anew or switch them off."""

from shanzhi.access.permissions import permission

SEE = permission("cases.suggestions", "看推荐准不准", roles=("system_admin", "command_centre"))
MANAGE = permission("cases.suggestions_manage", "重新学习和开关推荐", roles=("system_admin",))
