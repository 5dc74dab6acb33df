"""The way to the desk, for those who are named to it; and to their list, for whoever names them."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from shanzhi.clues.permissions import APPOINT, DESK
from shanzhi.clues.selectors import clues_for, desk_of, narrowed
from shanzhi.lib.errors import Forbidden, NotFound
from shanzhi.ui import nav


def waiting(request: HttpRequest) -> int:
    """What an officer with a phone has to do; asked for on their first page only."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    try:
        desk = desk_of(actor)
    except (NotFound, Forbidden):  # ended a moment ago, or taken over
        return 0
    return narrowed(clues_for(desk, at=timezone.now()), desk, tab="mine").count()


AT_DESK = frozenset({nav.DESK})
nav.register(
    nav.NavItem("线索专办", "shield-lock", "clues:desk", permission=DESK, order=22, densities=AT_DESK),
    nav.NavItem("线索专办员", "user-shield", "clues:officers", permission=APPOINT, order=72, densities=AT_DESK),
)
nav.todo(nav.Todo("线索专办台", "shield-lock", "clues:desk", permission=DESK, counter=waiting))
