"""微信网页授权 (snsapi_base): somebody without an account lets the county's 公众号 know their OpenID, and nothing else.

There: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
"""

from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings

from shanzhi.lib.errors import Invalid
from shanzhi.notices.channels.base import SendError
from shanzhi.notices.channels.http import call, safe_code
from shanzhi.notices.channels.kinds import KINDS
from shanzhi.notices.channels.wechat import WHO

_OLD: Final = frozenset({40029, 40163, 41008, 42003})  # a code that is wrong, was used, is missing, has ended


def _given() -> dict[str, Any]:
    found: dict[str, Any] = settings.MESSAGES["wechat"]
    return found


def offered() -> bool:
    """Whether this installation has an official account that a person can be told through."""
    return bool(_given()["by"] == "official")


def consent_url(back: str, state: str) -> str:
    """Where the person says yes, in 微信 only; `state` (letters and digits, at most 128) comes back with the answer."""
    query = {
        "appid": _given()["appid"], "redirect_uri": back, "response_type": "code", "scope": "snsapi_base",
        "state": state,
    }  # fmt: skip
    return f"{_given()['login'].rstrip('/')}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"


def openid_of(code: str) -> str:
    """The OpenID for a code that came back. Invalid if the code is no good (any more), SendError if nobody answers."""
    given = _given()
    query = {"appid": given["appid"], "secret": given["secret"], "code": code, "grant_type": "authorization_code"}
    _, answer = call("GET", f"{given['endpoint'].rstrip('/')}/sns/oauth2/access_token?{urlencode(query)}", who=WHO)
    error = answer.get("errcode", 0)
    if error in _OLD:
        raise Invalid("微信的这次授权已经用过或过期了，请再点一次。", code="wechat_code")
    if error or "openid" not in answer:
        raise SendError(f"微信平台没有给编号（{safe_code(error)}）。")
    return KINDS["wechat"].clean(str(answer["openid"]))
