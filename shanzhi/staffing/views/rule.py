"""How many there must be: what counts today, every change of it, and changing it."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.forms import FormPage, form_page, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.staffing import selectors, services
from shanzhi.staffing.catalogue import DEFAULT, LEVELS, ROLES, rulable
from shanzhi.staffing.forms import RuleForm
from shanzhi.staffing.permissions import RULE, VIEW
from shanzhi.staffing.views.shared import crumbs
from shanzhi.ui.parts import Crumb, TimelineItem

CHANGES = 100


@page(VIEW)
@require_safe
def rule_show(request: CountyRequest, county: int) -> HttpResponse:
    day = selectors.as_of(timezone.now()).today
    rule = selectors.rule_on(day)
    entries = list(selectors.rule_entries())
    own = {(entry.area_id, entry.role): entry.area for entry in entries if entry.area_id}
    context = {
        "rows": [(LEVELS[level], role.label, rule.general.get((level, role.code), 0), (level, role.code) in DEFAULT)
                 for level, role in rulable() if rule.general.get((level, role.code), 0)],
        "places": [(place_words(own[area_id, role]), own[area_id, role].code, ROLES[role].label, least)
                   for (area_id, role), least in rule.own.items() if (area_id, role) in own],
        "history": [_item(entry) for entry in entries[:CHANGES]], "may_rule": request.actor.can(RULE),
        "crumbs": crumbs(request, Crumb("配备标准")),
    }  # fmt: skip
    return render(request, "staffing/rule.html", context)


def _item(entry: Any) -> TimelineItem:
    where = f"{place_words(entry.area)}（单独）" if entry.area is not None else f"每个{LEVELS[entry.level]}"
    what = "取消这条规定" if entry.least is None else f"至少 {entry.least} 人"
    return TimelineItem(
        title=f"{where}{ROLES[entry.role].label}：{what}", at=entry.at,
        who=f"{entry.actor_name}　{entry.actor_post}".strip(), note=entry.reason, icon="edit",
    )  # fmt: skip


@page(RULE)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_change(request: CountyRequest, county: int) -> HttpResponseBase:
    back = reverse("staffing:rule", args=[county])
    initial = {
        "what": request.GET.get("what", ""),
        "place": request.GET.get("place", ""),
        "seen": services.rule_count(),
    }
    form = RuleForm(sent(request), initial=initial)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        level, role = form.split()
        services.rule_set(
            actor=request.actor, role=role, level=level, place=data["place"].strip(), least=data["least"],
            reason=data["reason"], seen=data["seen"] or 0, key=key, at=timezone.now(),
        )  # fmt: skip
        return "配备标准已修改，从今天起算。", back

    lines = (
        "从今天起按新的标准算缺岗，过去的日子还按当时的标准。",
        "改全县的标准要县指挥中心；乡镇的指挥中心可以给辖区里的某个地方单独定。",
    )
    words = FormPage(
        "修改配备标准", "保存标准", "正在保存…", back, crumbs(request, Crumb("配备标准", back), Crumb("修改")), lines
    )
    return form_page(request, words, form, call, fresh=lambda: ({"seen": services.rule_count()}, {}))
