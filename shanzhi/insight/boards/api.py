"""The board for programs, as the page shows it."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from shanzhi.access.api import REFUSALS, actor_of, operation
from shanzhi.cases.rates.periods import asked
from shanzhi.insight.boards.board import board_of, place_for
from shanzhi.insight.boards.periods import last_days
from shanzhi.insight.boards.permissions import BOARD
from shanzhi.insight.boards.schemas import BoardQuery, DashboardOut

router = Router()


@router.get("/dashboard", response={200: DashboardOut, **REFUSALS}, summary="Figures of a place and what is below it")
@operation(BOARD)
def dashboard_read(request: HttpRequest, county: Path[int], query: Query[BoardQuery]) -> Any:
    """Of this moment, from the cases that the caller may see. Without a period: the last 30 days."""
    actor, at = actor_of(request), timezone.now()
    period = asked(query.period, query.first, query.last, lambda code: last_days(code, at))
    return DashboardOut.of(board_of(actor, place_for(actor, query.area), period, at))
