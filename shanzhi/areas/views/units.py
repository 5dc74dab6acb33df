"""Departments and centres: list, page, and the acts on them."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.forms import FormPage, form_page
from shanzhi.access.pages import CountyRequest, page
from shanzhi.areas import forms, selectors, services
from shanzhi.areas.models import Area, Unit, UnitVersion
from shanzhi.areas.permissions import MANAGE, VIEW
from shanzhi.areas.selectors import UnitFilter
from shanzhi.areas.views.shared import EXPORT_ROWS, crumbs_to, csv_answer, today
from shanzhi.lib.errors import Conflict
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in
from shanzhi.ui.parts import TimelineItem

ICONS = {"added": "circle-plus", "renamed": "edit", "received": "git-merge", "closed": "circle-x"}
BOTH = require_http_methods(["GET", "POST"])


def _wanted(request: CountyRequest) -> UnitFilter:
    query = request.GET
    return UnitFilter(
        text=query.get("q", "").strip()[:60],
        kind=query.get("kind", ""),
        area=query.get("area", ""),
        state=query.get("state", "") or "open",
    )


@page(VIEW)
@require_safe
def unit_list(request: CountyRequest, county: int) -> HttpResponse:
    scope = selectors.view_scope(request.actor)
    places = selectors.areas_at(Area.Level.COUNTY) + selectors.areas_at(Area.Level.TOWNSHIP)
    choices = [(area.code, area.name) for area in places if scope.covers(area.path)]
    found = selectors.unit_page_for(request.actor, _wanted(request), cursor=cursor_in(request.GET))
    context = {
        "page": found,
        "bar": filter_bar(
            request.GET,
            [
                Choice("area", "所属区划", choices),
                Choice("kind", "类别", Unit.Kind.choices),
                Choice("state", "状态", [("open", "现行"), ("closed", "已撤销"), ("all", "全部")]),
            ],
            search="q",
            hint="部门、中心名称",
        ),
        "query": request.GET.urlencode(),
        "may_manage": request.actor.can(MANAGE),
        "top": places[0] if places else None,
    }
    return render(request, "areas/unit_list.html", context)


@page(VIEW)
@require_safe
def unit_export(request: CountyRequest, county: int) -> HttpResponse:
    """The whole filtered list as a file."""
    rows = selectors.unit_list_for(request.actor, _wanted(request))[:EXPORT_ROWS]
    table = (
        (
            unit.code,
            unit.name,
            unit.get_kind_display(),
            unit.area.code,
            unit.area.name,
            unit.valid_from.isoformat(),
            unit.valid_to.isoformat() if unit.valid_to else "",
        )
        for unit in rows
    )
    header = ("代码", "名称", "类别", "所属区划代码", "所属区划", "启用日期", "撤销日期")
    return csv_answer(f"units-{county}-{today():%Y%m%d}", header, table)


@page(VIEW)
@require_safe
def unit_show(request: CountyRequest, county: int, code: str) -> HttpResponse:
    unit = selectors.unit_get_for(request.actor, code)
    context = {
        "unit": unit,
        "crumbs": crumbs_to(request, unit.area, unit.name),
        "history": [_entry(version) for version in selectors.unit_history(unit)],
        "may_manage": request.actor.can(MANAGE) and unit.valid_to is None,
    }
    return render(request, "areas/unit.html", context)


def _entry(version: UnitVersion) -> TimelineItem:
    since = version.valid_from
    return TimelineItem(
        title=version.get_act_display(),
        at=version.recorded_at,
        who=f"{version.actor_name}　{version.actor_post}".strip(),
        note=f"{since.year}年{since.month}月{since.day}日：{version.name}\n{version.reason}".strip(),
        icon=ICONS.get(version.act, "check"),
    )


@page(MANAGE, object=True)
@BOTH
def unit_create(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    area = selectors.area_get_for(request.actor, code)
    request.actor.require(MANAGE)
    form = forms.UnitAddForm(request.POST or None, initial={"on": today(), "kind": Unit.Kind.DEPARTMENT})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        unit = services.unit_add(actor=request.actor, area=area, key=key, **data)
        return f"已在{area.name}设立{unit.name}", reverse("areas:area", args=[county, area.code])

    title = f"在{area.name}设立部门或中心"
    words = FormPage(
        title=title,
        act="设立",
        busy="正在设立",
        back=reverse("areas:area", args=[county, area.code]),
        crumbs=crumbs_to(request, area),
    )
    return form_page(request, words, form, call)


def _unit(request: CountyRequest, code: str) -> Unit:
    unit = selectors.unit_get_for(request.actor, code)
    request.actor.require(MANAGE)
    if unit.valid_to is not None and request.method != "POST":
        raise Conflict(f"{unit.name}已经撤销，不能再变更。", code="unit_closed")
    return unit


def _words(request: CountyRequest, unit: Unit, title: str, act: str, busy: str, **more: Any) -> FormPage:
    return FormPage(
        title=title,
        act=act,
        busy=busy,
        back=_url(request, unit),
        crumbs=crumbs_to(request, unit.area, unit.name),
        **more,
    )


def _url(request: CountyRequest, unit: Unit) -> str:
    return reverse("areas:unit", args=[request.county.id, unit.code])


@page(MANAGE, object=True)
@BOTH
def unit_rename_create(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    unit = _unit(request, code)
    known = {"on": today(), "name": unit.name, "version": unit.version}
    form = forms.UnitRenameForm(request.POST or None, initial=known)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        now = services.unit_rename(actor=request.actor, unit=unit, key=key, **data)
        return f"已改名为{now.name}", _url(request, now)

    words = _words(request, unit, f"修改{unit.name}的名称", "保存新名称", "正在保存")
    return form_page(request, words, form, call)


@page(MANAGE, object=True)
@BOTH
def unit_closure_create(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    unit = _unit(request, code)
    form = forms.AbolishForm(request.POST or None, initial={"on": today(), "version": unit.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.unit_close(actor=request.actor, unit=unit, key=key, **data)
        return f"已撤销{unit.name}", _url(request, unit)

    act = f"撤销{unit.name}"
    lines = ["撤销后不能再派给它新的事件，已办的记录保留。"]
    words = _words(request, unit, act, act, "正在撤销", consequences=lines, harms=True)
    return form_page(request, words, form, call)
