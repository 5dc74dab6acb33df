"""The tree of areas: list, place, export."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.areas import selectors
from shanzhi.areas.beside import panels_for
from shanzhi.areas.codes import Kind
from shanzhi.areas.models import Area, AreaVersion
from shanzhi.areas.permissions import MANAGE, VIEW
from shanzhi.areas.selectors import AreaFilter
from shanzhi.areas.views.shared import EXPORT_ROWS, crumbs_to, csv_answer, today
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in
from shanzhi.ui.parts import TimelineItem

STATES = [("open", "现行"), ("closed", "已撤销"), ("all", "全部")]
SORTS = [("tree", "按层级"), ("code", "按代码"), ("name", "按名称"), ("-valid_from", "最近启用")]
FILTERS = ("q", "level", "kind", "township", "state", "sort")
ICONS = {
    AreaVersion.Act.OPENED: "circle-plus",
    AreaVersion.Act.IMPORTED: "file-import",
    AreaVersion.Act.RENAMED: "edit",
    AreaVersion.Act.RECODED: "edit",
    AreaVersion.Act.MOVED: "arrow-right",
    AreaVersion.Act.RECEIVED: "git-merge",
    AreaVersion.Act.MERGED: "git-merge",
    AreaVersion.Act.ABOLISHED: "circle-x",
}


def _wanted(request: CountyRequest) -> AreaFilter:
    query = request.GET
    return AreaFilter(
        text=query.get("q", "").strip()[:60],
        level=query.get("level", ""),
        kind=query.get("kind", ""),
        township=query.get("township", ""),
        state=query.get("state", "") or "open",
        sort=query.get("sort", "") or "tree",
    )


@page(VIEW)
@require_safe
def area_list(request: CountyRequest, county: int) -> HttpResponse:
    """Without a filter the tree from the person's own places; with one a flat list."""
    actor = request.actor
    narrowed = any(request.GET.get(name) for name in (*FILTERS, "after", "before"))
    scope = selectors.view_scope(actor)
    townships = [area for area in selectors.areas_at(Area.Level.TOWNSHIP) if scope.covers(area.path)]
    context: dict[str, Any] = {
        "bar": filter_bar(
            request.GET,
            [
                Choice("level", "级别", Area.Level.choices),
                Choice("township", "乡镇（街道）", [(area.code, area.name) for area in townships]),
                Choice("kind", "类别", Kind.choices),
                Choice("state", "状态", STATES),
                Choice("sort", "排序", SORTS),
            ],
            search="q",
            hint="名称、代码、曾用名",
        ),
        "may_manage": actor.can(MANAGE),
        "query": request.GET.urlencode(),
    }
    if narrowed:
        found = selectors.area_page_for(actor, _wanted(request), cursor=cursor_in(request.GET))
        context |= {"page": found, "narrowed": True, **_table(found.rows)}
    else:
        tops = selectors.tops_for(actor)
        shown = [place for top in tops for place in (top, *selectors.children(top))]
        context |= _table(shown)
    return render(request, "areas/list.html", context)


COUNTED = {"county": ("villages", "grids", "units"), "township": ("villages", "grids", "units"), "village": ("grids",)}


def _table(areas: Iterable[Area]) -> dict[str, Any]:
    """Rows with what stands under each place and the names above it, and the columns that mean something for them.

    Four queries for any number; None where a place of that level can have none.
    """
    places = list(areas)
    counts = selectors.below(places)
    crumbs = selectors.area_crumbs([place.path for place in places])
    rows = []
    for place in places:
        row: dict[str, Any] = {"area": place, "above": " / ".join(crumbs[place.path][:-1])}
        for name in ("villages", "grids", "units"):
            row[name] = getattr(counts[place.id], name) if name in COUNTED.get(place.level, ()) else None
        rows.append(row)
    columns = {name: True for place in places for name in COUNTED.get(place.level, ())}
    return {"rows": rows, "columns": columns}


@page(VIEW)
@require_safe
def area_show(request: CountyRequest, county: int, code: str) -> HttpResponse:
    """A place, what stands under it, and its history; an abolished one names its successor."""
    area = selectors.area_get_for(request.actor, code)
    places = selectors.children(area, closed=request.GET.get("closed") == "1")
    context = {
        "area": area,
        "crumbs": crumbs_to(request, area),
        "heir": None if area.is_open else selectors.successor_of(area),
        **_table(places),
        "child_word": CHILD_WORDS.get(area.level, ""),
        "units": selectors.units_of(area) if area.level in (Area.Level.COUNTY, Area.Level.TOWNSHIP) else None,
        "below": selectors.below([area])[area.id],
        "history": [_entry(version, area.successor) for version in selectors.history_of(area)],
        "closed": request.GET.get("closed") == "1",
        "may_manage": request.actor.can(MANAGE) and area.is_open,
        "may_move": area.level in (Area.Level.VILLAGE, Area.Level.GRID),
        "is_county": area.level == Area.Level.COUNTY,
        "panels": panels_for(request.actor, area, timezone.now()),
    }
    return render(request, "areas/area.html", context)


CHILD_WORDS = {"county": "乡镇（街道）", "township": "村（社区）", "village": "网格"}


def _entry(version: AreaVersion, successor: Area | None) -> TimelineItem:
    """An act of the history: since when, what it was called then, why, and who wrote it down."""
    since = version.valid_from
    what = f"{since.year}年{since.month}月{since.day}日起：{version.name}（{version.code}）"
    if version.valid_from == version.valid_to:
        what = f"{since.year}年{since.month}月{since.day}日止：{version.name}（{version.code}）"
    if version.act == AreaVersion.Act.MERGED and successor is not None:
        what += f"，并入{successor.name}（{successor.code}）"
    elif version.parent is not None:
        what += f"，属{version.parent.name}"
    return TimelineItem(
        title=version.get_act_display(),
        at=version.recorded_at,
        who=f"{version.actor_name}　{version.actor_post}".strip(),
        note="\n".join(part for part in (what, version.reason) if part),
        icon=ICONS.get(AreaVersion.Act(version.act), "check"),
    )


@page(VIEW)
@require_safe
def area_export(request: CountyRequest, county: int) -> HttpResponse:
    """The whole filtered list as a file, up to 20,000 rows."""
    rows = selectors.area_list_for(request.actor, _wanted(request)).select_related("parent", "successor")
    header = ("代码", "名称", "级别", "类别", "上级代码", "上级", "启用日期", "撤销日期", "并入代码")
    table = (
        (
            area.code,
            area.name,
            area.get_level_display(),
            area.get_kind_display(),
            area.parent.code if area.parent else "",
            area.parent.name if area.parent else "",
            area.valid_from.isoformat(),
            area.valid_to.isoformat() if area.valid_to else "",
            area.successor.code if area.successor else "",
        )
        for area in rows[:EXPORT_ROWS]
    )
    return csv_answer(f"areas-{county}-{today():%Y%m%d}", header, table)
