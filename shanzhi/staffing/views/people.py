"""The list of who serves where, one of them, and a telephone number for a purpose."""

from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanzhi.access.forms import sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.lib.errors import DomainError, Invalid
from shanzhi.lib.masks import phone_mask
from shanzhi.staffing import exports, selectors, services
from shanzhi.staffing.catalogue import OFFICES, ROLES
from shanzhi.staffing.forms import PhoneForm, SearchForm
from shanzhi.staffing.models import Assignment
from shanzhi.staffing.permissions import CONTACT, MANAGE, VIEW
from shanzhi.staffing.selectors import STATES, AsOf, StaffFilter
from shanzhi.staffing.selectors.holders import SORTS
from shanzhi.staffing.views.shared import EXPORTED, asof_of, crumbs, day_words, link, path_to, right
from shanzhi.ui.downloads import download
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in, page_urls, url_with
from shanzhi.ui.parts import Crumb, TimelineItem

SEARCH: Final = "staffing.search"
ICONS: Final = {
    "appointed": "user-plus",
    "corrected": "edit",
    "term": "calendar",
    "renewed": "check",
    "ended": "circle-x",
}


def _wanted(request: CountyRequest) -> tuple[StaffFilter, AsOf, str, Any]:
    """Filters stand in the address; what was searched for is a name, so it stays in the session."""
    query = request.GET
    asof, wrong = asof_of(query)
    area = selectors.area_for(request.actor, query.get("area", ""))
    text = request.session.get(SEARCH, {}).get(str(request.county.id), "")
    wanted = StaffFilter(
        role=query.get("role", ""), state=query.get("state", "") or "live", path=area.path,
        exact=query.get("at") == "own", text=text, sort=query.get("sort", "") or "place",
    )  # fmt: skip
    return wanted, asof, wrong, area


@page(VIEW)
@require_safe
def people(request: CountyRequest, county: int) -> HttpResponse:
    wanted, asof, wrong, area = _wanted(request)
    query = request.GET
    found = selectors.holder_page(request.actor, wanted, asof, cursor=cursor_in(query))
    roles = [(code, role.label) for code, role in ROLES.items() if code not in OFFICES]
    context = {
        "page": found, "area": area, "place": place_words(area), "wrong": wrong, "text": wanted.text, "asof": asof,
        "rows": [(one, one.days_left(asof.day)) for one in found.rows],
        "bar": filter_bar(query, [
            Choice("role", "岗位", roles), Choice("state", "状态", list(STATES.items())),
            Choice("sort", "排序", list(SORTS.items())),
        ]),
        "path": [(one, url_with(query, area=one.code)) for one in path_to(request, area)],
        "day_words": day_words(asof), "query": query.urlencode(), "may_manage": request.actor.can(MANAGE),
        "kept": [(name, query[name]) for name in ("area", "role", "state", "sort") if query.get(name)],
        "appoint_url": link(county, "appoint", place=area.code), "crumbs": crumbs(request, Crumb("网格人员")),
        **page_urls(found, query),
    }  # fmt: skip
    return render(request, "staffing/people.html", context, status=422 if wrong else 200)


@page(VIEW)
@require_POST
def people_search(request: CountyRequest, county: int) -> HttpResponse:
    """A search by name is a POST and leaves no name in an address or a log; an empty one clears it."""
    form = SearchForm(request.POST)
    text = form.cleaned_data["text"].strip() if form.is_valid() else ""
    request.session[SEARCH] = {str(county): text} if text else {}
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse("staffing:people", args=[county]) + (f"?{query}" if query else ""))


@page(VIEW)
@require_safe
def people_export(request: CountyRequest, county: int) -> HttpResponseBase:
    """The list as it is filtered; more than 20,000 are refused, not cut off."""
    wanted, asof, wrong, _ = _wanted(request)
    right(wrong)
    rows = selectors.holder_list(request.actor, wanted, asof, limit=EXPORTED + 1)
    if len(rows) > EXPORTED:
        raise Invalid(f"一次最多导出 {EXPORTED:,} 人，请先选地方或岗位再导出。", code="export_too_large")
    ending = "csv" if request.GET.get("format") == "csv" else "xlsx"
    return download(exports.people_file(rows, ending), exports.name_of("网格人员", asof, ending), "people")


def row_context(request: CountyRequest, row: Assignment) -> dict[str, Any]:
    """What each page about one of the staff shows of them."""
    today = selectors.as_of(timezone.now()).today
    state = row.state_on(today)
    return {
        "row": row, "state": state, "state_label": STATES[state], "place": place_words(row.area),
        "phone_masked": phone_mask(row.phone) if row.phone_index else "", "running": state in ("live", "coming"),
        "may_manage": selectors.may_manage(request.actor, row), "may_reveal": selectors.may_reveal(request.actor, row),
        "back": reverse("staffing:person", args=[request.county.id, row.id]),
        "days": (row.valid_to - today).days if row.valid_to and state == "live" else None,
    }  # fmt: skip


@page(VIEW, object=True)
@require_safe
def person(request: CountyRequest, county: int, staff_id: int) -> HttpResponse:
    row = selectors.assignment_get_for(request.actor, staff_id)
    context = {
        **row_context(request, row), "history": [_item(act) for act in selectors.acts_of(row)],
        "here_url": link(county, "here", area=row.area.code), "crumbs": _crumbs(request, row), "now": timezone.now(),
    }  # fmt: skip
    return render(request, "staffing/person.html", context)


def _crumbs(request: CountyRequest, row: Assignment, *rest: Crumb) -> list[Crumb]:
    listed = Crumb("网格人员", reverse("staffing:people", args=[request.county.id]))
    address = reverse("staffing:person", args=[request.county.id, row.id]) if rest else ""
    return crumbs(request, listed, Crumb(f"{row.name}（{row.role_label}）", address), *rest)


def _item(act: Any) -> TimelineItem:
    term = f"任期 {act.valid_from:%Y-%m-%d} 至 " + (f"{act.valid_to:%Y-%m-%d}" if act.valid_to else "另行通知")
    if act.ended_on:
        term = f"{act.ended_on:%Y-%m-%d} 起不再任职"
    return TimelineItem(
        title=act.get_act_display(), at=act.at, who=f"{act.actor_name}　{act.actor_post}".strip(),
        note="\n".join(part for part in (term, act.note) if part), icon=ICONS[act.act],
    )  # fmt: skip


@page(CONTACT, object=True)
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: CountyRequest, county: int, staff_id: int) -> HttpResponseBase:
    """GET asks what for, and says who had it shown before; POST shows the number for a minute."""
    row = selectors.assignment_get_for(request.actor, staff_id, permission=CONTACT)
    form = PhoneForm(sent(request))
    shown, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                key = request.POST.get("idempotency_key") or None
                shown = services.phone_show(
                    actor=request.actor, number=staff_id, key=key, at=timezone.now(), **form.cleaned_data
                )
                status = 200
            except DomainError as error:
                form.take(error)
                status = error.status
    context = {
        **row_context(request, row), "form": form, "shown": shown, "seconds": services.SECONDS,
        "looks": selectors.shown_of(row), "crumbs": _crumbs(request, row, Crumb("看电话")), "now": timezone.now(),
    }  # fmt: skip
    response = render(request, "staffing/phone.html", context, status=status)
    response["Cache-Control"] = "no-store"
    if shown is not None:
        response["Refresh"] = f"{services.SECONDS}; url={context['back']}"
    return response
