"""微信公众号: template messages (cgi-bin/message/template/send) with a stable access token."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

from shanzhi.lib.times import local
from shanzhi.notices.channels import tokens
from shanzhi.notices.channels.base import Message, SendError
from shanzhi.notices.channels.http import post_json, safe_code

WHO: Final = "微信平台"
THING: Final = 20  # characters that a field of the kind thing may have
_TOKEN: Final = frozenset({40001, 40014, 42001})
_FINAL: Final = {
    40003: "这个微信编号不对，请本人核对后更换。",
    40013: "微信平台不认公众号的 AppID，请检查设置。",
    40037: "微信消息模板的编号不对，请检查设置。",
    40125: "微信平台不认公众号的密钥，请检查设置。",
    40164: "服务器的地址不在公众号的 IP 白名单里，请在公众平台添加。",
    41028: "微信消息模板的编号不对，请检查设置。",
    43004: "本人没有关注公众号，请关注后再试。",
    43101: "本人在微信里拒收了这类消息。",
    47003: "微信消息模板的字段和设置对不上，请检查设置。",
    48001: "公众号没有发模板消息的权限，请在公众平台开通。",
}
_LATER: Final = {-1: "微信平台忙。", 45009: "今天的微信消息数量到了上限。", 45011: "发得太快，微信平台要等一等。"}


@dataclass(frozen=True)
class WeChatSender:
    """`templates`: ours (`notice`, `code`) → template ids. `fields`: our parameters → the templates' field names.

    `client_msg_id` is the delivery's id: within ten minutes the provider sends it once.
    """

    appid: str
    secret: str = field(repr=False)
    templates: Mapping[str, str]
    fields: Mapping[str, str]
    endpoint: str

    def __post_init__(self) -> None:
        if not (self.appid and self.secret and self.templates and self.fields):
            raise ImproperlyConfigured(
                "SHANZHI_WECHAT=official: set SHANZHI_WECHAT_APPID, SHANZHI_WECHAT_SECRET, SHANZHI_WECHAT_TEMPLATES"
                " and SHANZHI_WECHAT_FIELDS"
            )

    @property
    def _key(self) -> tuple[str, ...]:
        return ("wechat", self.endpoint, self.appid)

    def send(self, message: Message) -> str:
        template = self.templates.get(message.template)
        if template is None:
            raise SendError("这类微信消息还没有配置模板，请在设置里补上。")
        body = {
            "touser": message.to,
            "template_id": template,
            "url": message.url,
            "client_msg_id": str(message.id),
            "data": self._data(message),
        }
        answer = self._sent(body)
        code = _number(answer.get("errcode", 0))
        if code == 0:
            return str(answer.get("msgid", ""))[:64]
        if code in _LATER or code in _TOKEN:
            raise SendError(_LATER.get(code, "微信平台不认访问凭证，会换新的再发。"), again=True)
        raise SendError(_FINAL.get(code, f"微信平台拒绝了（{safe_code(code)}）。"))

    def _sent(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A token that was ended from elsewhere is replaced once."""
        answer: dict[str, Any] = {}
        for _ in range(2):
            used = tokens.token(self._key, self._fetch)
            address = f"{self.endpoint}/cgi-bin/message/template/send?access_token={used}"
            answer = post_json(address, body, who=WHO)
            if _number(answer.get("errcode", 0)) not in _TOKEN:
                break
            tokens.drop(self._key, used)
        return answer

    def _data(self, message: Message) -> dict[str, dict[str, str]]:
        values = {**message.params, "place": message.place, "time": f"{local(message.at):%Y年%m月%d日 %H:%M}"}
        return {
            name: {"value": values[ours][:THING] if name.startswith("thing") else values[ours]}
            for ours, name in self.fields.items()
            if ours in values
        }

    def _fetch(self) -> tuple[str, int]:
        body = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        answer = post_json(f"{self.endpoint}/cgi-bin/stable_token", body, who=WHO)
        if "access_token" not in answer:
            code = _number(answer.get("errcode", 0))
            words = _FINAL.get(code) or _LATER.get(code) or f"微信平台没有给访问凭证（{safe_code(code)}）。"
            raise SendError(words, again=True)
        return str(answer["access_token"]), _number(answer.get("expires_in", 7200))


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return -1
