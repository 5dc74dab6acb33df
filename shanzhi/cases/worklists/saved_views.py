"""Pages of the lists that a person keeps."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import SELF
from shanzhi.cases.worklists import saved
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.ui.parts import Crumb

# What the buttons of a row do: (what is called, what is said afterwards).
CHANGES: Final[dict[str, tuple[Callable[..., Any], dict[str, Any], str]]] = {
    "up": (saved.saved_move, {"by": -1}, "已往前移"),
    "down": (saved.saved_move, {"by": 1}, "已往后移"),
    "first": (saved.saved_default, {"chosen": True}, "以后打开事件，先看“{name}”"),
    "plain": (saved.saved_default, {"chosen": False}, "以后打开事件，看全部"),
}


@page(SELF)
@require_GET
def saved_list(request: CountyRequest, county: int) -> HttpResponseBase:
    deleted = request.GET.get("deleted", "")
    context = {
        "rows": saved.saved_list_for(request.actor),
        "most": saved.MOST,
        "deleted": deleted if deleted.isascii() and deleted.isdigit() and len(deleted) < 20 else "",
        "back": reverse("cases:list", args=[county]),
        "crumbs": [Crumb("事件", reverse("cases:list", args=[county])), Crumb("常用清单")],
    }
    return render(request, "cases/saved.html", context)


@page(SELF)
@require_POST
def saved_new(request: CountyRequest, county: int) -> HttpResponseBase:
    """Back to the list that was kept; a refusal is told there."""
    query = saved.kept_query(request.POST.get("query", ""))
    try:
        made = saved.saved_create(
            actor=request.actor, name=request.POST.get("name", "").replace("\x00", ""), query=query,
            key=request.POST.get("idempotency_key") or None,
        )  # fmt: skip
        messages.success(request, f"已存为“{made.name}”")
    except (Invalid, Conflict) as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(f"{reverse('cases:list', args=[county])}?{query or 'tab='}")


@page(SELF, object=True)
@require_POST
def saved_change(request: CountyRequest, county: int, saved_id: int) -> HttpResponseBase:
    """Rename, move, open first, or delete: which one says the button."""
    actor, what = request.actor, request.POST.get("change", "")
    here, more = reverse("cases:saved-list", args=[county]), ""
    try:
        if what == "delete":
            done = saved.saved_delete(actor=actor, saved_id=saved_id)
            told, more = f"已删去“{done.name}”", f"?{urlencode({'deleted': done.id})}"
        elif what in CHANGES:
            call, options, words = CHANGES[what]
            told = words.format(name=call(actor=actor, saved_id=saved_id, **options).name)
        else:
            name = request.POST.get("name", "").replace("\x00", "")
            told = f"已改名为“{saved.saved_rename(actor=actor, saved_id=saved_id, name=name).name}”"
        messages.success(request, told)
    except (Invalid, Conflict) as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(f"{here}{more}")


@page(SELF, object=True)
@require_POST
def saved_restore(request: CountyRequest, county: int, saved_id: int) -> HttpResponseBase:
    try:
        messages.success(request, f"“{saved.saved_restore(actor=request.actor, saved_id=saved_id).name}”找回来了")
    except (Invalid, Conflict) as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("cases:saved-list", args=[county]))
