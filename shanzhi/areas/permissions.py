from shanzhi.access.permissions import STAFF, permission

VIEW = permission("areas.view", "查看区划、网格和部门", roles=STAFF)
MANAGE = permission("areas.manage", "维护区划、网格和部门", roles=("system_admin",))
