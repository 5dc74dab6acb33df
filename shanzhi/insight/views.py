"""The registry of indicators: the list with their definitions and values, and a page for each of them."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases.permissions import RATES
from shanzhi.cases.rates.board import crumbs_of
from shanzhi.cases.rates.periods import LABELS, RANGE, right
from shanzhi.insight.exports import as_csv, as_xlsx, day_table, list_table, place_table
from shanzhi.insight.showing import MOST, Look, days_of, indicator_for, lines_of, look_of, places_of
from shanzhi.insight.values import Value
from shanzhi.lib.tables import FORMATS
from shanzhi.lib.times import show_full
from shanzhi.ui.downloads import download


@page(RATES)
@require_safe
def indicator_list(request: CountyRequest, county: int) -> HttpResponse:
    """All of them, or what a search finds; the whole state is in the address."""
    look, search = _look(request), _search(request.GET)
    lines = lines_of(look, search)
    context = {
        "lines": lines, "numbers": [one for one in lines if not one.indicator.is_rate],
        "rates": [one for one in lines if one.indicator.is_rate], "search": search, **_around(request, look),
    }  # fmt: skip
    return render(request, "insight/indicators.html", context, status=422 if look.wrong else 200)


@page(RATES)
@require_safe
def indicator_list_print(request: CountyRequest, county: int) -> HttpResponse:
    """The same on paper."""
    look = _look(request)
    lines = lines_of(look, _search(request.GET))
    return render(request, "insight/sheets/indicators.html", {"lines": lines, **_paper(request, look)})


@page(RATES)
@require_safe
def indicator_list_export(request: CountyRequest, county: int) -> HttpResponseBase:
    """The same as a file."""
    look = _look(request)
    tables = [("指标", list_table(lines_of(look, _search(request.GET))))]
    return _file(request, look, "指标", tables)


@page(RATES)
@require_safe
def indicator_detail(request: CountyRequest, county: int, indicator: str) -> HttpResponse:
    """Definition, value, records, places side by side and days."""
    look, found = _look(request), indicator_for(request.actor, indicator)
    sort = request.GET.get("sort", "")
    value = next(one.value for one in lines_of(look) if one.indicator.code == found.code)
    days = days_of(look, found)
    following = {"": "high", "high": "low"}.get(sort, "")
    context = {
        "indicator": found, "value": value, "links": look.records(found),
        "rows": [(line, _url(request.GET, area=line.place.code) if _opens(look, line.place.area) else "")
                 for line in places_of(look, found, sort)],
        "days": [(one, _share(one.value, days)) for one in days], "sorted": sort,
        "sort_url": f"{_url(request.GET, sort=following)}#places", **_around(request, look),
    }  # fmt: skip
    return render(request, "insight/indicator.html", context, status=422 if look.wrong else 200)


@page(RATES)
@require_safe
def indicator_print(request: CountyRequest, county: int, indicator: str) -> HttpResponse:
    look, found = _look(request), indicator_for(request.actor, indicator)
    value = next(one.value for one in lines_of(look) if one.indicator.code == found.code)
    rows = places_of(look, found, request.GET.get("sort", ""))
    context = {"indicator": found, "value": value, "rows": rows, **_paper(request, look)}
    return render(request, "insight/sheets/indicator.html", context)


@page(RATES)
@require_safe
def indicator_export(request: CountyRequest, county: int, indicator: str) -> HttpResponseBase:
    """Places and days as a file: what the page and a chart of it show."""
    look, found = _look(request), indicator_for(request.actor, indicator)
    value = [one for one in lines_of(look) if one.indicator.code == found.code]
    tables = [
        ("怎么算的", list_table(value)), ("各地", place_table(look, found, request.GET.get("sort", ""))),
        ("每天", day_table(look, found)),
    ]  # fmt: skip
    return _file(request, look, found.name, [table for table in tables if len(table[1]) > 1])


def _look(request: CountyRequest) -> Look:
    return look_of(request.actor, request.GET, timezone.now())


def _search(query: QueryDict) -> str:
    return query.get("q", "").replace("\x00", "").strip()[:MOST]


def _around(request: CountyRequest, look: Look) -> dict[str, Any]:
    """What both pages have around their figures: where, when, and what is kept in the address."""
    query = request.GET
    return {
        "look": look, "board": look, "now": look.at, "query": query.urlencode(),
        "place_query": _only(query, "area", "period", "from", "to"),
        "periods": [(label, _url(query, period=code), code == look.period.code) for code, label in LABELS.items()
                    if code != RANGE],
        "kept": [(name, query[name]) for name in ("area", "sort", "q") if query.get(name)],
        "path": [(area, _url(query, area=area.code)) for area in crumbs_of(request.actor, look.area)],
    }  # fmt: skip


def _paper(request: CountyRequest, look: Look) -> dict[str, Any]:
    right(look.wrong)
    return {"look": look, "printed": show_full(look.at), "query": request.GET.urlencode()}


def _file(request: CountyRequest, look: Look, what: str, tables: Any) -> HttpResponse:
    right(look.wrong)
    kind = request.GET.get("format", "xlsx")
    kind = kind if kind in FORMATS else "xlsx"
    title = f"{look.area.name}，{look.period.words}，{show_full(look.at)}的数"
    body = as_csv(table for _, table in tables) if kind == "csv" else as_xlsx(tables, title)
    name = f"{what}-{look.area.name}-{look.period.first:%Y%m%d}-{look.period.last:%Y%m%d}.{kind}"
    return download(body, name, "figures")


def _opens(look: Look, area: Any) -> bool:
    """Whether there is something further below a place."""
    return area is not None and area.level != "grid"


def _share(value: Value, days: Any) -> int:
    """How long the bar of a day is, of a hundred: per cent of a rate, or of the largest number."""
    if value.value is None:
        return 0
    largest = 100 if value.denominator is not None else max((one.value.numerator for one in days), default=0)
    return round(100 * float(value.value) / largest) if largest else 0


def _url(query: QueryDict, **changes: str) -> str:
    copy = query.copy()
    for name, value in changes.items():
        copy[name] = value
    if "period" in changes:
        for name in ("from", "to"):
            copy.pop(name, None)
    return f"?{copy.urlencode()}"


def _only(query: QueryDict, *names: str) -> str:
    copy = query.copy()
    for name in list(copy):
        if name not in names:
            del copy[name]
    return copy.urlencode()
