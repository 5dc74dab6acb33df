"""The overview of a place on a day, as a page, on paper and as a file; and what is missing, place by place."""

from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.lib.times import show_full
from shanzhi.staffing import exports, selectors
from shanzhi.staffing.catalogue import CROWD, LEVELS, ROLES, rulable
from shanzhi.staffing.permissions import MANAGE, RULE, VIEW
from shanzhi.staffing.selectors.board import SORTS, Board, crowd_of, leaders_of
from shanzhi.staffing.selectors.gaps import Gap
from shanzhi.staffing.views.shared import asof_of, crumbs, day_words, link, path_to, right
from shanzhi.ui.downloads import download
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import url_with
from shanzhi.ui.parts import Crumb, Tile

SHOWN: Final = 50


def _board(request: CountyRequest) -> tuple[Board, str]:
    query = request.GET
    asof, wrong = asof_of(query)
    area = selectors.area_for(request.actor, query.get("area", ""))
    return selectors.board_of(area, asof, sort=query.get("sort", "")), wrong


@page(VIEW)
@require_safe
def overview(request: CountyRequest, county: int) -> HttpResponse:
    """County → township → village → grid; the whole state is in the address."""
    board, wrong = _board(request)
    query, actor = request.GET, request.actor
    context: dict[str, Any] = {
        "board": board,
        "place": place_words(board.area),
        "wrong": wrong,
        "tiles": _tiles(county, board),
        "rows": [(row, "" if row.is_own else url_with(query, area=row.code)) for row in board.rows],
        "labels": [ROLES[role].label for role in board.roles],
        "path": [(area, url_with(query, area=area.code)) for area in path_to(request, board.area)],
        "order": SORTS.get(query.get("sort", ""), SORTS[""]),
        "sorts": [(url_with(query, sort=code), label, query.get("sort", "") == code) for code, label in SORTS.items()],
        "people": _people(request, board),
        "day_words": day_words(board.asof),
        "query": query.urlencode(),
        "kept": [(name, query[name]) for name in ("area", "sort") if query.get(name)],
        "may_manage": actor.can(MANAGE),
        "may_rule": actor.can(RULE),
        "here_url": link(county, "here", area=board.area.code if board.area.is_open else ""),
        "appoint_url": link(county, "appoint", place=board.area.code),
    }
    return render(request, "staffing/overview.html", context, status=422 if wrong else 200)


def _people(request: CountyRequest, board: Board) -> list[selectors.Holder]:
    """At the bottom of the tree the names themselves, as many as a list shows."""
    if board.below:
        return []
    wanted = selectors.StaffFilter(path=board.area.path)
    return list(selectors.holder_page(request.actor, wanted, board.asof).rows)


def _tiles(county: int, board: Board) -> list[Tile]:
    """Each opens its records; each says how it is counted."""
    figures, area, on = board.figures, board.area.code, "" if board.asof.is_today else str(board.asof.day)
    leaders = leaders_of(figures)
    soon = figures.soon
    return [
        Tile(
            "缺网格长的网格", f"{figures.headless:,}", "个", f"共 {figures.grids:,} 个网格",
            link(county, "gaps", area=area, role="leader", on=on),
            "按标准应有网格长、当天一个在任的也没有的网格。",
        ),
        Tile(
            "缺岗", f"{figures.missing:,}", "人", "应有减在任，逐个地方算", link(county, "gaps", area=area, on=on),
            "每个地方每个岗位应有的人数减去当天在任的人数，多出来的不抵别处缺的，全部加起来。",
        ),
        Tile(
            "30 天内到期", f"{soon[0]:,}", "人", f"60 天内 {soon[1]:,} 人，90 天内 {soon[2]:,} 人",
            link(county, "people", area=area, state="in30", sort="until", on=on),
            "当天在任、任期在 30 天内结束的人。没有写任期结束的不算。",
        ),
        Tile(
            "在任", f"{figures.people:,}", "人", f"网格长 {leaders.held:,} 人，志愿者 {crowd_of(figures):,} 人",
            link(county, "people", area=area, on=on),
            "当天任期内、没有撤销或结束的网格人员；一个人任两岗算两人。",
        ),
        Tile(
            "近 90 天任期届满", f"{figures.lapsed:,}", "人", "届满后要续任或换人",
            link(county, "people", area=area, state="past90", sort="until", on=on),
            "任期在当天以前 90 天里结束、没有提前撤销的人，后来续任的也在内。",
        ),
    ]  # fmt: skip


