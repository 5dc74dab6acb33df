"""办理质量: the rates of a place, with everything below it side by side; as a page, on paper and as a file."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases import permissions
from shanzhi.cases.rates.board import Board, area_for, board_of, crumbs_of, period_of, records_of
from shanzhi.cases.rates.exports import as_xlsx, file_name
from shanzhi.cases.rates.periods import LABELS, RANGE, right
from shanzhi.cases.rates.registry import FEW, RATES
from shanzhi.lib.times import show_full
from shanzhi.ui.downloads import download


@page(permissions.RATES)
@require_safe
def rates(request: CountyRequest, county: int) -> HttpResponse:
    """The page; its whole state is in the address."""
    board = _board(request)
    actor, query = request.actor, request.GET
    context: dict[str, Any] = {
        "board": board, "tiles": [(figure, records_of(actor, board, figure)) for figure in board.figures],
        "periods": [(label, _url(query, period=code), code == board.period.code) for code, label in LABELS.items()
                    if code != RANGE],
        "is_range": board.period.code == RANGE, "heads": _heads(query), "few": FEW,
        "path": [(area, _url(query, area=area.code)) for area in crumbs_of(actor, board.area)],
        "rows": [(row, _url(query, area=row.code) if row.code else "") for row in board.rows],
        "query": query.urlencode(), "kept": [(name, query[name]) for name in ("area", "sort") if query.get(name)],
        "may_call": actor.can(permissions.CALLBACKS), "now": timezone.now(),
    }  # fmt: skip
    return render(request, "cases/rates.html", context, status=422 if board.wrong else 200)


@page(permissions.RATES)
@require_safe
def rates_print(request: CountyRequest, county: int) -> HttpResponse:
    """The same on paper, with the definitions."""
    board = _board(request)
    right(board.wrong)
    context = {"board": board, "rates": RATES, "few": FEW, "printed": show_full(timezone.now()),
               "query": request.GET.urlencode()}  # fmt: skip
    return render(request, "cases/sheets/rates.html", context)


@page(permissions.RATES)
@require_safe
def rates_export(request: CountyRequest, county: int) -> HttpResponseBase:
    """As an Excel file."""
    board = _board(request)
    right(board.wrong)
    return download(as_xlsx(board), file_name(board), "rates")


def _board(request: CountyRequest) -> Board:
    query = request.GET
    period, wrong = period_of(query, timezone.now())
    area = area_for(request.actor, query.get("area", ""))
    return board_of(request.actor, area, period, sort=query.get("sort", ""), wrong=wrong)


def _url(query: QueryDict, **changes: str) -> str:
    copy = query.copy()
    for name, value in changes.items():
        copy[name] = value
    if "period" in changes:
        for name in ("from", "to"):
            copy.pop(name, None)
    return f"?{copy.urlencode()}"


def _heads(query: QueryDict) -> list[dict[str, str]]:
    """A head of the table for each rate: what a click on it sorts by."""
    now, heads = query.get("sort", ""), []
    for rate in RATES:
        following = f"-{rate.code}" if now == rate.code else rate.code
        sorted_by = {rate.code: "better", f"-{rate.code}": "worse"}.get(now, "")
        heads.append({"name": rate.name, "url": f"{_url(query, sort=following)}#table", "sorted": sorted_by})
    return heads
