"""Where a person lands after login."""

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from shanzhi.access.actor import Actor
from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import ROLES, SELF
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import State
from shanzhi.cases.listing import require_tab
from shanzhi.cases.presenters import cards_of, count_words
from shanzhi.cases.selectors import CaseFilter, Cases, Tab, capped_counts, case_list_for, list_rows
from shanzhi.lib.times import local
from shanzhi.packs.calendars import calendar_now
from shanzhi.tenancy.keyset import page_of
from shanzhi.ui.keeping import kept
from shanzhi.ui.pages import cursor_in, page_urls

EMPTY: Final = {
    "": ("没有要办的事", "新的来了会在这里，还会通知你。"),
    "today": ("今天没有到期的事", "后面几天的在“全部”里。"),
    "late": ("没有超期的事", "都在时限内。"),
    "rate": ("没有等你评价的事", "处理完核查通过后，会请你评价。"),
}
SEGMENTS: Final = {"": "全部", "today": "今天", "late": "已超期", "rate": "等我评价"}


@page(SELF)
@require_GET
@kept
def home(request: CountyRequest, county: int) -> HttpResponseBase:
    """The to-do list of a phone; whoever works at a desk goes on to the first page of their role."""
    actor = request.actor
    if not actor.works_on_phone:
        return HttpResponseRedirect(_first_page(actor))
    now = timezone.now()
    handles = actor.can(permissions.HANDLE)
    wanted = CaseFilter(tab=Tab.MINE if handles else Tab.REPORTED)
    require_tab(actor, wanted.tab)
    lists = _segments(actor, wanted, now)
    chosen = request.GET.get("due", "")
    chosen = chosen if chosen in lists else ""
    counts = capped_counts(lists)
    found = page_of(list_rows(lists[chosen], actor), wanted.order, cursor=cursor_in(request.GET))
    segments = [
        {"url": f"?due={name}" if name else "?", "label": SEGMENTS[name], "count": count_words(counts[name]),
         "chosen": name == chosen}
        for name in lists
    ]  # fmt: skip
    context = {
        "segments": segments,
        "cards": cards_of(actor, found.rows, now, cache(calendar_now)),
        "empty": EMPTY[chosen] if handles or chosen else ("还没有上报过", "看到身边的事，点下面的“随手拍”上报。"),
        "now": now,
        **page_urls(found, request.GET),
    }
    return render(request, "cases/home.html", context)


def _segments(actor: Actor, wanted: CaseFilter, now: datetime) -> dict[str, Cases]:
    """Whoever handles sees what is due when; a resident what waits for the own rating."""
    rows = case_list_for(actor, wanted, now=now)
    if wanted.tab == Tab.REPORTED:
        return {"": rows, "rate": rows.filter(state=State.VERIFIED)}
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {
        "": rows,
        "today": rows.filter(due_at__gte=now, due_at__lt=midnight),
        "late": rows.filter(due_at__lt=now),
    }


def _first_page(actor: Actor) -> str:
    """The page of the main role; for those who work on cases their own tasks, for those who only read, the list."""
    post = actor.main_post
    first = ROLES[post.role].first_page if post is not None else "home"
    if first != "home":
        return f"/{actor.county_id}/{first}/"
    tab = Tab.MINE if actor.can(permissions.HANDLE) else Tab.OPEN if actor.can(permissions.VIEW) else Tab.REPORTED
    return f"{reverse('cases:list', args=[actor.county_id])}?tab={tab}"
