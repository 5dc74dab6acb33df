"""Dwellings: the list, one with who lives there, entering, changing, torn down."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.forms import form_page, form_view, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.lib.errors import Conflict
from shanzhi.lib.masks import door_mask
from shanzhi.lib.shapes import DEGREE
from shanzhi.people import services
from shanzhi.people.forms.homes import DayForm, DwellingForm
from shanzhi.people.models import Dwelling
from shanzhi.people.permissions import EDIT, VIEW
from shanzhi.people.selectors import area_for, dwelling_get_for
from shanzhi.people.selectors.homes import USED, dwellers, dwelling_page
from shanzhi.people.selectors.offering import places_mine
from shanzhi.people.views.shared import age_words, crumbs, home_words, link, place_context, tabs, words
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@page(VIEW)
@require_safe
def dwelling_list(request: CountyRequest, county: int) -> HttpResponse:
    query, context = request.GET, place_context(request)
    found = dwelling_page(
        request.actor, context["area"], use=query.get("use", ""), gone=query.get("state") == "gone",
        cursor=cursor_in(query),
    )  # fmt: skip
    context |= {
        "page": found, "rows": [(row, home_words(row), people) for row, people in found.rows],
        "bar": filter_bar(query, [
            Choice("use", "用途", Dwelling.Use.choices), Choice("state", "状态", [("gone", USED["gone"])]),
        ]),
        "tabs": tabs(request, "dwellings"), "crumbs": crumbs(request, Crumb("房屋")), **page_urls(found, query),
        "new_url": link(county, "dwelling-new", place=context["area"].code),
    }  # fmt: skip
    return render(request, "people/dwellings.html", context)


@page(VIEW, object=True)
@require_safe
def dwelling_show(request: CountyRequest, county: int, dwelling_id: int) -> HttpResponse:
    row = dwelling_get_for(request.actor, dwelling_id)
    today = timezone.localdate()
    context = {
        "row": row, "words": home_words(row), "door": door_mask(row.door), "may_edit": request.actor.can(EDIT),
        "members": [(one, age_words(one.row, today)) for one in dwellers(request.actor, row)],
        "position": position(row), "crumbs": _crumbs(request, row), "photo": row.photo,
        "new_url": link(county, "resident-new", dwelling=str(row.id)), "today": today,
    }  # fmt: skip
    return render(request, "people/dwelling.html", context)


def position(row: Dwelling) -> tuple[float, float] | None:
    """Degrees of longitude and latitude."""
    return None if row.lon is None or row.lat is None else (row.lon / DEGREE, row.lat / DEGREE)


def _crumbs(request: CountyRequest, row: Dwelling | None, *rest: Crumb) -> list[Crumb]:
    county = request.county.id
    listed = Crumb("房屋", link(county, "dwellings"))
    if row is None:
        return crumbs(request, listed, *rest)
    return crumbs(request, listed, Crumb(row.road or "房屋", link(county, "dwelling", row.id) if rest else ""), *rest)


@page(EDIT)
@BOTH
def dwelling_new(request: CountyRequest, county: int) -> HttpResponseBase:
    area = area_for(request.actor, request.GET.get("place", ""), EDIT)
    initial = {"place": area.code, "use": Dwelling.Use.OWN}
    form = DwellingForm(sent(request), _files(request), actor=request.actor, places=places_mine(request.actor),
                        initial=initial)  # fmt: skip
    context: dict[str, Any] = {
        "title": "登记房屋", "act": "登记房屋", "back": link(county, "dwellings"),
        "crumbs": _crumbs(request, None, Crumb("登记")),
    }  # fmt: skip

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        try:
            row = services.dwelling_add(
                actor=request.actor, home=form.home(), photos=tuple(data["photo_ids"]), key=key
            )  # fmt: skip
        except Conflict as error:
            known = error.more.get("dwelling")
            context["known_url"] = link(county, "dwelling", int(known)) if known else ""
            raise
        return "房屋已登记，接着登记住在这里的人。", link(county, "dwelling", row.id)

    return form_view(request, form, call, template="people/dwelling_form.html", context=context)


def _files(request: CountyRequest) -> Any:
    return request.FILES if request.method == "POST" else None


@page(EDIT, object=True)
@BOTH
def dwelling_change(request: CountyRequest, county: int, dwelling_id: int) -> HttpResponseBase:
    row = dwelling_get_for(request.actor, dwelling_id, permission=EDIT)
    back = link(county, "dwelling", row.id)
    at = position(row)
    initial = {
        "place": row.area.code, "road": row.road, "use": row.use, "version": row.version,
        "lon": at[0] if at else None, "lat": at[1] if at else None,
    }  # fmt: skip
    form = DwellingForm(sent(request), _files(request), actor=request.actor, places=places_mine(request.actor),
                        keeps_door=True, initial=initial)  # fmt: skip

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.dwelling_change(
            actor=request.actor, number=row.id, version=data["version"], home=form.home(), keep_door=True,
            photos=tuple(data["photo_ids"]), key=key,
        )  # fmt: skip
        return "房屋已更正。", back

    def fresh() -> tuple[dict[str, Any], dict[str, Any]]:
        return {"version": dwelling_get_for(request.actor, row.id).version}, {}

    context = {"title": "更正房屋", "act": "保存", "back": back, "crumbs": _crumbs(request, row, Crumb("更正"))}
    return form_view(request, form, call, template="people/dwelling_form.html", context=context, fresh=fresh)


@page(EDIT, object=True)
@BOTH
def dwelling_gone(request: CountyRequest, county: int, dwelling_id: int) -> HttpResponseBase:
    row = dwelling_get_for(request.actor, dwelling_id, permission=EDIT)
    back = link(county, "dwelling", row.id)
    form = DayForm(sent(request), initial={"on": timezone.localdate(), "version": row.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.dwelling_gone(actor=request.actor, number=row.id, version=data["version"], on=data["on"], key=key)
        return "已登记拆除，记录保留。", back

    page_words = words(
        "登记拆除", "登记拆除", back, _crumbs(request, row, Crumb("拆除")), "还有人住的不能拆除，请先给他们登记搬家。",
        "拆除以后记录保留，以前谁住过还能查到。", harms=True,
    )  # fmt: skip
    return form_page(request, page_words, form, call)
