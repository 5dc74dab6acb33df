"""Rates for programs, as the page counts them."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from shanzhi.access.api import REFUSALS, actor_of, operation
from shanzhi.cases import permissions
from shanzhi.cases.rates.board import area_for, board_of
from shanzhi.cases.rates.periods import asked, named
from shanzhi.cases.rates.schemas import BoardOut, RateQuery

router = Router()


@router.get("/rates", response={200: BoardOut, **REFUSALS}, summary="Rates of a place and of what lies below it")
@operation(permissions.RATES)
def rate_list(request: HttpRequest, county: Path[int], query: Query[RateQuery]) -> Any:
    """Counted now, from the cases that the caller may see. Without a period: this month."""
    actor, at = actor_of(request), timezone.now()
    period = asked(query.period, query.first, query.last, lambda code: named(code, at))
    return BoardOut.of(board_of(actor, area_for(actor, query.area), period))
