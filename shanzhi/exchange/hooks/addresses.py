"""Which addresses may be told: https out on the internet. No way from here into the network that the server stands in.

What an address is called proves nothing, so it is looked up, every number that it has is checked, and the connection
goes to the number that was checked. `EXCHANGE["private_hooks"]` lets private and loopback addresses through, for a
receiver in the same network; only on loopback may it be http.
"""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

LONGEST: Final = 500
IP = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(ValueError):
    """The text is a sentence for the system administrator."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its parts; `path` with the query, as it is asked for."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_plain(self) -> bool:
        return self.scheme == "http"


def parsed(url: str) -> Target:
    """AddressRefused for what could never be told, without asking any name server."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("地址写得不对，请写成 https://example.gov.cn/hook 这样。") from None
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not host or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused("地址写得不对，请写成 https://example.gov.cn/hook 这样。")
    if len(url) > LONGEST:
        raise AddressRefused(f"地址最多 {LONGEST} 个字符。")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("地址里不能写用户名和密码，收方请核对签名。")
    if parts.fragment:
        raise AddressRefused("地址里不能有 # 和后面的内容。")
    target = Target(
        parts.scheme, host, port or (80 if parts.scheme == "http" else 443),
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )  # fmt: skip
    number = _number(host)
    if number is not None:
        check_number(number, target)
    elif target.is_plain and host != "localhost":
        raise AddressRefused("地址要以 https:// 开头。")
    elif host == "localhost" and not settings.EXCHANGE["private_hooks"]:
        raise AddressRefused(_inside(host))
    return target


def resolved(target: Target) -> str:
    """The number to connect to. AddressRefused if any number of this name may not be told; OSError if there is none."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    numbers = [str(row[4][0]) for row in found]
    for number in numbers:
        check_number(ipaddress.ip_address(number.partition("%")[0]), target)
    return numbers[0]


def check_number(number: IP, target: Target) -> None:
    """AddressRefused for a number inside the network, and for http that is not loopback."""
    mapped = getattr(number, "ipv4_mapped", None) or getattr(number, "sixtofour", None)
    number = mapped or number
    if target.is_plain and not number.is_loopback:
        raise AddressRefused("地址要以 https:// 开头。")
    if number.is_multicast or number.is_unspecified or number.is_link_local:
        raise AddressRefused(_inside(target.host))
    if not number.is_global and not settings.EXCHANGE["private_hooks"]:
        raise AddressRefused(_inside(target.host))


def _inside(host: str) -> str:
    return f"{host[:60]} 在内部网络里，不能推送到那里。"


def _number(host: str) -> IP | None:
    """A host that is a number, also in the spellings that only the system's resolver knows (127.1, 0x7f000001)."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.ip_address(socket.inet_aton(host)) if host[0].isdigit() else None
    except OSError:
        return None
