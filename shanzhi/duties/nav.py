"""The way to instructions: an entry at a desk, and on the first page of a phone a line with what waits."""

from typing import Any

from django.http import HttpRequest

from shanzhi.duties.permissions import RECEIVE, VIEW
from shanzhi.duties.selectors import waiting_count
from shanzhi.ui import nav


def waiting(request: HttpRequest) -> int:
    """One statement, and only on the page that shows it."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    return waiting_count(actor)


nav.register(
    nav.NavItem("交办", "clipboard-list", "duties:ledger", permission=VIEW, order=21, densities=frozenset({nav.DESK}))
)
nav.todo(nav.Todo("交办", "clipboard-list", "duties:mine", permission=RECEIVE, counter=waiting))
