from typing import Any

from django.http import HttpRequest

from shanzhi.access.permissions import SELF
from shanzhi.notices.permissions import LOG
from shanzhi.notices.selectors import unread_count
from shanzhi.ui import nav


def unread(request: HttpRequest) -> int:
    """The count beside the bell: one statement, and only on pages that show it."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    return unread_count(actor=actor)


nav.register(
    nav.NavItem(
        "通知", "bell", "notices:list", permission=SELF, order=40, densities=frozenset({nav.PHONE}), badge="notices"
    ),
    nav.NavItem("消息", "send", "notices:log", permission=LOG, order=83, densities=frozenset({nav.DESK})),
)
nav.link("notices", "notices:list", permission=SELF)
nav.link("notice_settings", "notices:settings", permission=SELF)
nav.badge("notices", unread)
