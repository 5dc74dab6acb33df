"""Being told by 微信 without an account: the holder of a receipt lets the county's 公众号 know them.

The answer of 微信 comes by an address. It is taken only in the browser that asked, for the receipt that it held then: a
signed mark keeps both for ten minutes, so that nobody can tie another's matter to their own 微信, or the other way.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.cases.models import Receipt
from shanzhi.cases.residents.holding import Holder
from shanzhi.cases.taking.following import JOINED, REPORTER
from shanzhi.lib.errors import Invalid
from shanzhi.trail.services import record

COOKIE: Final = "__Secure-wechat" if settings.HTTPS else "wechat"
SALT: Final = "shanzhi.cases.wechat"
LASTS: Final = timedelta(minutes=10)
IN_WECHAT: Final = "MicroMessenger"  # of its browser's User-Agent
AGAIN: Final = "微信的这次授权对不上，可能隔得太久了，请再点一次。"


def inside(request: HttpRequest) -> bool:
    """Whether the page is open in 微信, where alone it can be asked."""
    return IN_WECHAT in request.headers.get("User-Agent", "")


def begin(response: HttpResponseBase, holder: Holder, state: str) -> None:
    """The browser asks for this receipt, under this word."""
    mark = signing.dumps({"s": state, "r": holder.receipt.id}, salt=SALT)
    response.set_cookie(
        COOKIE, mark, max_age=int(LASTS.total_seconds()), path=_path(holder.case.county_id), httponly=True,
        samesite="Lax", secure=settings.HTTPS,
    )  # fmt: skip


def end(response: HttpResponseBase, county_id: int) -> None:
    response.delete_cookie(COOKIE, path=_path(county_id), samesite="Lax")


def _path(county_id: int) -> str:
    return reverse("cases:follow", args=[county_id])


def check(request: HttpRequest, holder: Holder) -> None:
    """Invalid unless this browser asked with this word, for the receipt that it holds."""
    try:
        asked = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        asked = {}
    word, said = str(asked.get("s", "")), request.GET.get("state", "")
    same = word and secrets.compare_digest(word.encode(), said.encode(errors="replace"))
    if not same or asked["r"] != holder.receipt.id:
        raise Invalid(AGAIN, code="wechat_state")


def wechat_set(holder: Holder, openid: str, at: datetime) -> None:
    """From now on the holder is told there, or with an empty OpenID no longer. The trail says that, and not where."""
    receipt = holder.receipt
    with atomic():
        now = Receipt.objects.select_for_update().get(id=receipt.id)
        if now.wechat == openid:
            return
        now.wechat = openid
        now.save(update_fields=["wechat"])
        code = "cases.receipt.wechat_set" if openid else "cases.receipt.wechat_ended"
        who = REPORTER if holder.is_reporter else JOINED
        record(actor=Actor.public(now.county_id, granted=(), name=who), code=code, obj=now, at=at)
    receipt.wechat = openid
