"""Acts on one account that ask once more before they are done: reset, unlock, sign out, disable, enable, TOTP off."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shanzhi.access.forms import form_view, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.accounts import selectors, services
from shanzhi.accounts.forms import ReasonForm, VersionForm
from shanzhi.accounts.fresh import unconfirmed
from shanzhi.accounts.permissions import MANAGE
from shanzhi.accounts.views.users import crumbs, secret_page, user_crumb
from shanzhi.ui.parts import Crumb


@dataclass(frozen=True)
class Act:
    """The words of an act, and the service that does it."""

    title: str
    button: str
    consequences: tuple[str, ...]
    done: str
    service: Callable[..., services.Done]
    versioned: bool = False
    reason: bool = False
    harms: bool = True
    secret: str = ""


ACTS: Final[dict[str, Act]] = {
    "password-resets": Act(
        "重置密码",
        "重置密码",
        ("现在的密码和令牌马上作废，登录的设备全部退出。", "会给出一个新的初始密码，只显示一次，登录后须先改掉。"),
        "密码已重置。",
        services.password_reset,
        versioned=True,
        secret="新的初始密码",  # noqa: S106 -- what the secret is called
    ),
    "unlocks": Act(
        "解除锁定", "解除锁定", ("解除后可以马上登录，密码不变。",), "锁定已解除。", services.user_unlock, harms=False
    ),
    "signouts": Act(
        "退出全部设备",
        "退出全部设备",
        ("这个人在所有设备上要重新登录。",),
        "登录的设备已全部退出。",
        services.sessions_end,
    ),
    "disablements": Act(
        "停用账号",
        "停用账号",
        ("马上退出全部设备，不能再登录，令牌不能再用。", "岗位保留；以后可以恢复账号。"),
        "账号已停用。",
        services.user_disable,
        versioned=True,
        reason=True,
    ),
    "enablements": Act(
        "恢复账号",
        "恢复账号",
        ("恢复后可以用原来的密码登录，岗位照旧。",),
        "账号已恢复。",
        services.user_enable,
        versioned=True,
        harms=False,
    ),
    "totp-removals": Act(
        "关闭动态口令",
        "关闭动态口令",
        (
            "用于手机丢失或更换。关闭后登录只要密码，备用口令一起作废。",
            "登录的设备全部退出。三类管理员下次登录须重新开启。",
        ),
        "动态口令已关闭。",
        services.totp_remove,
        reason=True,
    ),
}


@page(MANAGE, object=True)
@never_cache
@require_http_methods(["GET", "POST"])
def user_act(request: CountyRequest, county: int, user_id: int, act: str) -> HttpResponseBase:
    if act not in ACTS:
        raise Http404
    words = ACTS[act]
    user = selectors.user_get_for(request.actor, user_id, permission=MANAGE)
    stop = unconfirmed(request)
    if stop is not None:
        return stop
    form_class = ReasonForm if words.reason else VersionForm
    back = reverse("accounts:user", args=[county, user_id])

    def call(data: dict[str, Any], key: str) -> tuple[str, str] | HttpResponse:
        taken = {
            name: data[name] for name, wanted in (("version", words.versioned), ("reason", words.reason)) if wanted
        }
        done = words.service(actor=request.actor, user_id=user_id, key=key, **taken)
        if words.secret:
            return secret_page(request, done, title="密码已重置", what=words.secret)
        return words.done, back

    context: dict[str, Any] = {"person": user, "act": words, "back": back}
    context["crumbs"] = crumbs(request, user_crumb(request, user), Crumb(words.title))
    form = form_class(sent(request), initial={"version": user.version})
    return form_view(request, form, call, template="accounts/user_act.html", context=context)
