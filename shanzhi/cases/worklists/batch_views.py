"""One act on many cases, in pages: choose in the list, fill in once, read what became of each."""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from shanzhi.access.actor import Actor
from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act, acts_for
from shanzhi.cases.forms.specs import SPECS
from shanzhi.cases.listing import listing_of
from shanzhi.cases.models import ActBatch, Case
from shanzhi.cases.presenters import rows_of
from shanzhi.cases.selectors import by_number, case_list_for, list_rows
from shanzhi.cases.worklists.batches import ACTS, MOST_ROWS, batch_create, batch_get_for, verb_of
from shanzhi.cases.worklists.forms import BatchForm, initial_of
from shanzhi.jobs.models import Job
from shanzhi.jobs.selectors import job_get_for
from shanzhi.lib.errors import Invalid
from shanzhi.packs.calendars import calendar_now
from shanzhi.ui.parts import Crumb

NUMBER: Final = 20
DIGITS: Final = 10


@page(permissions.HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def batch_new(request: CountyRequest, county: int) -> HttpResponseBase:
    """The form of the act for the ticked rows, or for the whole list; what can't be done now is left out and named."""
    sent = request.POST if request.method == "POST" else request.GET
    act = next((one for one in ACTS if one.value == sent.get("act")), None)
    if act is None:
        return HttpResponseRedirect(reverse("cases:list", args=[county]))
    request.actor.require(act.permission)
    if request.method == "POST":
        return _sent(request, act)
    again = _again(request)
    cases = _chosen(request.actor, request.GET, again)
    fit = [case for case in cases if act in acts_for(request.actor, case)]
    versions = {case.number: case.version for case in fit}
    form = BatchForm(act=act, cases=fit, initial=initial_of(again.arguments) if again is not None else None)
    return _form(request, act, form, fit, versions, left=[case for case in cases if case not in fit])


def _sent(request: CountyRequest, act: Act) -> HttpResponse:
    pairs = [pair.rpartition(":") for pair in request.POST.getlist("case")[: MOST_ROWS + 1]]
    known = [pair for pair in pairs if pair[2].isascii() and pair[2].isdigit() and len(pair[2]) < DIGITS]
    versions = {number[:NUMBER].replace("\x00", ""): int(seen) for number, _, seen in known}
    cases = _of(request.actor, list(versions))
    form = BatchForm(request.POST, act=act, cases=cases)
    if not form.is_valid():
        return _form(request, act, form, cases, versions, status=422)
    try:
        batch = batch_create(
            actor=request.actor, act=act, cases=list(versions.items()), wish=form.wish(),
            key=request.POST.get("idempotency_key") or None,
        )  # fmt: skip
    except Invalid as error:
        for name, rows in (error.fields or {"": [error.message]}).items():
            form.add_error(name if name in form.fields else None, [*rows])
        return _form(request, act, form, cases, versions, status=422)
    if batch.job_id is None:
        told = f"办成 {batch.done} 件" + (f"，没办成 {batch.refused} 件" if batch.refused else "")
        messages.success(request, told)
    return HttpResponseRedirect(reverse("cases:batch", args=[batch.county_id, batch.id]))


def _again(request: CountyRequest) -> ActBatch | None:
    text = request.GET.get("again", "")
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return batch_get_for(request.actor, int(text))


def _chosen(actor: Actor, query: QueryDict, again: ActBatch | None) -> list[Case]:
    """The rows that another batch could not do, the whole list as it is filtered, or the ticked ones."""
    if again is not None:
        return _of(actor, [row[1] for row in again.rows if row[3] != ""])
    if query.get("all"):
        now = timezone.now()
        wanted = listing_of(actor, QueryDict(query.get("list", "")), now).wanted
        rows = wanted.order.sorted(case_list_for(actor, wanted, now=now))
        return list(list_rows(rows, actor)[:MOST_ROWS])
    return _of(actor, query.getlist("case"))


def _of(actor: Actor, numbers: Sequence[str]) -> list[Case]:
    """In the order in which they were named."""
    known = {case.number: case for case in list_rows(by_number(actor, numbers[:MOST_ROWS], most=MOST_ROWS), actor)}
    return [known[number] for number in dict.fromkeys(numbers) if number in known]


def _form(
    request: CountyRequest, act: Act, form: BatchForm, cases: Sequence[Case], versions: dict[str, int], *,
    status: int = 200, left: Sequence[Case] = (),
) -> HttpResponse:  # fmt: skip
    county, now = request.county.id, timezone.now()
    spec, verb = SPECS[act], verb_of(act)
    context = {
        "act": act,
        "verb": verb,
        "button": f"{spec.button or verb}（{len(versions)} 件）",
        "css": "btn-danger" if spec.danger else "btn-primary",
        "form": form,
        "versions": versions.items(),
        "rows": rows_of(cases, now, calendar_now),
        "left": rows_of(left, now, calendar_now),
        "most": MOST_ROWS,
        "now": now,
        "back": reverse("cases:list", args=[county]),
        "crumbs": [Crumb("事件", reverse("cases:list", args=[county])), Crumb(f"成批{verb}")],
    }
    return render(request, "cases/batch_new.html", context, status=status)


@page(permissions.HANDLE, object=True)
@require_GET
def batch_show(request: CountyRequest, county: int, batch_id: int) -> HttpResponseBase:
    """What became of each row; while a job is at it, the page asks for itself again."""
    batch = batch_get_for(request.actor, batch_id)
    job = job_get_for(request.actor, batch.job_id) if batch.job_id is not None and batch.ended_at is None else None
    url = reverse("cases:list", args=[county])
    rows = [
        {"number": number, "url": f"{url}{number}/", "sentence": sentence or "", "state": _state(sentence)}
        for _, number, _, sentence in sorted(batch.rows, key=lambda row: row[3] == "")
    ]
    waiting = batch.total - batch.done - batch.refused
    context = {
        "batch": batch,
        "verb": verb_of(Act(batch.act)),
        "rows": rows,
        "waiting": waiting,
        "job": job,
        "poll": request.path if job is not None and job.is_open else "",
        "stopped": job is not None and job.state in (Job.State.CANCELLED, Job.State.FAILED),
        "again": f"{reverse('cases:batch-new', args=[county])}?act={batch.act}&again={batch.id}",
        "back": url,
        "crumbs": [Crumb("事件", url), Crumb("成批办理的结果")],
    }
    part = "cases/parts/batch.html" if request.headers.get("HX-Request") else "cases/batch.html"
    return render(request, part, context)


def _state(sentence: str | None) -> dict[str, Any]:
    if sentence is None:
        return {"shape": "run", "words": "还没轮到"}
    return {"shape": "back", "words": "没办成"} if sentence else {"shape": "done", "words": "办成"}
