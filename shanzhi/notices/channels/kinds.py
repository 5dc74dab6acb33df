"""The channels that there are: what an address looks like on each, and how much of it others may see."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from shanzhi.lib.errors import Invalid

_MOBILE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)
_OPENID: Final = re.compile(r"[A-Za-z0-9_-]{20,40}")
_USERID: Final = re.compile(r"[A-Za-z0-9_.@$-]{1,64}")


@dataclass(frozen=True)
class Kind:
    """`clean` brings an address into its one form or raises Invalid; `mask` is what a list shows of it."""

    code: str
    label: str
    address: str
    hint: str
    icon: str
    input_type: str
    clean: Callable[[str], str]
    mask: Callable[[str], str]


def _refuse(words: str) -> Invalid:
    return Invalid(words, code="address_invalid", fields={"value": [words]})


def _mobile(value: str) -> str:
    plain = re.sub(r"[\s-]", "", value)
    plain = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", plain)
    if not _MOBILE.fullmatch(plain):
        raise _refuse("手机号应为 11 位数字，以 1 开头，请核对后重填。")
    return plain


def _mobile_mask(value: str) -> str:
    return f"{value[:3]}****{value[-4:]}"


def _email(value: str) -> str:
    name, at, host = value.strip().rpartition("@")
    plain = f"{name}{at}{host.lower()}"
    try:
        validate_email(plain)
    except ValidationError:
        raise _refuse("邮箱要像 name@example.cn 这样，请核对后重填。") from None
    if len(plain) > 100 or not plain.isascii():
        raise _refuse("邮箱最多 100 个英文字符，请换一个。")
    return plain


def _email_mask(value: str) -> str:
    name, _, host = value.rpartition("@")
    return f"{name[:1]}***@{host}"


def _openid(value: str) -> str:
    plain = value.strip()
    if not _OPENID.fullmatch(plain):
        raise _refuse("微信编号（OpenID）是 28 位左右的字母和数字，请向公众号管理员核对后重填。")
    return plain


def _userid(value: str) -> str:
    plain = value.strip()
    if not _USERID.fullmatch(plain):
        raise _refuse("钉钉账号只有字母、数字和少数符号，请向单位的钉钉管理员核对后重填。")
    return plain


def _ends_mask(value: str) -> str:
    return f"{value[:2]}****{value[-2:]}" if len(value) > 6 else f"{value[:1]}****"


KINDS: Final[dict[str, Kind]] = {
    kind.code: kind
    for kind in (
        Kind("sms", "短信", "手机号", "11 位手机号。", "message", "tel", _mobile, _mobile_mask),
        Kind("wechat", "微信", "微信编号", "县公众号里你的 OpenID，可向公众号管理员要。", "message-circle", "text",
             _openid, _ends_mask),
        Kind("dingtalk", "钉钉", "钉钉账号", "单位钉钉通讯录里你的 userid，可向钉钉管理员要。", "message-plus", "text",
             _userid, _ends_mask),
        Kind("email", "邮件", "邮箱", "例如 name@example.cn。", "send", "email", _email, _email_mask),
    )
}  # fmt: skip


def channel_label(code: str) -> str:
    return KINDS[code].label if code in KINDS else "其他"
