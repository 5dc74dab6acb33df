"""One's own notices need no permission; the log of what left the house is the system administrator's."""

from typing import Final

from shanzhi.access.permissions import permission

LOG: Final = permission("notices.log", "查看消息发送记录", roles=("system_admin",))
