"""Each page of accounts: whole Chinese, one heading, labelled fields, one main button, nothing inline, short."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from shanzhi.accounts import services
from shanzhi.accounts.models import ApiToken, Post, User
from shanzhi.accounts.tests.factories import Town, browser, words

GLOBAL = [
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/inactive/",
    "/accounts/reauthenticate/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/sessions/",
]
OURS = [
    "me/",
    "users/",
    "users/?state=vacant",
    "users/new/",
    "users/{user}/",
    "users/{user}/name/",
    "users/{user}/posts/",
    "users/{user}/posts/?role=county_leader",
    "users/{user}/tokens/",
    "users/{user}/password-resets/",
    "users/{user}/disablements/",
    "posts/{post}/revocations/",
    "tokens/{token}/revocations/",
]
ALLOWED = {"Edge", "Windows", "API"}
FORBIDDEN = ("确定", "提交", "操作成功", "您", "点击")


class Reader(HTMLParser):
    """What matters of a page: its text, headings, controls with their labels, main buttons, inline code."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.headings = self.primaries = 0
        self.inline: list[str] = []
        self.controls: set[str] = set()
        self.labels: set[str] = set()
        self.mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.inline += [name for name in found if name == "style" or name.startswith("on")]
        if tag in ("script", "style", "code"):
            self.mute += 1
            if tag == "script" and not found.get("src"):
                self.inline.append("script")
        self.headings += tag == "h1"
        if tag in ("button", "a") and "btn-primary" in (found.get("class") or ""):
            self.primaries += 1
        if tag in ("input", "select", "textarea") and found.get("type") not in ("hidden", "radio", "checkbox"):
            self.controls.add(found.get("id") or f"no id: {found}")
        if tag == "label" and found.get("for"):
            self.labels.add(str(found["for"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "code"):
            self.mute -= 1

    def handle_data(self, data: str) -> None:
        if not self.mute:
            self.text.append(data)


def check(page: str, known: set[str]) -> None:
    reader = Reader()
    reader.feed(page)
    assert reader.headings == 1
    assert reader.inline == []
    assert reader.controls <= reader.labels, "a field without a label"
    assert reader.primaries <= 1
    text = " ".join(reader.text)
    foreign = set(re.findall(r"[A-Za-z]{3,}", text)) - ALLOWED - known
    assert not foreign
    assert not [word for word in FORBIDDEN if word in text]
    assert "{{" not in text
    assert "None" not in text


@pytest.fixture
def names(town: Town, security: User, worker: User) -> set[str]:
    """Login names are the only latin words that may stand on a page."""
    return {part for user in (security, worker) for part in re.findall(r"[A-Za-z]{3,}", user.username)}


@pytest.mark.parametrize("address", GLOBAL)
def test_pages_of_signing_in(security: User, names: set[str], address: str) -> None:
    client = Client() if "login" in address else browser(security)
    answer = client.get(address)
    assert answer.status_code == 200
    check(words(answer), names)


@pytest.mark.parametrize("address", OURS)
def test_pages_inside_a_county(town: Town, security: User, worker: User, names: set[str], address: str) -> None:
    services.token_issue(actor=town.system, user_id=worker.pk, name="县平台同步", days=30)
    ids = {"user": worker.pk, "post": Post.objects.get(user=worker).id, "token": ApiToken.objects.get().pk}
    answer = browser(security).get(town.url(address.format(**ids)))
    assert answer.status_code == 200
    check(words(answer), names)


def test_page_of_a_phone_person(town: Town, worker: User, names: set[str]) -> None:
    page = words(browser(worker).get(town.url("me/")))
    assert "tabbar" in page
    check(page, names)


def test_big_letters_stay_with_the_person(town: Town, worker: User) -> None:
    client = browser(worker)
    client.cookies["sz_text"] = "big"
    assert "ui-elder" in words(client.get(town.url("me/")))
    assert "ui-elder" in words(client.get("/accounts/password/change/"))
