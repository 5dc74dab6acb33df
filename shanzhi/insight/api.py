"""Indicators for programs: the same figures as the pages, counted at this moment."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from shanzhi.access.api import REFUSALS, Problem, actor_of, operation
from shanzhi.access.indicators import indicators_for
from shanzhi.cases.permissions import RATES
from shanzhi.cases.rates.board import area_for
from shanzhi.cases.rates.periods import asked, named
from shanzhi.insight.reading import figures
from shanzhi.insight.schemas import FigureDetailOut, FigureQuery, IndicatorListOut, IndicatorOut
from shanzhi.insight.showing import Look, days_of, indicator_for, places_of

router = Router()
Code = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,40}$")]


@router.get("/indicators", response={200: IndicatorListOut, **REFUSALS}, summary="Indicators and their definitions")
@operation(RATES)
def indicator_list(request: HttpRequest, county: Path[int]) -> Any:
    """Every figure that the caller may see, by definition."""
    return IndicatorListOut(items=[IndicatorOut.of(one) for one in indicators_for(actor_of(request)).values()])


@router.get(
    "/indicators/{indicator}", response={200: FigureDetailOut, **REFUSALS, 422: Problem}, summary="A figure"
)  # fmt: skip
@operation(RATES)
def indicator_get(request: HttpRequest, county: Path[int], indicator: Code, query: Query[FigureQuery]) -> Any:
    """Its value for a place of the caller's and a period (without one: this month), side by side for the places
    directly below, and day by day, in China."""
    actor, at = actor_of(request), timezone.now()
    one = indicator_for(actor, indicator)
    period = asked(query.period, query.first, query.last, lambda code: named(code, at))
    look = Look(actor, area_for(actor, query.area), period, at)
    value = figures(actor, look.area, look.period, at)[one.code]
    return FigureDetailOut.detail(look, one, value, places_of(look, one), list(days_of(look, one)))
