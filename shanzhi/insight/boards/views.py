"""总览, the wall and the morning page of a place; the same on paper and as files. Their whole state is the address."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases.rates.periods import right
from shanzhi.insight.boards.board import Board, board_of, place_for
from shanzhi.insight.boards.exports import as_csv, as_xlsx, file_name
from shanzhi.insight.boards.feed import newest
from shanzhi.insight.boards.links import board_url
from shanzhi.insight.boards.morning import morning_of, since_of
from shanzhi.insight.boards.periods import asked, label
from shanzhi.insight.boards.permissions import BOARD
from shanzhi.insight.boards.showing import context_of, map_of, plots_of, total_cells
from shanzhi.insight.boards.tables import PARTS, tables_of
from shanzhi.lib.tables import FORMATS
from shanzhi.packs.calendars import calendar_now
from shanzhi.ui.downloads import download


@page(BOARD)
@require_safe
def dashboard(request: CountyRequest, county: int) -> HttpResponse:
    """The page. Days that make no period are said, and the last month is shown."""
    board, wrong = _board(request)
    context: dict[str, Any] = {
        **context_of(request.actor, board, request.GET), "tables": tables_of(board), "wrong": wrong, "now": board.at,
        "total": total_cells(board), "wall_url": board_url("wall", board.area, board.period),
    }  # fmt: skip
    return render(request, "insight/boards/dashboard.html", context, status=422 if wrong else 200)


@page(BOARD)
@require_safe
def wall(request: CountyRequest, county: int) -> HttpResponse:
    """The big screen; it asks for itself again each minute."""
    board, _ = _board(request)
    context = {
        "board": board, "area": board.area, "period": board.period, "period_words": label(board.period),
        "now": board.at, "map": map_of(board, labelled=True),
        "tables": tables_of(board), "newest": newest(request.actor, board.area, board.at), **plots_of(board, wall=True),
        "back": board_url("dashboard", board.area, board.period), "again": request.get_full_path(),
    }  # fmt: skip
    return render(request, "insight/boards/wall.html", context)


@page(BOARD)
@require_safe
def board_print(request: CountyRequest, county: int) -> HttpResponse:
    """The figures, places and tables on paper, with their definitions."""
    board, wrong = _board(request)
    right(wrong)
    context = {
        "board": board, "area": board.area, "period": board.period, "tables": tables_of(board), "now": board.at,
        "back": board_url("dashboard", board.area, board.period),
    }  # fmt: skip
    return render(request, "insight/boards/paper.html", context)


@page(BOARD)
@require_safe
def board_export(request: CountyRequest, county: int) -> HttpResponseBase:
    """All tables as an Excel file, or the one called `part` as CSV."""
    board, wrong = _board(request)
    right(wrong)
    kind, part = request.GET.get("format", "xlsx"), request.GET.get("part", "figures")
    kind, part = kind if kind in FORMATS else "xlsx", part if part in PARTS else "figures"
    body = as_csv(board, part) if kind == "csv" else as_xlsx(board)
    return download(body, file_name(board, part, kind), "board")


@page(BOARD)
@require_safe
def morning(request: CountyRequest, county: int) -> HttpResponse:
    """What changed, what is due and what waits for whoever reads it."""
    actor, at = request.actor, timezone.now()
    area = place_for(actor, request.GET.get("area", ""))
    since = since_of(request.GET.get("since", ""), at, calendar_now())
    found = morning_of(actor, area, since, at)
    return render(request, "insight/boards/morning.html", {"morning": found, "area": area, "now": at})


def _board(request: CountyRequest) -> tuple[Board, str]:
    at = timezone.now()
    period, wrong = asked(request.GET, at)
    area = place_for(request.actor, request.GET.get("area", ""))
    return board_of(request.actor, area, period, at), wrong
