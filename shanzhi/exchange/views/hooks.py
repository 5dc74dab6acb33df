"""Addresses that are told of changes: the list, one of them, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanzhi.access.forms import FormPage, form_page, form_view, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.accounts.fresh import unconfirmed
from shanzhi.exchange import selectors, services
from shanzhi.exchange.forms import HookForm, VersionForm
from shanzhi.exchange.models import Hook
from shanzhi.exchange.permissions import HOOKS
from shanzhi.ui.parts import Crumb

BOTH: Final = require_http_methods(["GET", "POST"])
LATEST: Final = 10


def crumbs(request: CountyRequest, *rest: Crumb) -> list[Crumb]:
    county = request.county
    return [
        Crumb(county.name, reverse("portal:start", args=[county.id])),
        Crumb("状态推送", reverse("exchange:hooks", args=[county.id]) if rest else ""),
        *rest,
    ]


def _address(request: CountyRequest, hook: Hook) -> str:
    return reverse("exchange:hook", args=[request.county.id, hook.id])


def _secret_page(request: CountyRequest, made: services.Made, title: str) -> HttpResponse:
    """Shown in the answer to the POST itself; sent again, it says that it was shown already."""
    context = {"made": made, "title": title, "back": _address(request, made.hook)}
    context["crumbs"] = crumbs(request, Crumb(title))
    return render(request, "exchange/secret.html", context)


@page(HOOKS)
@require_safe
def hook_list(request: CountyRequest, county: int) -> HttpResponse:
    context = {"hooks": selectors.hooks_for(request.actor), "crumbs": crumbs(request)}
    context["open311"] = request.build_absolute_uri("/open311/v2/")
    return render(request, "exchange/hooks.html", context)


@page(HOOKS)
@never_cache
@BOTH
def hook_create(request: CountyRequest, county: int) -> HttpResponseBase:
    stop = unconfirmed(request)
    if stop is not None:
        return stop

    def call(data: dict[str, Any], key: str) -> HttpResponse:
        made = services.hook_add(actor=request.actor, name=data["name"], url=data["url"], key=key)
        return _secret_page(request, made, "推送地址已添加")

    lines = (
        "公开类别的事件状态有变动时，平台把编号、类别、状态和办理说明推送给对方，没有姓名、电话、内容和照片。",
        "添加后给出一个密钥，只显示一次，请交给对方核对签名用。",
    )
    back = reverse("exchange:hooks", args=[county])
    words = FormPage("添加推送地址", "添加", "正在添加…", back, crumbs(request, Crumb("添加推送地址")), lines)
    return form_page(request, words, HookForm(sent(request)), call)


@page(HOOKS, object=True)
@require_safe
def hook_detail(request: CountyRequest, county: int, hook_id: int) -> HttpResponse:
    hook = selectors.hook_get_for(request.actor, hook_id)
    latest = selectors.delivery_page_for(request.actor, selectors.LogFilter(hook=str(hook.id)), size=LATEST)
    context = {"hook": hook, "rows": latest.rows, "crumbs": crumbs(request, Crumb(hook.name))}
    return render(request, "exchange/hook.html", context)


@page(HOOKS, object=True)
@BOTH
def hook_change(request: CountyRequest, county: int, hook_id: int) -> HttpResponseBase:
    hook = selectors.hook_get_for(request.actor, hook_id)
    stop = unconfirmed(request)
    if stop is not None:
        return stop
    back = _address(request, hook)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.hook_edit(actor=request.actor, hook_id=hook_id, key=key, **data)
        return "推送地址已修改。", back

    initial = {"name": hook.name, "url": hook.url, "version": hook.version}
    trail = crumbs(request, Crumb(hook.name, back), Crumb("修改"))
    words = FormPage("修改推送地址", "保存", "正在保存…", back, trail, ("还没有送到的，也送到新的地址。密钥不变。",))
    return form_page(request, words, HookForm(sent(request), initial=initial), call)


@dataclass(frozen=True)
class Act:
    """An act that asks first: its words, and the service that does it."""

    title: str
    lines: tuple[str, ...]
    done: str
    service: Callable[..., Any]
    harms: bool = False
    secret: bool = False


ACTS: Final[dict[str, Act]] = {
    "pauses": Act(
        "暂停推送", ("暂停后不再推送，这期间的变动先存着，恢复后按顺序补发，存 30 天。",), "已暂停推送。",
        services.hook_pause,
    ),
    "resumptions": Act(
        "恢复推送", ("恢复后马上推送，暂停期间的变动按顺序补发。",), "已恢复推送，存着的正在补发。",
        services.hook_resume,
    ),
    "secrets": Act(
        "更换密钥", ("原来的密钥马上作废，对方换上新密钥以前，签名核对不上。", "新密钥只显示一次。"), "",
        services.hook_renew, harms=True, secret=True,
    ),
    "removals": Act(
        "删除推送地址", ("删除后不再推送，没有送到的也不再发，不能恢复。", "推送记录还在，保留半年。"),
        "推送地址已删除。", services.hook_remove, harms=True,
    ),
}  # fmt: skip


@page(HOOKS, object=True)
@never_cache
@BOTH
def hook_act(request: CountyRequest, county: int, hook_id: int, hook_act: str) -> HttpResponseBase:
    act = ACTS.get(hook_act)
    if act is None:
        raise Http404
    hook = selectors.hook_get_for(request.actor, hook_id)
    stop = unconfirmed(request) if act.harms else None
    if stop is not None:
        return stop
    back = _address(request, hook)

    def call(data: dict[str, Any], key: str) -> tuple[str, str] | HttpResponse:
        done = act.service(actor=request.actor, hook_id=hook_id, version=data["version"], key=key)
        if act.secret:
            return _secret_page(request, done, "密钥已更换")
        return act.done, reverse("exchange:hooks", args=[county]) if hook_act == "removals" else back

    trail = crumbs(request, Crumb(hook.name, back), Crumb(act.title))
    words = FormPage(f"{act.title}：{hook.name}", act.title, "正在办…", back, trail, act.lines, harms=act.harms)
    form = VersionForm(sent(request), initial={"version": hook.version})
    return form_view(request, form, call, template="ui/form.html", context={"words": words, "crumbs": trail})


@page(HOOKS, object=True)
@require_POST
def hook_test_create(request: CountyRequest, county: int, hook_id: int) -> HttpResponseBase:
    hook = selectors.hook_get_for(request.actor, hook_id)
    services.hook_test(actor=request.actor, hook_id=hook_id, key=request.POST.get("idempotency_key", ""))
    messages.success(request, "测试已排队，几秒后刷新本页看对方收到没有。")
    return HttpResponseRedirect(_address(request, hook))
