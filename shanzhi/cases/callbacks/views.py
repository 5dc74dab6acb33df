"""回访: the list, drawing a sample, and one call."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanzhi.access.forms import FormPage, TakingForm, form_page, form_view, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases import permissions
from shanzhi.cases.callbacks.exports import LIMIT, as_xlsx
from shanzhi.cases.callbacks.forms import CallForm, DrawForm
from shanzhi.cases.callbacks.listing import bar_of, draw_words, places_of, rows_of, wanted_of
from shanzhi.cases.callbacks.selectors import (
    Sort,
    callback_of,
    callbacks_for,
    case_get,
    draw_get_for,
    draws_for,
    had_a_part,
)
from shanzhi.cases.callbacks.services import PART, callback_open, callback_record, can_reopen, draw_make
from shanzhi.cases.catalogue import State
from shanzhi.cases.covering import story_of
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import CallBack, Case
from shanzhi.cases.places import place_name
from shanzhi.cases.rates.periods import month_of
from shanzhi.cases.taking.contacts import caller_of
from shanzhi.cases.timeline import timeline_of
from shanzhi.lib.errors import Invalid
from shanzhi.lib.times import local
from shanzhi.tenancy.keyset import page_of
from shanzhi.ui.downloads import download
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb


@page(permissions.CALLBACKS)
@require_safe
def callbacks(request: CountyRequest, county: int) -> HttpResponse:
    """The list, those that wait first as they were drawn."""
    actor, query = request.actor, request.GET
    places = places_of(actor)
    wanted = wanted_of(query, places)
    found = page_of(callbacks_for(actor, wanted), wanted.order, cursor=cursor_in(query))
    rest = query.copy()
    for name in ("after", "before"):
        rest.pop(name, None)
    sorts = []
    for code, label in Sort.LABELS.items():
        rest["sort"] = code
        sorts.append((f"?{rest.urlencode()}", label, wanted.order == Sort.ORDERS[code]))
    context = {
        "bar": bar_of(actor, query, places), "rows": rows_of(found.rows), "sorts": sorts,
        "order": next(label for _, label, chosen in sorts if chosen), "query": query.urlencode(),
        "now": timezone.now(), **page_urls(found, query),
    }  # fmt: skip
    return render(request, "cases/callbacks.html", context)


@page(permissions.CALLBACKS)
@require_safe
def callbacks_export(request: CountyRequest, county: int) -> HttpResponseBase:
    """The list as it is filtered, as an Excel file; more than 5,000 are refused, not cut off."""
    wanted = wanted_of(request.GET, places_of(request.actor))
    rows = list(wanted.order.sorted(callbacks_for(request.actor, wanted))[: LIMIT + 1])
    if len(rows) > LIMIT:
        raise Invalid(f"一次最多导出 {LIMIT:,} 件，请先用日期或状态缩小范围再导出。", code="export_too_large")
    return download(as_xlsx(rows), f"回访-{local(timezone.now()):%Y%m%d-%H%M}.xlsx", "callbacks")


@page(permissions.CALLBACKS)
@require_http_methods(["GET", "HEAD", "POST"])
def draws(request: CountyRequest, county: int) -> HttpResponseBase:
    """Draw a sample; below it what was drawn before, each with the seed by which anybody can draw it again."""
    base = reverse("cases:callbacks", args=[county])
    last_month = month_of(local(timezone.now()).date().replace(day=1) - timedelta(days=1))
    form = DrawForm(
        sent(request), areas=places_of(request.actor), initial={"first": last_month.first, "last": last_month.last,
        "percent": 5},
    )  # fmt: skip

    def call(_: dict[str, Any], key: str) -> tuple[str, str]:
        draw = draw_make(actor=request.actor, key=key or None, at=timezone.now(), **form.arguments())
        return f"从 {draw.pool} 件里抽了 {draw.size} 件，请逐件回访", f"{base}?draw={draw.id}"

    context = {
        "draws": [(draw, draw_words(draw)) for draw in draws_for(request.actor)[:50]], "now": timezone.now(),
        "crumbs": [Crumb("回访", base), Crumb("抽签")],
    }  # fmt: skip
    return form_view(request, form, call, template="cases/draws.html", context=context)


@page(permissions.CALLBACKS, object=True)
@require_safe
def draw_show(request: CountyRequest, county: int, draw_id: str) -> HttpResponse:
    """One draw with every lot, in their order: what anybody needs to draw it again."""
    draw = draw_get_for(request.actor, draw_id)
    request.actor.require(permissions.CALLBACKS)
    rows = list(CallBack.objects.filter(draw_id=draw.id).select_related("case").order_by("lot"))
    base = reverse("cases:callbacks", args=[county])
    context = {
        "draw": draw,
        "rows": rows,
        "now": timezone.now(),
        "crumbs": [Crumb("回访", base), Crumb("抽签", reverse("cases:draws", args=[county])), Crumb(draw.seed)],
    }
    return render(request, "cases/draw.html", context)


@page(permissions.CALLBACKS, object=True)
@require_http_methods(["GET", "HEAD", "POST"])
def callback(request: CountyRequest, county: int, number: str) -> HttpResponseBase:
    """One call: what it was about, the three questions, and what came of it."""
    case = case_get(request.actor, number)
    request.actor.require(permissions.CALLBACKS)
    row = callback_of(case)
    form = CallForm(sent(request), initial={"version": row.version if row is not None else 0})

    def call(_: dict[str, Any], key: str) -> tuple[str, str]:
        version = form.cleaned_data["version"]
        found = callback_record(
            actor=request.actor, case=case, version=version, answers=form.answers(), key=key or None,
            at=timezone.now(),
        )  # fmt: skip
        words = f"没接通，第 {found.tries} 次，过些时候再打" if found.state == CallBack.State.WAITING else (
            f"已记下：{CallBack.State(found.state).label}"
        )  # fmt: skip
        return words, reverse("cases:callback", args=[county, number])

    def fresh() -> tuple[dict[str, Any], dict[str, Any]]:
        now = callback_of(case)
        return {"version": now.version if now is not None else 0}, _context(request, case, now)

    context = _context(request, case, row)
    return form_view(request, form, call, template="cases/callback.html", context=context, fresh=fresh)


@page(permissions.CALLBACKS, object=True)
@require_POST
def callback_list(request: CountyRequest, county: int, number: str) -> HttpResponseBase:
    """Put a case on the list without a draw, because somebody asked for it."""
    case = case_get(request.actor, number)
    request.actor.require(permissions.CALLBACKS)
    url = reverse("cases:callback", args=[county, number])

    def call(_: dict[str, Any], key: str) -> tuple[str, str]:
        callback_open(actor=request.actor, case=case, key=key or None, at=timezone.now())
        return "已列入回访，可以打电话了", url

    words = FormPage("列入回访", "列入回访", "正在列入…", url, [Crumb(number, url), Crumb("列入回访")])
    return form_page(request, words, TakingForm(request.POST), call)


def _context(request: CountyRequest, case: Case, row: CallBack | None) -> dict[str, Any]:
    actor, now = request.actor, timezone.now()
    story = story_of(actor, case)
    had_part = bool(had_a_part(case, [actor.user_id or 0]))
    here = actor.scope(permissions.CALLBACKS).covers(case.area_path)
    waiting = row is not None and row.state == CallBack.State.WAITING
    base = reverse("cases:callbacks", args=[case.county_id])
    return {
        "case": case, "row": row, "waiting": waiting, "may_call": here and not had_part, "part": PART,
        "listable": row is None and case.state == State.CLOSED and case.reachable and case.parent_id is None,
        "can_reopen": waiting and can_reopen(actor, case), "caller": caller_of(actor, case),
        "account": "" if case.reporter_id is None or not case.reachable else case.reporter_name,
        "kind": kind_of(case).label, "place": case.place or place_name(case.area),
        "state_label": State(case.state).label,
        "timeline": timeline_of(actor, case, story.steps, story.photos, now=now),
        "crumbs": [Crumb("回访", base), Crumb(case.number)], "now": now,
        "row_state": CallBack.State(row.state).label if row is not None else "",
        "contacted": CallBack.InTime(row.contacted_in_time).label if row is not None and row.contacted_in_time else "",
    }  # fmt: skip
