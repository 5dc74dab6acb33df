"""One JSON request to a provider: no redirects, no proxies, a small answer, ten seconds."""

import http.client
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from shanzhi.notices.channels.base import SendError

TIMEOUT: Final = 10
LARGEST: Final = 65_536
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")


def call(
    method: str, url: str, *, who: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> tuple[int, dict[str, Any]]:
    """Status and JSON object of the answer. SendError (`again`) if there is none, or it is no JSON object.

    `who` is how a sentence calls the provider. A redirect is not followed: the request carries secrets.
    """
    parts = urlsplit(url)
    plain = parts.scheme == "http"
    connection = (http.client.HTTPConnection if plain else http.client.HTTPSConnection)(parts.netloc, timeout=TIMEOUT)
    target = parts.path or "/"
    try:
        connection.request(method, f"{target}?{parts.query}" if parts.query else target, body, dict(headers or {}))
        answer = connection.getresponse()
        status, data = answer.status, answer.read(LARGEST + 1)
    except TimeoutError:
        raise SendError(f"{who}超过 {TIMEOUT} 秒没有应答。", down=True) from None
    except (OSError, http.client.HTTPException):
        raise SendError(f"连不上{who}，请检查网络和服务地址。", down=True) from None
    finally:
        connection.close()
    if status >= 500:
        raise SendError(f"{who}出了故障（{status}）。", down=True)
    try:
        found = json.loads(data) if len(data) <= LARGEST else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SendError(f"{who}的应答读不懂（{status}），请检查服务地址。", again=True)
    return status, found


def post_json(url: str, body: Mapping[str, Any], *, who: str) -> dict[str, Any]:
    """The answer's JSON object, whatever its status below 500."""
    data = json.dumps(body, ensure_ascii=False).encode()
    return call("POST", url, who=who, headers={"Content-Type": "application/json; charset=utf-8"}, body=data)[1]


def safe_code(value: object) -> str:
    """A provider's error code if it looks like one: what else it says may hold an address."""
    text = str(value)
    return text if _CODE.fullmatch(text) else "未知错误"
