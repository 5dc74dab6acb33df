"""Which channels this installation has, by its settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shanzhi.notices.channels.base import Sender
from shanzhi.notices.channels.dingtalk import DingTalkSender
from shanzhi.notices.channels.email import SmtpSender
from shanzhi.notices.channels.file import FileSender
from shanzhi.notices.channels.kinds import KINDS
from shanzhi.notices.channels.sms import AliyunSender
from shanzhi.notices.channels.wechat import WeChatSender

OFF: Final = "off"


def _pairs(name: str, words: list[str]) -> dict[str, str]:
    pairs = [word.partition("=")[::2] for word in words]
    if not all(left and right for left, right in pairs):
        raise ImproperlyConfigured(f"{name}: write name=value,name=value")
    return {left.strip(): right.strip() for left, right in pairs}


def _aliyun(given: dict[str, Any]) -> Sender:
    return AliyunSender(
        key=given["key"],
        secret=given["secret"],
        sign=given["sign"],
        templates=_pairs("SHANZHI_SMS_TEMPLATES", given["templates"]),
        endpoint=given["endpoint"],
    )


def _official(given: dict[str, Any]) -> Sender:
    return WeChatSender(
        appid=given["appid"],
        secret=given["secret"],
        templates=_pairs("SHANZHI_WECHAT_TEMPLATES", given["templates"]),
        fields=_pairs("SHANZHI_WECHAT_FIELDS", given["fields"]),
        endpoint=given["endpoint"].rstrip("/"),
    )


def _work(given: dict[str, Any]) -> Sender:
    return DingTalkSender(
        key=given["key"], secret=given["secret"], agent=given["agent"], endpoint=given["endpoint"].rstrip("/")
    )


def _smtp(given: dict[str, Any]) -> Sender:
    return SmtpSender(server=given["server"], sender=given["from"])


_PROVIDERS: Final[dict[tuple[str, str], Callable[[dict[str, Any]], Sender]]] = {
    ("sms", "aliyun"): _aliyun,
    ("wechat", "official"): _official,
    ("dingtalk", "work"): _work,
    ("email", "smtp"): _smtp,
}


def open_channels() -> tuple[str, ...]:
    """Codes of the channels that are switched on, in the order in which pages list them."""
    return tuple(code for code in KINDS if settings.MESSAGES[code]["by"] != OFF)


def sender(channel: str) -> Sender:
    """The provider of an open channel; ImproperlyConfigured names the variables that are missing."""
    given = settings.MESSAGES[channel]
    if given["by"] == "file":
        return FileSender(channel, Path(settings.MESSAGES["folder"]))
    return _PROVIDERS[channel, given["by"]](given)


def check_settings() -> None:
    """Stops the start if an open channel lacks something."""
    for channel in open_channels():
        sender(channel)
