"""线索专办员: who is on the desk, named and ended by the security administrator, who sees no clue."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.forms import FormPage, form_page, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.clues import services
from shanzhi.clues.forms import AppointForm, EndForm
from shanzhi.clues.permissions import APPOINT
from shanzhi.clues.selectors import OFFICERS, officer_get_for, officers_for
from shanzhi.tenancy.keyset import page_of
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@page(APPOINT)
@require_safe
def officer_list(request: CountyRequest, county: int) -> HttpResponseBase:
    """Those on the desk now, or those who were."""
    ended = request.GET.get("state") == "ended"
    found = page_of(officers_for(request.actor, ended=ended), OFFICERS, cursor=cursor_in(request.GET))
    context: dict[str, Any] = {"rows": found.rows, "ended": ended, **page_urls(found, request.GET)}
    return render(request, "clues/officers.html", context)


@page(APPOINT)
@BOTH
def officer_new(request: CountyRequest, county: int) -> HttpResponseBase:
    """By login."""
    back = reverse("clues:officers", args=[county])
    words = FormPage(
        "任命线索专办员", "任命", "正在保存…", back, [Crumb("线索专办员", back), Crumb("任命")],
        ("从任命起，他能看新收到、没有排除他的线索；以前的要由牵头人分派。", "专办员的姓名会列在提供线索的页面上。", "任命和结束都留痕。"),
    )  # fmt: skip

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        row = services.officer_appoint(
            actor=request.actor, login=data["login"], lead=data["lead"], key=key or None, at=timezone.now()
        )
        return f"已任命{row.user.name}为线索专办员。", back

    return form_page(request, words, AppointForm(sent(request)), call)


@page(APPOINT, object=True)
@BOTH
def officer_end(request: CountyRequest, county: int, officer_id: int) -> HttpResponseBase:
    """At once."""
    row = officer_get_for(request.actor, officer_id)
    back = reverse("clues:officers", args=[county])
    words = FormPage(
        f"结束线索专办员：{row.user.name}", "结束", "正在保存…", back, [Crumb("线索专办员", back), Crumb("结束")],
        ("马上生效，他再也打不开任何线索。", "分派给他的线索由牵头人重新分派。"), harms=True,
    )  # fmt: skip

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.officer_end(
            actor=request.actor, officer_id=officer_id, version=data["version"], reason=data["reason"],
            at=timezone.now(),
        )  # fmt: skip
        return f"{row.user.name}不再是线索专办员。", back

    def fresh() -> tuple[dict[str, Any], dict[str, Any]]:
        return {"version": officer_get_for(request.actor, officer_id).version}, {}

    form = EndForm(sent(request), initial={"version": row.version})
    return form_page(request, words, form, call, fresh=fresh)
