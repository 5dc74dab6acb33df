"""Sheets to print."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.covering import is_insider, story_of
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.kinds.showing import shown
from shanzhi.cases.models import Case
from shanzhi.cases.places import place_name
from shanzhi.cases.presenters import handler_words
from shanzhi.cases.seeing import answers_for
from shanzhi.cases.selectors import case_get_for
from shanzhi.cases.taking import paper
from shanzhi.cases.taking.contacts import caller_of
from shanzhi.cases.taking.revealing import handler_post
from shanzhi.cases.views.case import DONE
from shanzhi.lib.errors import Forbidden
from shanzhi.lib.times import show_full
from shanzhi.ui.downloads import paper_download


@page(permissions.TAKE_DOWN, object=True)
@require_safe
def receipt(request: CountyRequest, county: int, number: str) -> HttpResponse:
    """What somebody takes home; printed again as often as it is asked for."""
    case = case_get_for(request.actor, number)
    request.actor.require(permissions.TAKE_DOWN)
    context = paper.receipt_context(request, case, paper.receipt_of(request.actor, case))
    context |= {"caller": caller_of(request.actor, case), "draft_done": request.session.pop(DONE, "")}
    return _sheet(request, case, "cases/sheets/receipt.html", context)


@page(permissions.CONTACT, object=True)
@require_safe
def paper_show(request: CountyRequest, county: int, number: str, code: str) -> HttpResponse:
    """A paper of the kind, filled in; names stand whole on it, so only those who deal with the case print it. With
    `format` it is a file, Word or PDF; `Conflict` where the server can't make a PDF."""
    case = case_get_for(request.actor, number)
    handler_post(request.actor, case)
    at = timezone.now()
    filled = paper.paper_filled(request.actor, case, code, story_of(request.actor, case, photos=False), at)
    if kind := request.GET.get("format"):
        answer = paper_download(paper.printout_of(case, filled), kind, f"paper-{case.number}", at)
        answer["Cache-Control"] = "no-store"
        return answer
    return _sheet(request, case, "cases/sheets/paper.html", {"paper": filled})


@page(permissions.VIEW, object=True)
@require_safe
def print_sheet(request: CountyRequest, county: int, number: str) -> HttpResponse:
    """The record of a case on paper: what was said, every step, room for signatures. Private people stay masked."""
    actor = request.actor
    case = case_get_for(actor, number)
    actor.require(permissions.VIEW)
    if not is_insider(actor, case):
        raise Forbidden("办理单由办事的人打印，要一份请到登记的窗口。", code="not_inside")
    story = story_of(actor, case)
    kind = kind_of(case)
    caller = caller_of(actor, case)
    context = {
        "state": State(case.state).label,
        "kind": kind.label,
        "source": Source(case.source).label,
        "received": show_full(case.received_at),
        "place": case.place or place_name(case.area),
        "area_name": place_name(case.area),
        "reporter": caller.name if caller is not None and caller.name else paper.reporter_words(actor, case),
        "taken_by": f"{case.reporter_name}，{case.reporter_title}" if caller is not None else "",
        "handler": handler_words(case),
        "answers": shown(kind, answers_for(actor, case)),
        "rows": paper.sheet_rows(actor, case, story.steps),
        "photos": sum(len(files) for files in story.photos.values()),
    }
    return _sheet(request, case, "cases/sheets/record.html", context)


def _sheet(request: CountyRequest, case: Case, template: str, context: dict[str, Any]) -> HttpResponse:
    context |= {
        "case": case,
        "url": reverse("cases:case", args=[case.county_id, case.number]),
        "office": paper.place_line(case),
        "printed": show_full(timezone.now()),
    }
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return response
