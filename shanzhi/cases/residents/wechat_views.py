"""Pages that lead to 微信 and back: asking, what it answered, and no longer."""

import secrets

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from shanzhi.access.pages import CountyRequest, not_found, page
from shanzhi.access.permissions import PUBLIC
from shanzhi.cases.residents.by_wechat import begin, check, end, wechat_set
from shanzhi.cases.residents.gate import Gate
from shanzhi.cases.residents.holding import Holder, holder_of
from shanzhi.lib.errors import Invalid
from shanzhi.notices.channels.base import SendError
from shanzhi.notices.channels.openid import consent_url, offered, openid_of

REFUSED = "您没有同意，不会用微信通知您。"
TOLD = "以后有进展，会在微信里告诉您。"


def _holder(request: CountyRequest) -> Holder | None:
    """Whoever holds a receipt here; absent where there is no official account at all."""
    if not offered():
        raise not_found()
    return holder_of(request, request.county.id)


def _back(request: CountyRequest, said: str = "", *, good: bool = False) -> HttpResponseRedirect:
    if said:
        (messages.success if good else messages.warning)(request, said)
    response = HttpResponseRedirect(reverse("cases:follow", args=[request.county.id]))
    response.status_code = 303
    return response


def _address(request: HttpRequest, county: int) -> str:
    path = reverse("cases:public-wechat-back", args=[county])
    site = settings.MESSAGES["site"]
    return f"{site}{path}" if site else request.build_absolute_uri(path)


@page(PUBLIC)
@require_safe
def ask(request: CountyRequest, county: int) -> HttpResponseBase:
    """On to 微信. A link and no form, because forms may lead to this host only."""
    gate, holder = Gate(request), _holder(request)
    if holder is None:
        return gate.seal(_back(request, "请先输入回执上的查询码。"))
    state = secrets.token_hex(16)
    response = HttpResponseRedirect(consent_url(_address(request, county), state))
    begin(response, holder, state)
    return gate.seal(response)


@page(PUBLIC)
@require_safe
def answered(request: CountyRequest, county: int) -> HttpResponseBase:
    """Back from 微信 with a code, or without one."""
    gate, holder = Gate(request), _holder(request)
    if holder is None:
        return gate.seal(_back(request, "请先输入回执上的查询码，再点一次“用微信通知我”。"))
    code = request.GET.get("code", "")[:128]
    try:
        check(request, holder)
        if not code:
            raise Invalid(REFUSED)
        wechat_set(holder, openid_of(code), timezone.now())
    except Invalid as error:
        response = _back(request, error.message)
    except SendError as error:
        response = _back(request, f"{error.sentence}请过一会儿再点一次。")
    else:
        response = _back(request, TOLD, good=True)
    end(response, county)
    return gate.seal(response)


@page(PUBLIC)
@require_POST
def stop(request: CountyRequest, county: int) -> HttpResponseBase:
    """Told no longer; what was known of them is gone."""
    gate, holder = Gate(request), _holder(request)
    if holder is None:
        return gate.seal(_back(request, "请先输入回执上的查询码。"))
    wechat_set(holder, "", timezone.now())
    return gate.seal(_back(request, "不再用微信通知您。", good=True))
