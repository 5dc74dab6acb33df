from shanzhi.access.permissions import permission

VIEW = permission("trail.view", "查看留痕", roles=("audit_admin",))
