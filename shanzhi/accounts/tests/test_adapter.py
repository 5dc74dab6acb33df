"""How allauth decides here: safe addresses, fresh confirmations, locks by pair, and what it may say."""

import time
from datetime import timedelta

import pytest
from allauth.core import context
from axes.models import AccessAttempt
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.accounts import lockout
from shanzhi.accounts.adapter import SPOKEN, AccountAdapter, MfaAdapter, recently_confirmed
from shanzhi.accounts.fresh import unconfirmed
from shanzhi.accounts.middleware import bearer
from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import Town, words


def request_of(
    user: User | None = None, *, ago: float | None = None, method: str = "get", path: str = "/"
) -> HttpRequest:
    """A request as the views see it, with the confirmation of a login so many seconds ago."""
    request = getattr(RequestFactory(), method)(path)
    request.user = user or AnonymousUser()
    request.session = {}
    if user is not None and ago is not None:
        request.session["account_authentication_methods"] = [{"method": "password", "at": time.time() - ago}]
        request.session["account_authentication_methods_user"] = str(user.pk)
    request._messages = FallbackStorage(request)
    return request


@pytest.mark.parametrize("url", ["/341181/home/", "/", "/accounts/2fa/?next=/x"])
def test_own_addresses_are_safe(url: str) -> None:
    with context.request_context(request_of()):
        assert AccountAdapter().is_safe_url(url)


@pytest.mark.parametrize(
    "url",
    ["http://testserver/", "//testserver/", "https://evil.example", "\\\\evil", "/\\evil", "javascript:1", "", "x/y"],
)
def test_everything_else_is_not(url: str) -> None:
    with context.request_context(request_of()):
        assert not AccountAdapter().is_safe_url(url)


@given(st.text(max_size=60))
def test_no_text_leads_to_another_host(text: str) -> None:
    with context.request_context(request_of()):
        if AccountAdapter().is_safe_url(text):
            assert text.startswith("/")
            assert not text.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("ago", "seconds", "fresh"), [(5, 600, True), (599, 600, True), (601, 600, False), (None, 600, False)]
)
def test_confirmation_grows_old(worker: User, ago: float | None, seconds: int, fresh: bool) -> None:
    assert recently_confirmed(request_of(worker, ago=ago), seconds) is fresh


def test_confirmation_of_somebody_else_does_not_count(worker: User, security: User) -> None:
    request = request_of(worker, ago=1)
    request.user = security
    assert not recently_confirmed(request, 600)


@pytest.mark.parametrize(
    ("method", "ago", "passes"), [("get", 60, True), ("get", 900, False), ("post", 900, True), ("post", 1900, False)]
)
def test_opening_is_stricter_than_sending(worker: User, method: str, ago: float, passes: bool) -> None:
    request = request_of(worker, ago=ago, method=method, path="/341181/users/new/")
    stop = unconfirmed(request)
    assert (stop is None) is passes
    if stop is not None:
        assert stop["Location"] == "/accounts/reauthenticate/?next=%2F341181%2Fusers%2Fnew%2F"
        assert bool(list(get_messages(request))) is (method == "post"), "whoever sent something is told"


def test_only_our_own_words_are_spoken() -> None:
    request = request_of()
    adapter = AccountAdapter(request)
    adapter.add_message(request, 20, "account/messages/logged_in.txt")
    assert not list(get_messages(request))
    for template, sentence in SPOKEN.items():
        adapter.add_message(request, 20, template)
        assert [str(message) for message in get_messages(request)] == [sentence]
        request._messages = FallbackStorage(request)


def test_sign_up_is_closed_and_answers_are_pages() -> None:
    request = request_of()
    assert not AccountAdapter(request).is_open_for_signup(request)
    assert not AccountAdapter(request).is_ajax(request)


@given(st.text(min_size=1, max_size=80))
def test_secrets_come_back_and_never_look_alike(text: str) -> None:
    adapter = MfaAdapter()
    sealed, again = adapter.encrypt(text), adapter.encrypt(text)
    assert sealed != again
    assert adapter.decrypt(sealed) == adapter.decrypt(again) == text


@pytest.mark.parametrize(
    ("path", "header", "token"),
    [
        ("/api/v1/341181/posts", "Bearer sz_abc", "sz_abc"),
        ("/api/v1/341181/posts", "bearer  sz_abc ", "sz_abc"),
        ("/api/v1/341181/posts", "Basic sz_abc", ""),
        ("/api/v1/341181/posts", "Bearer", ""),
        ("/api/v1/341181/posts", None, None),
        ("/341181/users/", "Bearer sz_abc", None),
    ],
)
def test_bearer(path: str, header: str | None, token: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    assert bearer(RequestFactory().get(path, headers=headers)) == token


def attempt(username: str, ip: str, failures: int, minutes: int, agent: str = "a") -> None:
    row = AccessAttempt.objects.create(
        username=username, ip_address=ip, user_agent=agent, failures_since_start=failures
    )
    AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=timezone.now() - timedelta(minutes=minutes))


def test_locks_are_by_login_and_address_over_all_browsers(db: None) -> None:
    attempt("split", "10.0.0.1", 3, 1, "a")
    attempt("split", "10.0.0.1", 2, 5, "b")
    attempt("spread", "10.0.0.1", 4, 1)
    attempt("spread", "10.0.0.2", 4, 1)
    attempt("old", "10.0.0.1", 9, 31)
    at = timezone.now()
    found = lockout.locks(at=at)
    assert set(found) == {"split"}
    assert timedelta(minutes=28) < found["split"] - at < timedelta(minutes=30)
    assert lockout.locked_until("spread", at=at) is None
    assert lockout.locked_until("split", at=at, ip="10.0.0.9") is None
    assert lockout.unlock("split") == 2
    assert lockout.locks(at=at) == {}


def test_locked_page_of_a_login_without_a_row(town: Town) -> None:
    request = RequestFactory(REMOTE_ADDR="10.0.0.1").get("/accounts/login/")
    answer = lockout.locked_out(request)
    assert answer.status_code == 429
    assert "暂时不能登录" in words(answer)
    assert int(answer["Retry-After"]) == 1800


def test_address_behind_a_proxy(settings) -> None:
    request = RequestFactory(REMOTE_ADDR="10.0.0.1").get("/", headers={"X-Forwarded-For": "6.6.6.6, 7.7.7.7"})
    assert lockout.client_ip(request) == "10.0.0.1", "nobody may choose the address that is counted"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert lockout.client_ip(request) == "7.7.7.7"
    assert lockout.client_ip(HttpRequest()) is None


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("::1", "::"),
    ],
)
def test_an_ipv6_network_counts_as_one_address(address: str, counted: str) -> None:
    assert lockout.counted_ip(RequestFactory(REMOTE_ADDR=address).get("/")) == counted


def test_without_an_address_nothing_is_counted_under_one() -> None:
    assert lockout.counted_ip(HttpRequest()) is None
