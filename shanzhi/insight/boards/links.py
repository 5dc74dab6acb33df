"""Addresses behind the figures of a board: always the list of cases, narrowed to exactly what was counted."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from shanzhi.access.indicators import Asked, Indicator
from shanzhi.areas.models import Area
from shanzhi.cases.rates.periods import RANGE, Period
from shanzhi.cases.selectors import Kin


def list_url(area: Area, query: Mapping[str, str]) -> str:
    """Open cases of a place as the backlog counts them: parts of a split case are left out."""
    place = {"place": area.code} if area.level != Area.Level.COUNTY else {}
    return f"{reverse('cases:list', args=[area.county_id])}?{urlencode({**query, 'kin': Kin.WHOLE, **place})}"


def records_url(indicator: Indicator, fact: str, area: Area, period: Period) -> str:
    """What one fact of a figure counts, as the registry says it."""
    place = area.code if area.level != Area.Level.COUNTY else ""
    return indicator.records(Asked(area.county_id, fact, place, period.first, period.last))


def done_url(area: Area, act: str, first: date, last: date) -> str:
    """Cases on which an act was done in these days."""
    query = {"tab": "counted", "figure": f"did_{act}", "figure_from": str(first), "figure_to": str(last)}
    place = {"place": area.code} if area.level != Area.Level.COUNTY else {}
    return f"{reverse('cases:list', args=[area.county_id])}?{urlencode({**query, **place})}"


def period_query(period: Period) -> dict[str, str]:
    """The period as an address has it."""
    if period.code == RANGE:
        return {"period": RANGE, "from": str(period.first), "to": str(period.last)}
    return {"period": period.code}


def board_url(name: str, area: Area, period: Period) -> str:
    """Another page of the same place and period."""
    query = urlencode({"area": area.code, **period_query(period)})
    return f"{reverse(f'insight:{name}', args=[area.county_id])}?{query}"
