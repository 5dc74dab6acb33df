"""限制名单: who is kept out and until when; placed from a case, extended and lifted here."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases.forms import refused
from shanzhi.cases.gate import blocking
from shanzhi.cases.gate.forms import BlockForm, DaysForm, LiftForm
from shanzhi.cases.models import Block, Case
from shanzhi.cases.permissions import GATE
from shanzhi.cases.selectors import case_get_for
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.lib.tables import csv_of
from shanzhi.lib.times import local
from shanzhi.tenancy.keyset import page_of
from shanzhi.ui.downloads import download
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb

LIMIT: Final = 5000
STATES: Final = (("holding", "限制中"), ("over", "已结束"))


@page(GATE)
@require_GET
def blocks(request: CountyRequest, county: int) -> HttpResponseBase:
    """The newest first."""
    now = timezone.now()
    bar = filter_bar(
        request.GET, [Choice("state", "状态", STATES), Choice("what", "限制什么", Block.What.choices)], search="q",
        hint="说明、谁限制的、事件编号",
    )  # fmt: skip
    found = page_of(_filtered(request), blocking.ORDER, cursor=cursor_in(request.GET))
    context = {
        "bar": bar, "rows": [_row(one, now) for one in found.rows], "query": request.GET.urlencode(), "now": now,
        "held_url": reverse("cases:held", args=[county]), **page_urls(found, request.GET),
    }  # fmt: skip
    return render(request, "cases/gate/blocks.html", context)


def _filtered(request: CountyRequest) -> Any:
    return blocking.block_list_for(
        request.actor, state=request.GET.get("state", ""), what=request.GET.get("what", ""),
        text=request.GET.get("q", ""), now=timezone.now(),
    ).select_related("area", "case")  # fmt: skip


def _row(block: Block, now: Any) -> dict[str, Any]:
    return {
        "block": block,
        "url": reverse("cases:block", args=[block.county_id, block.id]),
        "state": "back" if block.holds(now) else "done",
        "words": blocking.state_words(block, now),
    }


@page(GATE)
@require_GET
def blocks_export(request: CountyRequest, county: int) -> HttpResponseBase:
    """The list as it is filtered, as CSV; no digest is in it."""
    now = timezone.now()
    rows = list(blocking.ORDER.sorted(_filtered(request))[: LIMIT + 1])
    if len(rows) > LIMIT:
        raise Invalid(f"一次最多导出 {LIMIT:,} 条，请先缩小范围再导出。", code="export_too_large")
    body = csv_of([blocking.HEADS, *blocking.lines_of(rows, now)])
    return download(body, f"限制名单{local(now):%Y%m%d}.csv", "blocks")


@page(GATE, object=True)
@require_http_methods(["GET", "HEAD", "POST"])
def case_blocks(request: CountyRequest, county: int, number: str) -> HttpResponseBase:
    """What is known of where a case came from, as numbers; and the form that keeps it out for a while."""
    case = case_get_for(request.actor, number)
    request.actor.require(GATE)
    sources = blocking.sources_of(request.actor, case, at=timezone.now())
    offered = [(one.what, one.label) for one in sources if one.block is None]
    form = BlockForm(request.POST if request.method == "POST" else None, offered=offered)
    if request.method != "POST":
        return _sender(request, case, form, sources)
    if not sources:
        raise Conflict(blocking.NO_SENDER, code="no_sender")
    if not form.is_valid():
        return _sender(request, case, form, sources, status=422)
    data = form.cleaned_data
    try:
        block = blocking.block_place(
            actor=request.actor, case=case, what=data["what"], reason=data["reason"], text=data["text"],
            days=data["days"], sure=data.get("sure", False), key=request.POST.get("idempotency_key") or None,
            at=timezone.now(),
        )  # fmt: skip
    except (Invalid, Conflict) as error:
        refused(form, error)
        return _sender(request, case, form, sources, status=error.status)
    messages.success(request, f"已限制{block.get_what_display()}，{local(block.until):%m月%d日 %H:%M} 自动解除")
    return redirect("cases:block", county, block.id)


def _sender(
    request: CountyRequest, case: Case, form: BlockForm, sources: list[blocking.Source], *, status: int = 200
) -> HttpResponse:
    url = reverse("cases:case", args=[case.county_id, case.number])
    context = {
        "case": case, "form": form, "sources": sources, "url": url, "no_sender": blocking.NO_SENDER,
        "now": timezone.now(),
        "crumbs": [Crumb("事件", reverse("cases:list", args=[case.county_id])), Crumb(case.number, url), Crumb("来处")],
    }  # fmt: skip
    response = render(request, "cases/gate/sender.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@page(GATE, object=True)
@require_GET
def block(request: CountyRequest, county: int, block_id: int) -> HttpResponseBase:
    """One of them, with the two things that can be done with it while it holds."""
    found = blocking.block_get_for(request.actor, block_id)
    request.actor.require(GATE)
    return _block(request, found)


def _block(
    request: CountyRequest, found: Block, *, extend: DaysForm | None = None, lift: LiftForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = timezone.now()
    seen = {"version": found.version}
    context = {
        **_row(found, now), "entry": found, "holds": found.holds(now),
        "extend": extend or DaysForm(initial=seen, auto_id="extend_%s"),
        "lift": lift or LiftForm(initial=seen, auto_id="lift_%s"), "now": now,
        "crumbs": [Crumb("限制名单", reverse("cases:blocks", args=[found.county_id])), Crumb("看一条")],
    }  # fmt: skip
    return render(request, "cases/gate/block.html", context, status=status)


@page(GATE, object=True)
@require_POST
def extension_create(request: CountyRequest, county: int, block_id: int) -> HttpResponseBase:
    found = blocking.block_get_for(request.actor, block_id)
    request.actor.require(GATE)
    form = DaysForm(request.POST, auto_id="extend_%s")
    if not form.is_valid():
        return _block(request, found, extend=form, status=422)
    version = form.cleaned_data["version"] or 0
    blocking.block_extend(
        actor=request.actor, block=found, version=version, days=form.cleaned_data["days"], at=timezone.now()
    )
    messages.success(request, f"已延长，{local(found.until):%m月%d日 %H:%M} 自动解除")
    return redirect("cases:block", county, found.id)


@page(GATE, object=True)
@require_POST
def lift_create(request: CountyRequest, county: int, block_id: int) -> HttpResponseBase:
    found = blocking.block_get_for(request.actor, block_id)
    request.actor.require(GATE)
    form = LiftForm(request.POST, auto_id="lift_%s")
    if not form.is_valid():
        return _block(request, found, lift=form, status=422)
    version = form.cleaned_data["version"] or 0
    blocking.block_lift(
        actor=request.actor, block=found, version=version, text=form.cleaned_data["text"], at=timezone.now()
    )
    messages.success(request, "已解除，现在可以照常反映")
    return redirect("cases:block", county, found.id)
