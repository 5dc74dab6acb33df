"""Visits that were made: a list with filters and a file, one of them, and how many."""

from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.lib.errors import Invalid
from shanzhi.people.permissions import VIEW
from shanzhi.people.selectors import area_for
from shanzhi.people.services import page_opened
from shanzhi.ui.downloads import download
from shanzhi.ui.filters import Choice, Dates, filter_bar
from shanzhi.ui.pages import cursor_in, page_urls, url_with
from shanzhi.ui.parts import Crumb
from shanzhi.visits.exports import LIMIT, file_of
from shanzhi.visits.models import Visit
from shanzhi.visits.permissions import COUNTS, MAKE
from shanzhi.visits.selectors import (
    DAYS,
    Figures,
    MadeFilter,
    counts_of,
    made_page,
    made_rows,
    period,
    told,
    visit_get_for,
)
from shanzhi.visits.views.shared import WRONG, days_of, tabs

DEFINED: Final = (
    "按期走访率 = 现在没有超过走访日期的关爱登记 ÷ 有走访周期的关爱登记；一个人在几个类别里的，每个类别算一次。"
    "走访次数按走访日期算；没有要走访的，按期走访率没有数。"
)


def _wanted(request: CountyRequest) -> tuple[MadeFilter, str]:
    query = request.GET
    first, last, wrong = days_of(query, "on")
    area = area_for(request.actor, query["area"], MAKE) if query.get("area") else None
    mine = query.get("who", "") == "mine"
    return MadeFilter(area, query.get("outcome", ""), first, last, mine), wrong


@page(MAKE)
@require_safe
def made(request: CountyRequest, county: int) -> HttpResponse:
    wanted, wrong = _wanted(request)
    found = made_page(request.actor, wanted, cursor=cursor_in(request.GET))
    choices: list[Choice | Dates] = [
        Choice("outcome", "结果", list(Visit.Outcome.choices)), Choice("who", "谁去的", [("mine", "我去的")]),
        Dates("on", "走访日期"),
    ]  # fmt: skip
    query = url_with(request.GET)
    context = {
        "heads": ("走访日期", "姓名", "地方", "类别", "结果", "走访人", "报成的事件"),
        "rows": [(one, _place(one.visit)) for one in found.rows], "bar": filter_bar(request.GET, choices),
        "wrong": wrong, "tabs": tabs(request, "made"), "crumbs": [Crumb("走访", _url(county)), Crumb("走访记录")],
        "csv_url": _url(county, "export") + query, **page_urls(found, request.GET),
    }  # fmt: skip
    return render(request, "visits/made.html", context, status=422 if wrong else 200)


@page(MAKE)
@require_safe
def made_export(request: CountyRequest, county: int) -> HttpResponse:
    """The same list as a file, names masked: whoever needs a name opens the visit."""
    wanted, wrong = _wanted(request)
    if wrong:
        raise Invalid(wrong, code="day_wrong", fields={"on": [wrong]})
    rows = list(made_rows(request.actor, wanted).order_by("-on", "-id")[:LIMIT])
    body = file_of(told(request.actor, rows), [_place(row) for row in rows])
    return download(body, f"走访记录{timezone.localdate():%Y%m%d}.csv", "visits")


@page(MAKE, object=True)
@require_safe
def visit_show(request: CountyRequest, county: int, visit_id: int) -> HttpResponse:
    """That it was opened is written down, as of the person's own page: here stands how somebody lives."""
    one = visit_get_for(request.actor, visit_id)
    row = one.visit
    page_opened(actor=request.actor, resident=row.resident)
    context = {
        "one": one, "row": row, "place": _place(row),
        "person_url": reverse("people:resident", args=[county, row.resident_id]) if request.actor.can(VIEW) else "",
        "case_url": reverse("cases:case", args=[county, row.case.number]) if row.case is not None else "",
        "crumbs": [Crumb("走访", _url(county)), Crumb("走访记录", _url(county, "made")), Crumb("一次走访")],
    }  # fmt: skip
    return render(request, "visits/show.html", context)


@page(COUNTS)
@require_safe
def counts(request: CountyRequest, county: int) -> HttpResponse:
    """Places side by side for a period; without one, the last thirty days."""
    today = timezone.localdate()
    first, last, wrong = days_of(request.GET, "on")
    days = period(first, last, today)
    wrong = wrong if days is not None else WRONG
    first, last = days or (today - timedelta(days=DAYS - 1), today)
    area = area_for(request.actor, request.GET.get("area", ""), COUNTS)
    found = counts_of(request.actor, area, first, last, today)
    context = {
        "area": area, "place": place_words(area), "first": first, "last": last, "wrong": wrong, "defined": DEFINED,
        "total": cells_of(found.total), "labels": LABELS,
        "rows": [(row.area, url_with(request.GET, area=row.area.code), cells_of(row.figures)) for row in found.rows],
        "above": url_with(request.GET, area=area.parent.code) if _may_above(request, area) else "",
        "tabs": tabs(request, "counts"), "crumbs": [Crumb("走访", _home(request)), Crumb("走访数字")],
    }  # fmt: skip
    return render(request, "visits/counts.html", context, status=422 if wrong else 200)


LABELS: Final = ("应走访", "没有过期", "按期走访率", "走访次数", "见到本人")


def cells_of(one: Figures) -> list[tuple[str, str]]:
    rate = one.in_time_rate
    values = (f"{one.planned:,} 人次", f"{one.in_time:,} 人次", "没有数" if rate is None else f"{rate:.1f}%",
              f"{one.made:,} 次", f"{one.met:,} 次")  # fmt: skip
    return list(zip(LABELS, values, strict=True))


def _may_above(request: CountyRequest, area: Any) -> bool:
    return area.parent is not None and request.actor.scope(COUNTS).covers(area.parent.path)


def _home(request: CountyRequest) -> str:
    return _url(request.county.id, "planned" if request.actor.can(MAKE) else "counts")


def _url(county: int, name: str = "planned") -> str:
    return reverse(f"visits:{name}", args=[county])


def _place(row: Visit) -> str:
    area = row.resident.lives or row.resident.registered
    return place_words(area) if area is not None else ""
