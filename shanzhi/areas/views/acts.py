"""Acts of the system administrator on one place, each a page with a form."""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shanzhi.access.forms import FormPage, form_page
from shanzhi.access.pages import CountyRequest, page
from shanzhi.areas import forms, selectors, services
from shanzhi.areas.models import Area
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.registry import path_holders
from shanzhi.areas.views.areas import CHILD_WORDS
from shanzhi.areas.views.shared import crumbs_to, today
from shanzhi.lib.errors import Conflict

BOTH = require_http_methods(["GET", "POST"])


def _area(request: CountyRequest, code: str) -> Area:
    """The place that this person sees, and may manage: 404 before 403; no form for an abolished one.

    A form that is sent twice finds the place by the code that it had, and abolished: the service knows the key.
    """
    again = request.method == "POST"
    area = selectors.area_get_for(request.actor, code, former=again)
    request.actor.require(MANAGE)
    if not area.is_open and not again:
        raise Conflict(f"{area.name}已经撤销，不能再变更。", code="area_abolished")
    return area


def _url(request: CountyRequest, area: Area) -> str:
    return reverse("areas:area", args=[request.county.id, area.code])


def _words(request: CountyRequest, area: Area, title: str, act: str, busy: str, **more: Any) -> FormPage:
    return FormPage(title=title, act=act, busy=busy, back=_url(request, area), crumbs=crumbs_to(request, area), **more)


@page(MANAGE, object=True)
@BOTH
def child_create(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    parent = _area(request, code)
    word = CHILD_WORDS.get(parent.level)
    if word is None:
        raise Conflict("网格下面不能再分，请在村（社区）下新增网格。", code="area_no_children")
    proposed = selectors.grid_code_next(parent) if parent.level == Area.Level.VILLAGE else ""
    form = forms.AddForm(request.POST or None, initial={"on": today(), "code": proposed})
    if proposed:
        form.fields["code"].help_text = "已填好下一个空号，可以改最后 3 位"

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        area = services.area_add(actor=request.actor, parent=parent, key=key, **data)
        return f"已新增{area.name}（{area.code}）", _url(request, parent)

    words = _words(request, parent, f"在{parent.name}新增{word}", f"新增{word}", "正在新增")
    return form_page(request, words, form, call)


@page(MANAGE, object=True)
@BOTH
def rename_create(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    area = _area(request, code)
    known = {"on": today(), "name": area.name, "code": area.code, "version": area.version}
    form = forms.RenameForm(request.POST or None, initial=known)
    if area.level == Area.Level.COUNTY:
        form.fields["code"].disabled = True

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        now = services.area_rename(actor=request.actor, area=area, key=key, **data)
        return f"已改为{now.name}（{now.code}）", _url(request, now)

    lines = ["原来的名称和代码留在沿革里，按旧代码仍能查到。", "已经办过的事件仍显示当时的名称。"]
    words = _words(request, area, f"修改{area.name}的名称或代码", "保存修改", "正在保存", consequences=lines)
    return form_page(request, words, form, call)


@page(MANAGE, object=True)
@BOTH
def merge_create(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    area = _area(request, code)
    if area.level == Area.Level.COUNTY:
        raise Conflict("县级区划不能并入别处。", code="area_is_county")
    others = {other.code: other for other in selectors.siblings(area)}
    known = {"on": today(), "version": area.version}
    form = forms.MergeForm(request.POST or None, initial=known, choices=forms.grouped(list(others.values())))

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        into = others[data.pop("into")]
        services.area_merge(actor=request.actor, area=area, into=into, key=key, **data)
        return f"{area.name}已并入{into.name}，各项记录正在后台更新", _url(request, into)

    lines = _merge_lines(area)
    title = f"把{area.name}并入别处"
    words = _words(request, area, title, f"并入并撤销{area.name}", "正在并入", consequences=lines, harms=True)
    return form_page(request, words, form, call)


def _merge_lines(area: Area) -> list[str]:
    below = selectors.below([area])[area.id]
    lines = [f"{area.name}（{area.code}）从生效日起撤销，按旧代码会指向并入的地方。"]
    counts = ((below.villages, "个村（社区）"), (below.grids, "个网格"), (below.units, "个部门或中心"))
    moved = "、".join(f"{number} {word}" for number, word in counts if number)
    if moved:
        lines.append(f"{moved}一起转过去，代码不变。")
    labels = "、".join(dict.fromkeys(holder.label for holder in path_holders()))
    if labels:
        lines.append(f"这里的{labels}等记录随后在后台转过去，进度在“我的后台任务”里看。")
    return [*lines, "并入后不能撤回，请先核对文件。"]


@page(MANAGE, object=True)
@BOTH
def move_create(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    area = _area(request, code)
    if area.parent is None or area.level not in (Area.Level.VILLAGE, Area.Level.GRID):
        raise Conflict("县级和乡级的上级不能改。", code="area_fixed_parent")
    places = selectors.areas_at(area.parent.level) if request.method == "POST" else selectors.siblings(area.parent)
    others = {other.code: other for other in places}
    known = {"on": today(), "version": area.version}
    form = forms.MoveForm(request.POST or None, initial=known, choices=forms.grouped(list(others.values())))

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        parent = others[data.pop("parent")]
        now = services.area_move(actor=request.actor, area=area, parent=parent, key=key, **data)
        return f"{area.name}已改属{parent.name}，各项记录正在后台更新", _url(request, now)

    lines = [f"{area.name}现在属{area.parent.name}，下面的网格一起转过去，代码不变。"]
    words = _words(request, area, f"改变{area.name}的隶属", "改变隶属", "正在改变", consequences=lines)
    return form_page(request, words, form, call)


@page(MANAGE, object=True)
@BOTH
def abolition_create(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    area = _area(request, code)
    parent = area.parent
    if parent is None:
        raise Conflict("县级区划不能撤销。", code="area_is_county")
    form = forms.AbolishForm(request.POST or None, initial={"on": today(), "version": area.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.area_abolish(actor=request.actor, area=area, key=key, **data)
        return f"已撤销{area.name}", _url(request, parent)

    lines = ["撤销后不能再在这里新增内容，已有的记录保留。", "如果有地方接手，请改用“并入”，旧代码才会指向新的地方。"]
    act = f"撤销{area.name}"
    words = _words(request, area, act, act, "正在撤销", consequences=lines, harms=True)
    return form_page(request, words, form, call)
