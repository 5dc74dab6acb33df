"""Who is looked after: the groups of a place, one group, coming into it and leaving it."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.forms import form_page, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.people import services
from shanzhi.people.forms.rights import CareEndForm, CareForm
from shanzhi.people.groups import group_scope, groups_for
from shanzhi.people.permissions import CARE
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.selectors.care import STATES, group_counts, group_get_for, member_page, membership_get_for
from shanzhi.people.views.shared import crumbs, link, place_context, resident_crumb, tabs, where_words, words
from shanzhi.people.whereabouts import anchor
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@page(CARE)
@require_safe
def care(request: CountyRequest, county: int) -> HttpResponse:
    """How many of each group there are at a place, and how many visits are late."""
    context = place_context(request, CARE)
    code = context["area"].code
    rows = group_counts(request.actor, context["area"], timezone.localdate())
    context |= {
        "rows": [(one, link(county, "group", one.group.code, area=code)) for one in rows],
        "tabs": tabs(request, "care"), "crumbs": crumbs(request, Crumb("关爱对象")),
    }  # fmt: skip
    return render(request, "people/care.html", context)


@page(CARE)
@require_safe
def group_show(request: CountyRequest, county: int, group: str) -> HttpResponse:
    known = group_get_for(request.actor, group)
    query, today, context = request.GET, timezone.localdate(), place_context(request, CARE)
    state = query.get("state", "open")
    found = member_page(request.actor, known, context["area"], state=state, today=today, cursor=cursor_in(query))
    context |= {
        "group": known, "page": found,
        "rows": [
            (one, where_words(one.row.resident)[0], one.due_words(today), one.is_late(today)) for one in found.rows
        ],
        "bar": filter_bar(query, [Choice("state", "状态", list(STATES.items()))]),
        "crumbs": crumbs(request, Crumb("关爱对象", link(county, "care")), Crumb(known.label)),
        **page_urls(found, query),
    }  # fmt: skip
    return render(request, "people/group.html", context)


@page(CARE, object=True)
@BOTH
def care_begin(request: CountyRequest, county: int, resident_id: int) -> HttpResponseBase:
    row = resident_get_for(request.actor, resident_id, permission=CARE)
    back, path = link(county, "resident", row.id), anchor(row)
    may = [one for one in groups_for(request.actor).values() if group_scope(request.actor, one).covers(path)]
    form = CareForm(
        sent(request), groups=[(one.code, one.label) for one in may], initial={"since": timezone.localdate()}
    )  # fmt: skip

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.membership_begin(
            actor=request.actor, resident=row.id, group=data.get("group", ""), since=data["since"],
            reason=data["reason"], key=key,
        )  # fmt: skip
        return "已登记为关爱对象。", back

    page_words = words(
        f"{row.name}：登记关爱对象", "登记", back, resident_crumb(request, row, Crumb("登记关爱对象")),
        "只登记办事需要的；涉及健康、未成年人的，要本人或监护人单独同意。", "只有这个类别规定的岗位能看到，结束后到期自动删除。",
    )  # fmt: skip
    return form_page(request, page_words, form, call)


@page(CARE, object=True)
@BOTH
def care_end(request: CountyRequest, county: int, membership_id: int) -> HttpResponseBase:
    seen = membership_get_for(request.actor, membership_id)
    person = seen.row.resident
    back = link(county, "resident", person.id)
    form = CareEndForm(sent(request), initial={"until": timezone.localdate(), "version": seen.row.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.membership_end(
            actor=request.actor, number=membership_id, version=data["version"], until=data["until"],
            reason=data["reason"], key=key,
        )  # fmt: skip
        return f"已结束“{seen.group.label}”登记。", back

    page_words = words(
        f"{person.name}：结束“{seen.group.label}”", "结束登记", back, resident_crumb(request, person, Crumb("结束关爱登记")),
        f"结束后保留 {seen.group.body.retention_days} 天，到期自动删除。", harms=True,
    )  # fmt: skip
    return form_page(request, page_words, form, call)
