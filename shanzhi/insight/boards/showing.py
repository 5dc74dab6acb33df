"""A board as templates show it: plots and map drawn, the table sorted, addresses of the other periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases.rates.periods import RANGE
from shanzhi.cases.selectors import Tab
from shanzhi.insight.boards import links, plots
from shanzhi.insight.boards.backlog import gathered
from shanzhi.insight.boards.board import EIGHT, TODAY, Board, Place, crumbs_of
from shanzhi.insight.boards.maps import Drawing, Load, Shape, drawn, shapes_of
from shanzhi.insight.boards.periods import LABELS
from shanzhi.insight.boards.tables import bucketed
from shanzhi.insight.values import Value

BELOW: Final = {"county": "乡镇（街道）", "township": "村（社区）", "village": "网格"}


@dataclass(frozen=True, slots=True)
class Head:
    """A head of the table: what a click on it sorts by, and whether it is sorted now."""

    name: str
    unit: str
    url: str
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    name: str
    value: Value
    unit: str
    url: str
    under: str = ""


def context_of(actor: Actor, board: Board, query: QueryDict) -> dict[str, Any]:
    """What the page of a board needs; `query` is its address. One statement for the map."""
    words, _ = bucketed(board)
    return {
        "board": board, "area": board.area, "period": board.period, "below": BELOW[board.area.level],
        "above": [(place, _url(query, area=place.code)) for place in crumbs_of(actor, board.area)],
        "periods": [(label, _url(query, period=code), code == board.period.code) for code, label in LABELS.items()],
        "is_range": board.period.code == RANGE, "query": query.urlencode(),
        "kept": [(name, query[name]) for name in ("area", "sort") if query.get(name)],
        "heads": heads_of(board, query), "rows": rows_of(board, query.get("sort", "")),
        "map": map_of(board), "days_title": f"{words}上报与办结", **plots_of(board),
        "late_url": board.figure("overdue").url, "csv_url": csv_url(board, query),
    }  # fmt: skip


def csv_url(board: Board, query: QueryDict) -> str:
    """Where a table is had as CSV; the name of the part is put behind it."""
    copy = query.copy()
    for name in ("part", "format"):
        copy.pop(name, None)
    base = reverse("insight:dashboard-export", args=[board.area.county_id])
    return f"{base}?{copy.urlencode()}{'&' if copy else ''}format=csv&part="


def plots_of(board: Board, *, wall: bool = False) -> dict[str, SafeString]:
    """The plots by the names that the templates have for them."""
    line_size, bar_size = (plots.WALL, plots.WALL_BARS) if wall else (plots.SIZE, plots.SIZE)
    words, rows = bucketed(board)
    reported, closed = sum(row[1] for row in rows), sum(row[2] for row in rows)
    said = f"{words}上报与办结：{board.period.words}，上报 {reported} 件，办结 {closed} 件"
    series = [
        plots.Line("上报", f"上报 {reported:,}", [row[1] for row in rows]),
        plots.Line("办结", f"办结 {closed:,}", [row[2] for row in rows]),
    ]
    every = sum(one.count for one in board.limits)  # of now; the figure is of the end of the period
    limits = [plots.Bar(one.rule.name, one.count, one.rule.tone, one.url) for one in board.limits]
    ages = [plots.Bar(one.rule.name, one.count, one.rule.tone, one.url) for one in board.ages]
    opinions = [
        plots.Bar(one.name, one.value.numerator, "b1" if number % 2 else "b2", one.url)
        for number, one in enumerate(board.opinions)
    ]
    return {
        "days_plot": plots.lines(series, [row[0].partition("到")[0] for row in rows], title=said, size=line_size),
        "limits_plot": plots.columns(limits, title=f"在办 {every} 件离到期还有多久", size=bar_size),
        "ages_plot": plots.columns(ages, title=f"在办 {every} 件收到至今多久"),
        "opinions_plot": plots.rows(opinions, title="群众评价和回访"),
    }


def map_of(board: Board, *, labelled: bool = False) -> Drawing | None:
    shapes = shapes_of(board.area)
    return drawn(board.area, shapes, loads_of(board, shapes), labelled=labelled)


def loads_of(board: Board, shapes: Sequence[Shape]) -> dict[str, Load]:
    """What each place of the map says and opens: another board, or for a grid its list."""
    area, found = board.area, {}
    for shape in shapes:
        here = Area(code=shape.code, name=shape.name, level=shape.level, path=shape.path, county_id=area.county_id)
        counts = gathered(board.below, shape.path)
        if shape.level == Area.Level.GRID:
            url = links.list_url(here, {"tab": Tab.OPEN})
        else:
            url = links.board_url("dashboard", here, board.period)
        grids = shape.grids if area.level == Area.Level.COUNTY else 1
        found[shape.path] = Load(counts.open, counts.of("overdue"), grids, url)
    for place in board.places:
        if place.area is not None and place.area.is_open:
            found.setdefault(place.area.path, Load(0, 0, 1, ""))
    return found


def codes_of(board: Board) -> list[str]:
    return [code for code in EIGHT if code != TODAY and code in board.total]


def heads_of(board: Board, query: QueryDict) -> list[Head]:
    """A first click sorts the most or the best first, a second the other way round."""
    now, heads = query.get("sort", ""), []
    for code in codes_of(board):
        figure = board.figure(code)
        following = code if now == f"-{code}" else f"-{code}"
        order = {f"-{code}": "descending", code: "ascending"}.get(now, "")
        heads.append(Head(figure.name, figure.unit, f"{_url(query, sort=following)}#places", order))
    return heads


def rows_of(board: Board, sort: str) -> list[tuple[Place, list[Cell]]]:
    """The places in the order that was asked for, no value last; each with its cells."""
    return [(place, cells_of(board, place.values, place.records)) for place in ordered(board, sort)]


def ordered(board: Board, sort: str) -> list[Place]:
    code, falling = sort.removeprefix("-"), sort.startswith("-")
    if code not in codes_of(board):
        return list(board.places)
    known = [place for place in board.places if place.values[code].value is not None]
    known.sort(key=lambda place: (place.values[code].value, place.values[code].denominator or 0), reverse=falling)
    return [*known, *(place for place in board.places if place.values[code].value is None)]


def cells_of(board: Board, values: Mapping[str, Value], records: Mapping[str, str]) -> list[Cell]:
    cells = []
    for code in codes_of(board):
        figure, value = board.figure(code), values[code]
        under = f"{value.numerator:,}/{value.denominator:,}" if value.denominator is not None else ""
        cells.append(Cell(figure.name, value, figure.unit, records.get(code, ""), under))
    return cells


def total_cells(board: Board) -> list[Cell]:
    return cells_of(board, board.total, {code: board.figure(code).url for code in codes_of(board)})


def _url(query: QueryDict, **changes: str) -> str:
    copy = query.copy()
    for name, value in changes.items():
        copy[name] = value
    if "period" in changes:
        for name in ("from", "to"):
            copy.pop(name, None)
    return f"?{copy.urlencode()}"
