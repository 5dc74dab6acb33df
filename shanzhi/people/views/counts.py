"""How many people there are, on any day, with the places side by side; for looking and for paper."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.people.permissions import COUNTS, VIEW
from shanzhi.people.selectors.counts import COLUMNS, UNITS, Counts, population_on
from shanzhi.people.views.shared import crumbs, day_of, day_words, link, place_context, tabs
from shanzhi.ui.pages import url_with
from shanzhi.ui.parts import Crumb

NOTE = (
    "常住是住在这里的人，包括户籍在本处的、流入的和境外的；外出是户籍在本处、住在别处的；户籍人口是户籍在本处的和外出的合计。"
    "一个人在一个村算流入，在户籍所在的村算外出，所以各处的流入、外出相加会比合计多。"
    "户数的单位是户，其他的是人。还没有登记的地方数出来是 0，不等于那里没有人。"
)


def _found(request: CountyRequest) -> tuple[Counts, dict[str, Any]]:
    context = place_context(request, COUNTS)
    day, wrong = day_of(request.GET)
    found = population_on(context["area"], day)
    context |= {
        "counts": found, "labels": list(COLUMNS.values()), "wrong": wrong, "day": day, "day_words": day_words(day),
        "is_today": day == timezone.localdate(), "note": NOTE,
    }  # fmt: skip
    return found, context


@page(COUNTS)
@require_safe
def counts(request: CountyRequest, county: int) -> HttpResponse:
    found, context = _found(request)
    may_list = request.actor.can(VIEW) and context["is_today"]
    area = found.area.code
    drill = {
        "living": link(county, "list", area=area), "away": link(county, "list", area=area, tab="registered",
                                                               population="away"),
        "inflow": link(county, "list", area=area, population="inflow"),
        "overseas": link(county, "list", area=area, population="overseas"),
        "registered": link(county, "list", area=area, tab="registered"),
        "households": link(county, "households", area=area),
    }  # fmt: skip
    context |= {
        "tiles": [
            (label, getattr(found.figures, name), UNITS.get(name, "人"), drill.get(name, "") if may_list else "")
            for name, label in COLUMNS.items()
        ],
        "rows": [(row, url_with(request.GET, area=row.area.code)) for row in found.rows],
        "kept": [("area", area)], "today_url": url_with(request.GET, on=""),
        "tabs": tabs(request, "counts"), "crumbs": crumbs(request, Crumb("人口数字")),
    }  # fmt: skip
    return render(request, "people/counts.html", context, status=422 if context["wrong"] else 200)


@page(COUNTS)
@require_safe
def counts_print(request: CountyRequest, county: int) -> HttpResponse:
    _, context = _found(request)
    context["printed"] = day_words(timezone.localdate())
    return render(request, "people/sheets/counts.html", context, status=422 if context["wrong"] else 200)
