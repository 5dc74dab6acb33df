"""Requests that no page of ours makes: NULs in an address, and bodies beyond every form."""

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.cast import Cast

A = 341181
pytestmark = pytest.mark.django_db


def sentence(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_condition_with_a_nul_is_left_out(cast: Cast, settings: LazySettings) -> None:
    """PostgreSQL would refuse the statement; the start page is open to everybody."""
    settings.SHANZHI_REQUIRE_TOTP = False
    system, security = cast["system_admin"].client(), cast["security_admin"].client()
    for client, path in ((Client(), ""), (system, "areas/"), (system, "units/"), (security, "users/")):
        for name in ("township", "q", "level", "kind", "town"):
            response = client.get(f"/{A}/{path}?{name}=%00")
            assert response.status_code == 200, (path, name)
    beside = system.get(f"/{A}/areas/?q=%00&level=village&level=a%00").content.decode()
    assert "李庄村" in beside
    assert "第一网格" not in beside


class Unread:
    """A body that nobody may touch."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def test_more_than_any_form_takes_is_refused_before_it_is_read(cast: Cast) -> None:
    """By its announced length, and for strangers too: a form is read before anybody is asked to sign in."""
    stranger, worker = Client(enforce_csrf_checks=True), cast["grid_worker"].client()
    stranger.cookies["csrf"] = "a" * 32
    length = 120 * 1024**2 + 1
    for client, path in ((stranger, "/accounts/login/"), (worker, f"/{A}/cases/new/"), (worker, f"/api/v1/{A}/files")):
        more: dict[str, Any] = {"CONTENT_LENGTH": str(length), "wsgi.input": Unread()}
        more["CONTENT_TYPE"] = "multipart/form-data; boundary=x"
        response = client.generic("POST", path, **more)
        assert response.status_code == 413, path
        if path.startswith("/api/"):
            assert response.json()["code"] == "too_big"
        else:
            assert "一次传的文件太大，没有收下，请返回上一页，分几次传或换小一点的文件。" in sentence(response)
