"""钉钉工作通知: topapi/message/corpconversation/asyncsend_v2 with the app's access token."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import ImproperlyConfigured

from shanzhi.lib.times import local
from shanzhi.notices.channels import tokens
from shanzhi.notices.channels.base import Message, SendError
from shanzhi.notices.channels.http import call, post_json, safe_code

WHO: Final = "钉钉平台"
REPEATED: Final = 143106  # the same words to the same person on the same day: an earlier attempt did arrive
_TOKEN: Final = frozenset({40001, 40014, 42001})
_FINAL: Final = {
    33012: "这个钉钉账号不在单位的通讯录里，请本人核对后更换。",
    60121: "这个钉钉账号不在单位的通讯录里，请本人核对后更换。",
    40089: "钉钉平台不认应用的 AppKey，请检查设置。",
    143105: "今天给这个人发的钉钉消息到了上限。",
    1430002: "钉钉消息里有平台不让发的词。",
}
_LATER: Final = {
    -1: "钉钉平台忙。",
    90018: "发得太快，钉钉平台要等一等。",
    143103: "发得太快，钉钉平台要等一等。",
    143104: "发得太快，钉钉平台要等一等。",
    1430003: "钉钉平台忙，要等一等。",
}


@dataclass(frozen=True)
class DingTalkSender:
    """The words of a delivery are the same at every attempt, its time among them: 钉钉 itself drops a repetition."""

    key: str
    secret: str = field(repr=False)
    agent: str
    endpoint: str

    def __post_init__(self) -> None:
        if not (self.key and self.secret and self.agent.isdigit()):
            raise ImproperlyConfigured(
                "SHANZHI_DINGTALK=work: set SHANZHI_DINGTALK_KEY, SHANZHI_DINGTALK_SECRET and SHANZHI_DINGTALK_AGENT"
            )

    @property
    def _key(self) -> tuple[str, ...]:
        return ("dingtalk", self.endpoint, self.key)

    def send(self, message: Message) -> str:
        body = {"agent_id": int(self.agent), "userid_list": message.to, "msg": _words(message)}
        answer: dict[str, Any] = {}
        for _ in range(2):
            used = tokens.token(self._key, self._fetch)
            address = f"{self.endpoint}/topapi/message/corpconversation/asyncsend_v2?access_token={used}"
            answer = post_json(address, body, who=WHO)
            if _code(answer) not in _TOKEN:
                break
            tokens.drop(self._key, used)
        code = _code(answer)
        if code in (0, REPEATED):
            return str(answer.get("task_id", ""))[:64]
        if code in _LATER or code in _TOKEN:
            raise SendError(_LATER.get(code, "钉钉平台不认访问凭证，会换新的再发。"), again=True)
        raise SendError(_FINAL.get(code, f"钉钉平台拒绝了（{safe_code(code)}）。"))

    def _fetch(self) -> tuple[str, int]:
        query = urlencode({"appkey": self.key, "appsecret": self.secret})
        _, answer = call("GET", f"{self.endpoint}/gettoken?{query}", who=WHO)
        if _code(answer) != 0 or "access_token" not in answer:
            words = _FINAL.get(_code(answer)) or f"钉钉平台没有给访问凭证（{safe_code(_code(answer))}）。"
            raise SendError(words, again=True)
        return str(answer["access_token"]), int(answer.get("expires_in", 7200))


def _code(answer: Mapping[str, Any]) -> int:
    """`sub_code` is the plainer one where both are there."""
    for name in ("sub_code", "errcode"):
        value = str(answer.get(name, "")).lstrip("-")
        if value.isdigit():
            return int(answer[name])
    return -1


def _words(message: Message) -> dict[str, Any]:
    when = f"{local(message.at):%m月%d日 %H:%M}"
    text = message.text or message.title
    if not message.url:
        return {"msgtype": "text", "text": {"content": f"{text}（{message.place}，{when}）"}}
    return {
        "msgtype": "action_card",
        "action_card": {
            "title": message.title or text,
            "markdown": f"{text}\n\n{message.place}　{when}",
            "single_title": "打开看看",
            "single_url": message.url,
        },
    }
