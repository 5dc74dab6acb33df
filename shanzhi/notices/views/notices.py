"""The pages of one's own notices."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import SELF
from shanzhi.lib.errors import Invalid
from shanzhi.notices.forms import ReadAllForm
from shanzhi.notices.paths import is_local
from shanzhi.notices.selectors import BADGE_LIMIT, notice_page_for, unread_count
from shanzhi.notices.services import notice_read, notice_read_all
from shanzhi.ui.keeping import kept
from shanzhi.ui.pages import cursor_in


@page(SELF)
@require_GET
@kept
def notice_list(request: CountyRequest, county: int) -> HttpResponse:
    unread = request.GET.get("show") == "unread"
    found = notice_page_for(actor=request.actor, unread=unread, cursor=cursor_in(request.GET))
    count = unread_count(actor=request.actor)
    words = "99+" if count >= BADGE_LIMIT else str(count or "")
    context = {"page": found, "unread": unread, "unread_count": count, "unread_words": words}
    return render(request, "notices/list.html", context)


@page(SELF, object=True)
@require_GET
def notice_open(request: CountyRequest, county: int, notice_id: int) -> HttpResponseBase:
    """Reading is what opening means; the page it leads to checks for itself who may see it."""
    notice = notice_read(actor=request.actor, notice_id=notice_id)
    if not is_local(notice.path, county_id=county):
        return redirect("notices:list", county)
    return HttpResponseRedirect(notice.path)


@page(SELF)
@require_POST
def read_all_create(request: CountyRequest, county: int) -> HttpResponseBase:
    form = ReadAllForm(request.POST)
    if not form.is_valid():
        raise Invalid("请回到通知页面，再点一次“全部标为已读”。", code="up_to")
    read = notice_read_all(actor=request.actor, up_to=form.cleaned_data["up_to"])
    messages.success(request, f"已把 {read} 条通知标为已读" if read else "没有未读的通知了")
    return redirect("notices:list", county)
