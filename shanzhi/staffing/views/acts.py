"""Appointing somebody, mending what was written down, another term, going on, ending."""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from shanzhi.access.forms import FormPage, TakingForm, form_page, form_view, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.areas.models import Area
from shanzhi.staffing import selectors, services
from shanzhi.staffing.forms import AppointForm, DetailsForm, EndForm, RenewForm, TermForm
from shanzhi.staffing.models import Assignment
from shanzhi.staffing.permissions import MANAGE
from shanzhi.staffing.views.shared import crumbs
from shanzhi.ui.parts import Crumb

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@page(MANAGE)
@BOTH
def appoint(request: CountyRequest, county: int) -> HttpResponseBase:
    """The places offered are those of one village or township: a whole county would be a thousand in one list."""
    source = request.POST if request.method == "POST" else request.GET
    wanted = source.get("place", "") or request.GET.get("place", "")
    area = selectors.area_for(request.actor, wanted, MANAGE)
    areas = _offered(request, area)
    at = timezone.now()
    initial = {"place": area.code, "role": request.GET.get("role", ""), "valid_from": selectors.as_of(at).today}
    form = AppointForm(sent(request), areas=areas, initial=initial)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        row = services.assignment_add(
            actor=request.actor, role=data["role"], place=data["place"], details=form.details(), term=form.term(),
            key=key, at=timezone.now(),
        )  # fmt: skip
        address = reverse("staffing:person", args=[county, row.id])
        return f"已任命{row.name}为{place_words(row.area)}{row.role_label}。", address

    context = {
        "area": area, "below": [(one, one.code) for one in areas if one.level == _next(area)],
        "up": area.parent if area.parent is not None and _may(request, area.parent) else None,
        "crumbs": crumbs(request, Crumb("任命")), "back": reverse("staffing:people", args=[county]),
    }  # fmt: skip
    return form_view(request, form, call, template="staffing/appoint.html", context=context)


def _may(request: CountyRequest, area: Area) -> bool:
    return selectors.place_scope(request.actor, MANAGE).covers(area.path)


def _next(area: Area) -> str:
    """Whose list is opened by a link of its own: the level below, from the township up."""
    return {"county": "township", "township": "village"}.get(area.level, "")


def _offered(request: CountyRequest, area: Area) -> list[Area]:
    """Of a county itself and its townships; of a township all below it; of a village or grid the whole village."""
    if area.level == Area.Level.GRID and area.parent is not None and _may(request, area.parent):
        area = area.parent
    rows = Area.objects.filter(path__gte=area.path, path__lt=area.path + "~", valid_to=None).select_related("parent")
    if area.level == Area.Level.COUNTY:
        rows = rows.filter(level__in=(Area.Level.COUNTY, Area.Level.TOWNSHIP))
    return list(rows.order_by("path"))


def _page(
    request: CountyRequest, number: int, title: str, act: str, lines: tuple[str, ...] = (), *, harms: bool = False
) -> tuple[Assignment, FormPage]:
    """The row, once it is sure that this person may change it; and the words of the page."""
    row = selectors.assignment_get_for(request.actor, number, permission=MANAGE)
    services.assignment_reach(actor=request.actor, number=number)
    back = reverse("staffing:person", args=[request.county.id, number])
    trail = crumbs(request, Crumb(f"{row.name}（{row.role_label}）", back), Crumb(title))
    head = f"{title}：{row.name}（{place_words(row.area)}{row.role_label}）"
    return row, FormPage(head, act, "正在保存…", back, trail, lines, harms=harms)


def _form(
    request: CountyRequest, number: int, words: FormPage, form: TakingForm, call: Any
) -> HttpResponseBase:  # fmt: skip
    """Where somebody was faster, what was typed stays, upon the version as it is now."""

    def fresh() -> tuple[dict[str, Any], dict[str, Any]]:
        return {"version": selectors.assignment_get_for(request.actor, number).version}, {}

    return form_page(request, words, form, call, fresh=fresh)


@page(MANAGE, object=True)
@BOTH
def correct(request: CountyRequest, county: int, staff_id: int) -> HttpResponseBase:
    lines = ("只用来更正写错的资料；换人请结束任职，再任命新的人。", "电话不填就保留原来的。")
    row, words = _page(request, staff_id, "更正资料", "保存更正", lines)
    initial = {"name": row.name, "organisation": row.organisation, "source": row.source, "version": row.version}
    form = DetailsForm(sent(request), initial=initial)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.assignment_correct(
            actor=request.actor, number=staff_id, version=data["version"], details=form.details(), key=key,
            at=timezone.now(),
        )  # fmt: skip
        return "资料已更正。", words.back

    return _form(request, staff_id, words, form, call)


@page(MANAGE, object=True)
@BOTH
def set_term(request: CountyRequest, county: int, staff_id: int) -> HttpResponseBase:
    row, words = _page(request, staff_id, "变更任期", "保存任期", ("延长请用“续任”，提前卸任请用“结束任职”。",))
    initial = {"valid_from": row.valid_from, "valid_to": row.valid_to, "version": row.version}
    form = TermForm(sent(request), initial=initial)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.assignment_set_term(
            actor=request.actor, number=staff_id, version=data["version"], term=form.term(), reason=data["reason"],
            key=key, at=timezone.now(),
        )  # fmt: skip
        return "任期已变更。", words.back

    return _form(request, staff_id, words, form, call)


@page(MANAGE, object=True)
@BOTH
def renew(request: CountyRequest, county: int, staff_id: int) -> HttpResponseBase:
    row = selectors.assignment_get_for(request.actor, staff_id)
    today = selectors.as_of(timezone.now()).today
    if selectors.again_of(row, today):
        lines = ("上一段任期已经结束，保留不动；从今天起另记一段，姓名、单位、电话照用，不用再填。",)
    else:
        end = f"{row.valid_to.year}年{row.valid_to.month}月{row.valid_to.day}日" if row.valid_to else "没有写"
        lines = (f"现在的任期到：{end}。",)
    row, words = _page(request, staff_id, "续任", "续任", lines)
    form = RenewForm(sent(request), initial={"version": row.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        found = services.assignment_renew(
            actor=request.actor, number=staff_id, version=data["version"], valid_to=data["valid_to"],
            source=data["source"], key=key, at=timezone.now(),
        )  # fmt: skip
        return "已续任。", reverse("staffing:person", args=[county, found.id])

    return _form(request, staff_id, words, form, call)


@page(MANAGE, object=True)
@BOTH
def end(request: CountyRequest, county: int, staff_id: int) -> HttpResponseBase:
    lines = ("结束后这个岗位就空出来，记录保留，以后还能查到。",)
    row, words = _page(request, staff_id, "结束任职", "结束任职", lines, harms=True)
    form = EndForm(sent(request), initial={"version": row.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.assignment_end(
            actor=request.actor, number=staff_id, version=data["version"], on=data["on"], reason=data["reason"],
            key=key, at=timezone.now(),
        )  # fmt: skip
        return f"{row.name}已不再任职。", words.back

    return _form(request, staff_id, words, form, call)
