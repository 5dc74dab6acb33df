"""待甄别: what came while too much came, in groups; released or put aside, one, a group or all."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from shanzhi.access.actor import Actor
from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases.gate.forms import ChooseForm, DiscardForm
from shanzhi.cases.gate.grouping import BY, LIKENESS, SENDER, Group
from shanzhi.cases.gate.holding import (
    DECIDED,
    floods_now,
    groups_for,
    held_get_for,
    held_list_for,
    members_of,
    shown,
    waiting_for,
)
from shanzhi.cases.gate.releasing import discard_start, held_discard, held_release, release_start
from shanzhi.cases.models import Held
from shanzhi.cases.permissions import GATE
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.tenancy.keyset import page_of
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb

GROUPS: Final = 20
MEMBERS: Final = 30
ASIDE: Final = "aside"


@page(GATE)
@require_GET
def held(request: CountyRequest, county: int) -> HttpResponseBase:
    """Groups of what waits, twenty on a page; or, one by one, what was put aside within 90 days."""
    if request.GET.get("tab") == ASIDE:
        return _aside(request)
    by = request.GET.get("by", LIKENESS)
    by = by if by in BY else LIKENESS
    groups = groups_for(request.actor, by)
    number = _number(request.GET.get("page", ""), len(groups))
    part = groups[(number - 1) * GROUPS : number * GROUPS]
    context = {
        **_tabs(request),
        "by": by,
        "how": {LIKENESS: "，内容相近", SENDER: "，来自同一个手机"}[by],
        "ways": [(code, words, f"?by={code}") for code, words in BY.items()],
        "floods": floods_now(request.actor),
        "rows": _examples(request.actor, part),
        "total": sum(group.count for group in groups),
        "groups": len(groups),
        "previous_url": f"?by={by}&page={number - 1}" if number > 1 else "",
        "next_url": f"?by={by}&page={number + 1}" if number * GROUPS < len(groups) else "",
    }
    return render(request, "cases/gate/held.html", context)


def _number(text: str, count: int) -> int:
    """A page that is there; groups change while they are looked at, so a place in them is no more than a number."""
    last = max(1, -(-count // GROUPS))
    return min(max(1, int(text)), last) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _examples(actor: Actor, groups: list[Group]) -> list[dict[str, Any]]:
    found = waiting_for(actor).filter(id__in=[group.first.id for group in groups]).select_related("area__parent")
    examples = {one.id: shown(one) for one in found}
    return [{"group": one, "example": examples[one.first.id]} for one in groups if one.first.id in examples]


def _aside(request: CountyRequest) -> HttpResponse:
    rows = held_list_for(request.actor).filter(state=Held.State.DISCARDED).select_related("area__parent")
    found = page_of(rows, DECIDED, cursor=cursor_in(request.GET))
    context = {**_tabs(request), "rows": [shown(one) for one in found.rows], **page_urls(found, request.GET)}
    return render(request, "cases/gate/aside.html", context)


def _tabs(request: CountyRequest) -> dict[str, Any]:
    aside = request.GET.get("tab") == ASIDE
    return {"aside": aside, "now": timezone.now(), "blocks_url": reverse("cases:blocks", args=[request.county.id])}


@page(GATE, object=True)
@require_GET
def held_show(request: CountyRequest, county: int, held_id: int) -> HttpResponseBase:
    """One of them whole, with what stands in its group."""
    found = held_get_for(request.actor, held_id)
    request.actor.require(GATE)
    return _one(request, found, DiscardForm(initial={"held": found.id, "by": ChooseForm.ONE}))


def _one(request: CountyRequest, found: Held, form: DiscardForm, *, status: int = 200) -> HttpResponse:
    by = str(form["by"].value() or ChooseForm.ONE)
    by = by if by in BY else request.GET.get("by", "")
    waits = found.state == Held.State.WAITING
    ids = members_of(request.actor, found, by) if by in BY and waits else [found.id]
    others = [one for one in ids if one != found.id][:MEMBERS]
    rows = waiting_for(request.actor).filter(id__in=others).select_related("area__parent").order_by("received_at")
    if by in BY and not form.is_bound:
        form.initial["by"] = by
    example = shown(found)
    context = {
        "held": found, "example": example, "form": form, "by": by if by in BY else ChooseForm.ONE, "count": len(ids),
        "others": [shown(one) for one in rows], "waits": waits, "now": timezone.now(),
        "photos": [{"url": one.url, "thumb": one.thumb_url, "alt": "反映的照片"} for one in example.photos],
        "crumbs": [Crumb("待甄别", reverse("cases:held", args=[found.county_id])), Crumb("看一件")],
    }  # fmt: skip
    return render(request, "cases/gate/held_one.html", context, status=status)


@page(GATE)
@require_POST
def release_create(request: CountyRequest, county: int) -> HttpResponseBase:
    """One at once; a group or all as a job, whose page shows how far it is."""
    form = ChooseForm(request.POST)
    ids = _chosen(request.actor, form)
    at = timezone.now()
    if len(ids) == 1:
        case = held_release(actor=request.actor, held=held_get_for(request.actor, ids[0]), at=at)
        messages.success(request, f"已登记，编号 {case.number}，由{case.owner.name}办理")
        return redirect("cases:held", county)
    job = release_start(actor=request.actor, ids=ids, key=request.POST.get("idempotency_key") or None, at=at)
    return redirect("jobs:job", county, job.id)


@page(GATE)
@require_POST
def discard_create(request: CountyRequest, county: int) -> HttpResponseBase:
    """The same; the form comes back if no reason was chosen."""
    form = DiscardForm(request.POST)
    ids = _chosen(request.actor, form)
    if not form.is_valid():
        return _one(request, held_get_for(request.actor, ids[0]), form, status=422)
    at, data = timezone.now(), form.cleaned_data
    words = {"reason": data["reason"], "text": data["text"]}
    if len(ids) == 1:
        held_discard(actor=request.actor, held=held_get_for(request.actor, ids[0]), at=at, **words)
        messages.success(request, "没有登记，反映人查进度时会看到原因")
        return HttpResponseRedirect(reverse("cases:held", args=[county]))
    key = request.POST.get("idempotency_key") or None
    job = discard_start(actor=request.actor, ids=ids, key=key, at=at, **words)
    return redirect("jobs:job", county, job.id)


def _chosen(actor: Actor, form: ChooseForm) -> list[int]:
    """The ids that are meant, at least one: Conflict otherwise. 422 for a way of choosing that there is not."""
    form.is_valid()
    if "by" in form.errors:
        words = str(form.errors["by"][0])
        raise Invalid(words, fields={"by": [words]})
    by = form.cleaned_data.get("by") or ChooseForm.ONE
    if by == ChooseForm.ALL:
        ids = [one for group in groups_for(actor) for one in group.ids]
    else:
        number = form.cleaned_data.get("held") or 0
        ids = members_of(actor, held_get_for(actor, number), by) if number else []
    if not ids:
        raise Conflict("没有等着甄别的了，请刷新后再看。", code="nothing_held")
    return ids