@page(VIEW)
@require_safe
def overview_print(request: CountyRequest, county: int) -> HttpResponse:
    board, wrong = _board(request)
    right(wrong)
    gaps = selectors.gaps_of(board.standing)
    context = {
        "board": board, "place": place_words(board.area), "gaps": gaps[:200],
        "labels": [ROLES[role].label for role in board.roles], "more": max(0, len(gaps) - 200),
        "printed": show_full(timezone.now()), "query": request.GET.urlencode(),
        "day_words": day_words(board.asof),
    }  # fmt: skip
    return render(request, "staffing/sheets/overview.html", context)


@page(VIEW)
@require_safe
def overview_export(request: CountyRequest, county: int) -> HttpResponseBase:
    board, wrong = _board(request)
    right(wrong)
    ending = "csv" if request.GET.get("format") == "csv" else "xlsx"
    return download(exports.board_file(board, ending), exports.name_of("网格队伍", board.asof, ending), "staffing")


def _gaps(request: CountyRequest) -> tuple[selectors.Standing, list[Gap], str]:
    query = request.GET
    asof, wrong = asof_of(query)
    standing = selectors.standing_of(selectors.area_for(request.actor, query.get("area", "")), asof)
    gaps = selectors.gaps_of(standing, role=query.get("role", ""), level=query.get("level", ""))
    if query.get("sort") == "-missing":
        gaps.sort(key=lambda gap: -gap.missing)
    return standing, gaps, wrong


@page(VIEW)
@require_safe
def gap_list(request: CountyRequest, county: int) -> HttpResponse:
    """What is missing, with who may fill it one click away."""
    standing, gaps, wrong = _gaps(request)
    query, actor = request.GET, request.actor
    start = _start(gaps, query.get("after", ""))
    shown = gaps[start : start + SHOWN]
    roles = dict.fromkeys(role.code for _, role in rulable() if role.code != CROWD)
    manages = selectors.place_scope(actor, MANAGE) if actor.can(MANAGE) else None
    context = {
        "standing": standing, "place": place_words(standing.area), "wrong": wrong,
        "total": len(gaps), "missing": sum(gap.missing for gap in gaps),
        "places": len({gap.place.id for gap in gaps}), "all_places": len(standing.places),
        "rows": [(gap, _fill(county, gap, manages is not None and manages.covers(gap.place.path)),
                  link(county, "overview", area=gap.place.code, on=query.get("on", ""))) for gap in shown],
        "bar": filter_bar(query, [
            Choice("role", "岗位", [(code, ROLES[code].label) for code in roles]),
            Choice("level", "级别", [(str(level), label) for level, label in LEVELS.items()]),
            Choice("sort", "排序", [("-missing", "缺得多的在前")]),
        ]),
        "path": [(area, url_with(query, area=area.code)) for area in path_to(request, standing.area)],
        "day_words": day_words(standing.asof), "query": query.urlencode(),
        "next_url": url_with(query, after=_cursor(shown[-1])) if start + SHOWN < len(gaps) else "",
        "previous_url": _previous(query, gaps, start),
        "crumbs": crumbs(request, Crumb("缺岗")),
    }  # fmt: skip
    return render(request, "staffing/gaps.html", context, status=422 if wrong else 200)


def _cursor(gap: Gap) -> str:
    return f"{gap.place.code}.{gap.role}"


def _start(gaps: list[Gap], after: str) -> int:
    """Behind the row that an address names; a row that was filled since is looked for no further: the first page."""
    return next((number + 1 for number, gap in enumerate(gaps) if _cursor(gap) == after), 0) if after else 0


def _previous(query: Any, gaps: list[Gap], start: int) -> str:
    if start == 0:
        return ""
    return url_with(query, after=_cursor(gaps[start - SHOWN - 1]) if start > SHOWN else "")


def _fill(county: int, gap: Gap, may: bool) -> str:
    """Where this is filled: here by whoever appoints, and only for roles that are kept here."""
    return link(county, "appoint", place=gap.place.code, role=gap.role) if may and ROLES[gap.role].own else ""


@page(VIEW)
@require_safe
def gap_export(request: CountyRequest, county: int) -> HttpResponseBase:
    standing, gaps, wrong = _gaps(request)
    right(wrong)
    ending = "csv" if request.GET.get("format") == "csv" else "xlsx"
    return download(exports.gaps_file(gaps, ending), exports.name_of("缺岗", standing.asof, ending), "vacancies")
