"""Which addresses may be told: no way into the network that the server stands in, however it is spelled."""

import ipaddress
import socket
from datetime import UTC, datetime
from typing import Any

import pytest

from shanzhi.exchange.hooks import addresses, calling
from shanzhi.exchange.hooks.addresses import AddressRefused, Target, check_number, parsed, resolved
from shanzhi.exchange.hooks.signing import headers_for, secret_new, signature_of

INSIDE = (
    "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
    "fd12:3456::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "2002:7f00:1::", "ff02::1", "2001:db8::1",
)  # fmt: skip
OUTSIDE = ("1.1.1.1", "8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8")


@pytest.fixture
def private(settings: Any) -> None:
    settings.EXCHANGE = {**settings.EXCHANGE, "private_hooks": True}


def names(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> None:
    """What the name server says of every name."""
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443)) for number in numbers]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: rows)


def target(scheme: str = "https") -> Target:
    return Target(scheme, "hooks.example.cn", 443, "/")


def test_parts() -> None:
    assert parsed("https://hooks.example.cn/a/b?c=1") == Target("https", "hooks.example.cn", 443, "/a/b?c=1")
    assert parsed("https://hooks.example.cn:8443") == Target("https", "hooks.example.cn", 8443, "/")
    assert parsed("https://8.8.8.8/") == Target("https", "8.8.8.8", 443, "/")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "写得不对"),
        ("hooks.example.cn/x", "写得不对"),
        ("ftp://hooks.example.cn/", "写得不对"),
        ("file:///etc/passwd", "写得不对"),
        ("https://", "写得不对"),
        ("https://例子.cn/", "写得不对"),
        ("https://a b.cn/", "写得不对"),
        ("https://a.cn/\r\nX-Evil: 1", "写得不对"),
        ("https://a.cn:99999/", "写得不对"),
        ("https://[::1/", "写得不对"),
        ("https://me:secret@a.cn/", "用户名和密码"),
        ("https://a.cn/#x", "不能有 #"),
        ("https://a.cn/" + "x" * 500, "最多 500"),
        ("http://hooks.example.cn/", "https://"),
        ("http://8.8.8.8/", "https://"),
        ("https://localhost/", "内部网络"),
        ("https://127.0.0.1/", "内部网络"),
        ("https://127.1/", "内部网络"),
        ("https://0x7f000001/", "内部网络"),
        ("https://2130706433/", "内部网络"),
        ("https://[::ffff:169.254.169.254]/", "内部网络"),
    ],
)
def test_refused_before_anybody_is_asked(url: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch)
    with pytest.raises(AddressRefused, match=words):
        parsed(url)


@pytest.mark.parametrize("number", INSIDE)
def test_no_number_inside(number: str) -> None:
    with pytest.raises(AddressRefused):
        check_number(ipaddress.ip_address(number), target())


@pytest.mark.parametrize("number", OUTSIDE)
def test_numbers_outside(number: str) -> None:
    check_number(ipaddress.ip_address(number), target())


@pytest.mark.parametrize("number", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "fd12:3456::1"])
def test_inside_where_the_setting_allows_it(number: str, private: None) -> None:
    check_number(ipaddress.ip_address(number), target())


@pytest.mark.parametrize("number", ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::ffff:169.254.169.254"])
def test_never_whatever_the_setting(number: str, private: None) -> None:
    """The address of a cloud's own secrets is nobody's receiver."""
    with pytest.raises(AddressRefused):
        check_number(ipaddress.ip_address(number), target())


def test_http_on_loopback_only(private: None) -> None:
    assert parsed("http://127.0.0.1:8000/hook").is_plain
    assert parsed("http://localhost:8000/hook").port == 8000
    with pytest.raises(AddressRefused, match="https"):
        parsed("http://10.0.0.1/")
    with pytest.raises(AddressRefused, match="https"):
        check_number(ipaddress.ip_address("10.0.0.1"), target("http"))


def test_every_number_of_a_name_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "8.8.8.8")
    assert resolved(target()) == "8.8.8.8"
    names(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(AddressRefused):
        resolved(target())


def test_the_connection_goes_to_the_number_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that says something else the second time changes nothing: nobody asks it twice."""
    asked: list[Any] = []
    names(monkeypatch, "8.8.8.8")

    def connect(address: Any, *_: Any) -> Any:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(calling.socket, "create_connection", connect)
    with pytest.raises(calling.CallFailed):
        calling.post("https://hooks.example.cn/", b"{}", {})
    assert asked == [("8.8.8.8", 443)]


def test_a_name_that_leads_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "169.254.169.254")
    with pytest.raises(calling.CallFailed, match="内部网络"):
        calling.post("https://hooks.example.cn/", b"{}", {})


def test_a_name_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(addresses.socket, "getaddrinfo", nobody)
    with pytest.raises(calling.CallFailed, match="找不到"):
        calling.post("https://hooks.example.cn/", b"{}", {})


def test_signature_by_hand() -> None:
    """Made with `printf '1764000000.{}' | openssl dgst -sha256 -hmac secret`."""
    found = signature_of("secret", 1764000000, b"{}")
    assert found == "sha256=b691197929ebc73b102d12f9a4689644cb2d1a38c9f2d1883b9f478077313f85"
    assert found != signature_of("secret", 1764000001, b"{}")
    assert found != signature_of("other", 1764000000, b"{}")
    assert found != signature_of("secret", 1764000000, b"{ }")


def test_secrets_differ() -> None:
    made = {secret_new() for _ in range(100)}
    assert len(made) == 100
    assert all(one.startswith("whsec_") and len(one) > 45 for one in made)


def test_the_secret_is_in_no_header() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    found = headers_for(secret="whsec_x", body=b"{}", delivery_id=1, event="test", at=at)
    assert "whsec_x" not in str(found)
    assert found["X-Shanzhi-Timestamp"] == str(int(at.timestamp()))
