"""Pages of the households of places: the list with what is missing, the file, and the form that states them."""

from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.forms import FormPage, form_page, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.areas import selectors
from shanzhi.areas.households.forms import HouseholdsForm
from shanzhi.areas.households.pasting import MOST_ROWS
from shanzhi.areas.households.selectors import (
    MISSING,
    OUTDATED,
    STATED,
    STATES,
    Line,
    household_list_for,
    household_page_for,
    lines_of,
)
from shanzhi.areas.households.services import households_state
from shanzhi.areas.models import Area
from shanzhi.areas.permissions import MANAGE, VIEW
from shanzhi.areas.selectors import AreaFilter
from shanzhi.areas.views.shared import EXPORT_ROWS, csv_answer, today
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in, url_with
from shanzhi.ui.parts import Crumb, Tile
from shanzhi.ui.words import thousands

LEVELS: Final = [("grid", "网格"), ("village", "村（社区）"), ("township", "乡镇（街道）"), ("county", "全县")]
HEADS: Final = ("代码", "名称", "户数", "上级", "级别", "截至", "来源", "状态")
SUMMED: Final = "按下面各处相加"
TILES: Final = {
    "": ("全部", "这一级现行的地方。"),
    STATED: (STATES[STATED], "登记过户数、以后边界没有变过的地方。"),
    MISSING: (STATES[MISSING], "从来没有登记过户数的地方；下面各处都登记了的，按各处相加。"),
    OUTDATED: (STATES[OUTDATED], "登记以后有别处并入，或边界改过的地方，原来的户数不再用。"),
}


def _wanted(query: QueryDict) -> AreaFilter:
    level = query.get("level", "")
    return AreaFilter(
        text=query.get("q", "").strip()[:60], level=level if level in Area.Level.values else Area.Level.GRID,
        township=query.get("township", ""),
    )  # fmt: skip


def state_of(line: Line) -> str:
    if line.outdated:
        return "边界后来变过，请重新登记"
    return "已登记" if line.last else SUMMED if line.now else "还没登记"


@page(VIEW)
@require_safe
def household_list(request: CountyRequest, county: int) -> HttpResponse:
    """Places of one level with their households; the figures above count all that the filters let through."""
    wanted, state = _wanted(request.GET), request.GET.get("state", "")
    found = household_page_for(request.actor, wanted, state, cursor=cursor_in(request.GET))
    towns = area_choices(request)
    bar = filter_bar(
        request.GET,
        [
            Choice("level", "级别", LEVELS),
            Choice("township", "乡镇（街道）", towns),
            Choice("state", "登记情况", list(STATES.items())),
        ],
        search="q", hint="名称、代码、曾用名",
    )  # fmt: skip
    context = {
        "bar": bar, "page": found, "lines": [(line, state_of(line)) for line in lines_of(found.rows)],
        "tiles": _tiles(request, wanted), "level_word": dict(LEVELS)[wanted.level],
        "may_manage": request.actor.can(MANAGE), "query": request.GET.urlencode(),
        "crumbs": [Crumb("区划", reverse("areas:list", args=[county])), Crumb("户数", "")],
    }  # fmt: skip
    return render(request, "areas/households.html", context)


def area_choices(request: CountyRequest) -> list[tuple[str, str]]:
    scope = selectors.view_scope(request.actor)
    return [(one.code, one.name) for one in selectors.areas_at(Area.Level.TOWNSHIP) if scope.covers(one.path)]


def _tiles(request: CountyRequest, wanted: AreaFilter) -> list[Tile]:
    """Each opens the places that it counts, with the other filters kept."""
    counts = {name: household_list_for(request.actor, wanted, name).count() for name in TILES}
    return [
        Tile(label, thousands(counts[name]), "处", "", url_with(request.GET, state=name), definition)
        for name, (label, definition) in TILES.items()
    ]


@page(VIEW)
@require_safe
def household_export(request: CountyRequest, county: int) -> HttpResponse:
    """The filtered list; the first three columns can be filled in and pasted into the form."""
    rows = household_list_for(request.actor, _wanted(request.GET), request.GET.get("state", ""))[:EXPORT_ROWS]
    table = (
        (
            line.area.code, line.area.name, str(line.now.number) if line.now else "",
            line.area.parent.name if line.area.parent else "", line.area.get_level_display(),
            line.now.on.isoformat() if line.now else "", line.now.source if line.now else "", state_of(line),
        )
        for line in lines_of(list(rows))
    )  # fmt: skip
    return csv_answer(f"households-{county}-{today():%Y%m%d}", HEADS, table)


def _proposed(request: CountyRequest) -> str:
    """Lines to be filled in: the places that the list was narrowed to. Numbers that are known are not among them: left
    standing they would be stated again, of another day and from another source."""
    rows = household_list_for(request.actor, _wanted(request.GET), request.GET.get("state", ""))[:MOST_ROWS]
    return "\n".join(f"{row.code}\t{row.name}" for row in rows)


@page(MANAGE)
@require_http_methods(["GET", "POST"])
def statement_create(request: CountyRequest, county: int) -> HttpResponseBase:
    """State numbers for many places at once; the lines of the list that one came from stand there to be filled in."""
    back = f"{reverse('areas:households', args=[county])}{url_with(request.GET)}".rstrip("?")
    initial = {"on": today(), "rows": "" if request.method == "POST" else _proposed(request)}
    form = HouseholdsForm(sent(request), initial=initial)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        done = households_state(actor=request.actor, rows=form.read.rows, on=data["on"], source=data["source"], key=key)
        said = [f"已登记 {len(done.rows):,} 处的户数"]
        said += [f"{done.same:,} 处和原来一样，没有再记"] if done.same else []
        said += [f"{form.read.blank:,} 行没写户数，没有登记"] if form.read.blank else []
        return "，".join(said), back

    crumbs = [Crumb("区划", reverse("areas:list", args=[county])), Crumb("户数", back), Crumb("登记户数", "")]
    lines = [
        "要么整批登记，要么一行也不登记；哪一行不对会指出来，贴的内容还在。",
        "登记过的不能改；数变了就再登记一次，同一天的以后登记的为准，原来的留在这个地方的页面上。",
    ]
    return form_page(request, FormPage("登记户数", "登记户数", "正在登记", back, crumbs, lines), form, call)
