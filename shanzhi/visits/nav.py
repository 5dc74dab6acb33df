"""走访 in the bar of a phone and in the menu of a desk; how many are due on the first page of a phone."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from shanzhi.ui import nav
from shanzhi.visits.permissions import COUNTS, MAKE
from shanzhi.visits.planning import due_count


def waiting(request: HttpRequest) -> int:
    """People to be visited by today."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    return due_count(actor, timezone.localdate())


DESK = frozenset({nav.DESK})
nav.register(
    nav.NavItem("走访", "walk", "visits:planned", permission=MAKE, order=20, densities=frozenset({nav.PHONE})),
    nav.NavItem("走访", "walk", "visits:counts", permission=COUNTS, order=28, densities=DESK),
)
nav.todo(nav.Todo("走访", "walk", "visits:planned", permission=MAKE, counter=waiting))
