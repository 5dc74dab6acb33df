"""Signing in and out: right, wrong, locked, lost in mid-form; nothing of allauth that is not ours is reachable."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.test import Client
from django.utils import timezone

from shanzhi.accounts import lockout, services
from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import PASSWORD, Town, browser, log_in, make_user, person, words


def test_right_password_leads_to_the_first_page_of_the_role(town: Town, worker: User, security: User) -> None:
    answer = log_in(browser(), worker)
    assert (answer.status_code, answer["Location"]) == (302, town.url("home/"))
    assert log_in(browser(), security)["Location"] == town.url("users/")


def test_login_name_in_capitals_and_with_spaces(town: Town, worker: User) -> None:
    answer = browser().post("/accounts/login/", {"login": f"  {worker.username.upper()} ", "password": PASSWORD})
    assert answer.status_code == 302


def test_person_without_post_goes_to_the_start(town: Town) -> None:
    assert log_in(browser(), make_user(town))["Location"] == "/"


def test_wrong_password_and_unknown_login_look_the_same(worker: User) -> None:
    known = browser().post("/accounts/login/", {"login": worker.username, "password": "nope"})
    unknown = browser().post("/accounts/login/", {"login": "nobody.here", "password": "nope"})
    assert known.status_code == unknown.status_code == 422
    sentence = "登录账号或密码不对，请核对后重填"
    assert sentence in words(known)
    assert sentence in words(unknown)
    assert 'value="nope"' not in words(known)


def test_disabled_account_looks_like_a_wrong_password(worker: User) -> None:
    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert "登录账号或密码不对" in words(log_in(browser(), worker))


def test_empty_fields_say_what_to_fill(worker: User) -> None:
    page = words(browser().post("/accounts/login/", {"login": "", "password": ""}))
    assert "请填登录账号。" in page
    assert "请填密码。" in page


def test_login_page_is_ours(db: None) -> None:
    page = words(browser().get("/accounts/login/"))
    assert "登录账号" in page
    assert "placeholder" not in page
    for foreign in ("Sign", "Forgot", "Username", "onclick", "style="):
        assert foreign not in page


def test_five_failures_lock_this_login_from_this_address(worker: User) -> None:
    client = browser()
    for _ in range(4):
        assert log_in(client, worker, "wrong").status_code == 422
    answer = log_in(client, worker, "wrong")
    assert answer.status_code == 429
    page = words(answer)
    assert "暂时不能登录" in page
    assert "安全管理员解除锁定" in page
    assert 1700 < int(answer["Retry-After"]) <= 1800
    assert log_in(client, worker).status_code == 429, "the right password does not help any more"
    assert log_in(browser(ip="10.0.0.2"), worker).status_code == 302, "from elsewhere it does"


def test_lock_ends_after_half_an_hour_and_is_not_prolonged(worker: User) -> None:
    client = browser()
    for _ in range(7):
        log_in(client, worker, "wrong")
    until = lockout.locked_until(worker.username, at=timezone.now())
    assert until is not None
    assert until - timezone.now() <= timedelta(minutes=30)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert log_in(client, worker).status_code == 302
    assert lockout.locked_until(worker.username, at=timezone.now()) is None


def test_success_forgets_earlier_failures(worker: User) -> None:
    client = browser()
    for _ in range(4):
        log_in(client, worker, "wrong")
    log_in(client, worker)
    again = browser()
    for _ in range(4):
        assert log_in(again, worker, "wrong").status_code == 422


def test_failures_keep_no_password(worker: User) -> None:
    log_in(browser(), worker, "My-secret-typo1")
    row = AccessAttempt.objects.get()
    assert "My-secret-typo1" not in row.post_data
    assert worker.username not in row.post_data


def test_next_leads_back_to_the_page_where_the_session_was_lost(town: Town, worker: User) -> None:
    lost = browser().get(town.url("me/"))
    assert lost.status_code == 302
    assert lost["Location"].startswith("/accounts/login/?next=")
    client = browser()
    page = words(client.get(lost["Location"]))
    assert f'name="next" value="{town.url("me/")}"' in page
    assert "填过的内容还在" in page
    assert log_in(client, worker, next=town.url("me/"))["Location"] == town.url("me/")


@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil.example"]
)
def test_next_never_leaves_the_house(town: Town, worker: User, evil: str) -> None:
    assert log_in(browser(), worker, next=evil)["Location"] == town.url("home/")


def test_session_key_changes_at_login(worker: User) -> None:
    client = browser()
    session = client.session
    session["planted"] = 1
    session.save()
    client.cookies["session"] = str(session.session_key)
    log_in(client, worker)
    assert client.session.session_key != session.session_key


def test_session_cookie_is_closed_to_scripts(worker: User) -> None:
    client = browser()
    log_in(client, worker)
    cookie = client.cookies["session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) == 12 * 3600


def test_old_form_says_in_chinese_what_to_do(worker: User) -> None:
    client = Client(enforce_csrf_checks=True, HTTP_REFERER="http://testserver/accounts/login/")
    answer = log_in(client, worker)
    assert answer.status_code == 403
    assert "这一页放得太久了" in words(answer)
    assert "http://testserver/accounts/login/" in words(answer)
    strange = Client(enforce_csrf_checks=True, HTTP_REFERER="https://evil.example/")
    assert "evil.example" not in words(log_in(strange, worker))


def test_logout_asks_first_and_then_ends_the_session(town: Town, worker: User) -> None:
    client = browser()
    log_in(client, worker)
    assert "退出这台设备" in words(client.get("/accounts/logout/"))
    assert client.get(town.url("me/")).status_code == 200, "a GET alone signs nobody out"
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert client.get(town.url("me/")).status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "password/set/",
        "password/reset/",
        "password/reset/done/",
        "login/code/",
        "login/code/confirm/",
        "2fa/webauthn/",
        "3rdparty/",
        "social/connections/",
    ],
)
def test_unused_pages_of_allauth_do_not_exist(worker: User, path: str) -> None:
    assert browser().get(f"/accounts/{path}").status_code == 404
    assert browser(worker).post(f"/accounts/{path}").status_code == 404


def test_root_of_accounts_leads_on(town: Town, worker: User) -> None:
    assert browser().get("/accounts/")["Location"] == "/accounts/login/"
    assert browser(worker).get("/accounts/")["Location"] == town.url("home/")


def test_signed_in_person_skips_the_login_page(town: Town, worker: User) -> None:
    assert browser(worker).get("/accounts/login/")["Location"] == town.url("home/")


def test_person_of_another_county_finds_nothing_here(town: Town, outsider: User) -> None:
    client = browser(outsider)
    assert client.get(town.url("me/")).status_code == 404
    assert client.get(town.url("users/")).status_code == 404
    assert client.get(f"/{outsider.home_county}/me/").status_code == 200


def test_login_page_costs_few_statements(worker: User, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(1):
        browser().get("/accounts/login/")


def test_two_counties_keep_their_own_first_page(town: Town, outsider: User) -> None:
    assert log_in(browser(), outsider)["Location"] == f"/{outsider.home_county}/users/"
    assert person(town, "county_leader", "county").home_county == town.number


def failed_from_many(username: str, count: int, *, ago: timedelta = timedelta(0)) -> None:
    """Failures as axes notes them, each from another address."""
    for number in range(count):
        AccessFailureLog.objects.create(username=username, ip_address=f"10.9.{number // 250}.{number % 250}")
    AccessFailureLog.objects.filter(username=username).update(attempt_time=timezone.now() - ago)


def test_many_addresses_slow_one_login_down(worker: User) -> None:
    failed_from_many(worker.username, lockout.DAILY - 1)
    assert log_in(browser(ip="10.7.0.1"), worker, "wrong").status_code == 422, "the fiftieth"
    assert AccessFailureLog.objects.filter(username=worker.username).count() == lockout.DAILY
    answer = log_in(browser(ip="10.7.0.2"), worker)
    assert answer.status_code == 429
    assert "一天里填错太多次" in words(answer)
    assert 590 < int(answer["Retry-After"]) <= 600
    assert AccessFailureLog.objects.filter(username=worker.username).count() == lockout.DAILY, "no failure, a refusal"
    AccessFailureLog.objects.update(attempt_time=timezone.now() - timedelta(minutes=11))
    assert log_in(browser(ip="10.7.0.2"), worker).status_code == 302


def test_nobody_shuts_somebody_out_of_the_own_network(worker: User) -> None:
    assert log_in(browser(ip="10.7.0.1"), worker).status_code == 302
    failed_from_many(worker.username, lockout.DAILY)
    assert log_in(browser(ip="10.7.0.2"), worker).status_code == 429
    assert log_in(browser(ip="10.7.0.1"), worker).status_code == 302


def test_failures_of_yesterday_and_of_others_do_not_slow(worker: User) -> None:
    failed_from_many(worker.username, lockout.DAILY, ago=timedelta(hours=25))
    failed_from_many("somebody.else", lockout.DAILY)
    assert log_in(browser(ip="10.7.0.2"), worker).status_code == 302


def test_unlocking_lifts_the_slower_limit_too(town: Town, worker: User) -> None:
    failed_from_many(worker.username, lockout.DAILY)
    services.user_unlock(actor=town.system, user_id=worker.pk)
    assert log_in(browser(ip="10.7.0.2"), worker).status_code == 302


def test_one_ipv6_network_is_one_address(worker: User) -> None:
    answers = [log_in(browser(ip=f"2001:db8:1:2::{n}"), worker, "wrong").status_code for n in range(1, 6)]
    assert answers == [422, 422, 422, 422, 429]
    assert log_in(browser(ip="2001:db8:1:3::1"), worker).status_code == 302
