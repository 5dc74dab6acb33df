"""The second factor: set-up, challenge, recovery codes, and that the three administrators can't do without it."""

import base64
import re
import time
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client

from shanzhi.accounts import services
from shanzhi.accounts.models import AccountAct, User
from shanzhi.accounts.tests.factories import Town, browser, log_in, words
from shanzhi.lib.sealing import add_key
from shanzhi.tenancy.keyring import forget_keys, key_ring

ON = "/accounts/2fa/totp/activate/"
OFF = "/accounts/2fa/totp/deactivate/"


@pytest.fixture
def strict(settings: LazySettings) -> None:
    settings.SHANZHI_REQUIRE_TOTP = True


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def set_up(client: Client) -> str:
    """Switch the factor on as a person does; returns the secret."""
    page = words(client.get(ON))
    secret = re.search(r"<code class=\"num\">([A-Z2-7]+)</code>", page)
    assert secret is not None
    answer = client.post(ON, {"code": code_now(secret[1])})
    assert answer.status_code == 302, words(answer)
    cache.clear()  # the same code again within thirty seconds is refused, which tests can't wait for
    return secret[1]


def wrong_code(secret: str) -> str:
    near = {format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step)) for step in range(-2, 3)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)


def test_administrator_is_led_to_the_set_up_before_anything_else(town: Town, security: User, strict: None) -> None:
    client = browser()
    answer = log_in(client, security)
    for path in ("users/", "me/"):
        answer = client.get(town.url(path))
        assert answer.status_code == 302
        assert answer["Location"].startswith(ON)
    assert client.post(town.url("users/new/"), {"name": "李四"}).status_code == 302
    assert not User.objects.filter(name="李四").exists()


def test_set_up_ends_at_the_page_that_was_wanted(town: Town, security: User, strict: None) -> None:
    client = browser()
    log_in(client, security)
    client.get(town.url("users/?state=active"))
    assert "必须使用动态口令" in words(client.get(ON))
    set_up(client)
    page = words(client.get("/accounts/2fa/recovery-codes/"))
    assert len(re.findall(r"<li class=\"li num\">", page)) == 10
    assert town.url("users/?state=active") in page
    assert client.get(town.url("users/")).status_code == 200
    act = AccountAct.objects.get(user_id=security.pk, kind="totp_on")
    assert act.actor_id == security.pk


def test_others_are_not_forced(town: Town, worker: User, strict: None) -> None:
    client = browser()
    log_in(client, worker)
    assert client.get(town.url("me/")).status_code == 200


def test_api_of_an_administrator_with_a_session_is_closed_too(town: Town, security: User, strict: None) -> None:
    answer = browser(security).get(town.api("posts"))
    assert (answer.status_code, answer.json()["code"]) == (403, "totp_required")


def test_demo_may_go_without(town: Town, security: User, settings: LazySettings) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    assert browser(security).get(town.url("users/")).status_code == 200


def test_qr_code_is_an_image_of_ours(worker: User) -> None:
    page = words(browser(worker).get(ON))
    image = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert image is not None
    assert b"<svg" in base64.b64decode(image[1])
    assert "<script" not in page.replace("<script src=", "")


def test_wrong_code_at_set_up_changes_nothing(worker: User) -> None:
    client = browser(worker)
    client.get(ON)
    answer = client.post(ON, {"code": "12"})
    assert answer.status_code == 422
    assert "动态口令不对" in words(answer)
    assert not Authenticator.objects.filter(user=worker).exists()


def test_login_asks_for_the_code(town: Town, worker: User) -> None:
    secret = set_up(browser(worker))
    client = browser()
    answer = log_in(client, worker, next=town.url("me/"))
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert client.get(town.url("me/")).status_code == 302, "the password alone opens nothing"
    assert "备用口令" in words(client.get(answer["Location"]))
    done = client.post(answer["Location"], {"code": code_now(secret)})
    assert (done.status_code, done["Location"]) == (302, town.url("me/"))
    assert client.get(town.url("me/")).status_code == 200


def test_recovery_code_works_once(worker: User) -> None:
    owner = browser(worker)
    set_up(owner)
    page = words(owner.get("/accounts/2fa/recovery-codes/"))
    spare = re.findall(r"<li class=\"li num\">(\d+)</li>", page)[0]
    for expected in (302, 200):
        client = browser()
        log_in(client, worker)
        assert client.post("/accounts/2fa/authenticate/", {"code": spare}).status_code == expected


def test_five_wrong_codes_lock_the_login(worker: User) -> None:
    secret = set_up(browser(worker))
    client = browser()
    log_in(client, worker)
    for _ in range(4):
        page = client.post("/accounts/2fa/authenticate/", {"code": wrong_code(secret)})
        assert "动态口令不对" in words(page)
    answer = client.post("/accounts/2fa/authenticate/", {"code": wrong_code(secret)})
    assert answer.status_code == 429
    assert client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)}).status_code == 429
    assert log_in(browser(), worker).status_code == 429


def test_administrator_can_not_switch_it_off(security: User, strict: None) -> None:
    client = browser(security)
    set_up(client)
    assert "不能关闭" in words(client.get(OFF))
    assert client.post(OFF).status_code == 422
    assert Authenticator.objects.filter(user=security, type="totp").exists()
    assert "不能关闭" in words(client.get("/accounts/2fa/"))


def test_others_may_switch_it_off(worker: User) -> None:
    client = browser(worker)
    set_up(client)
    assert "关闭动态口令" in words(client.get("/accounts/2fa/"))
    assert client.post(OFF).status_code == 302
    assert not Authenticator.objects.filter(user=worker).exists(), "recovery codes go with it"
    assert AccountAct.objects.filter(user_id=worker.pk, kind="totp_off").exists()


def test_codes_are_renewed(worker: User) -> None:
    client = browser(worker)
    set_up(client)
    before = words(client.get("/accounts/2fa/recovery-codes/"))
    assert "旧口令全部作废" in words(client.get("/accounts/2fa/recovery-codes/generate/"))
    assert client.post("/accounts/2fa/recovery-codes/generate/").status_code == 302
    after = words(client.get("/accounts/2fa/recovery-codes/"))
    codes = re.compile(r"<li class=\"li num\">(\d+)</li>")
    assert not set(codes.findall(before)) & set(codes.findall(after))
    assert AccountAct.objects.filter(user_id=worker.pk, kind="codes_renewed").exists()
    text = client.get("/accounts/2fa/recovery-codes/download/")
    assert text["Content-Type"].startswith("text/plain")
    assert codes.findall(after)[0] in text.content.decode()


def test_secrets_are_encrypted_at_rest(worker: User, settings: LazySettings) -> None:
    secret = set_up(browser(worker))
    stored = Authenticator.objects.get(user=worker, type="totp").data["secret"]
    assert secret not in stored
    assert secret.encode() not in base64.b64decode(stored)
    assert decrypt(stored) == secret
    settings.SECRET_KEY = "another-key"
    assert decrypt(stored) == secret, "the key that signs sessions may change"


def test_a_new_key_reaches_every_secret_and_codes_still_work(
    worker: User, settings: LazySettings, tmp_path: Path
) -> None:
    settings.SHANZHI_KEY_FILE = tmp_path / "fields.json"
    forget_keys()
    secret = set_up(browser(worker))
    seed = Authenticator.objects.get(user=worker, type="recovery_codes").wrap().get_unused_codes()
    old = {row.type: row.data for row in Authenticator.objects.all()}
    assert services.factors_reseal() == 0
    add_key(tmp_path / "fields.json")
    forget_keys()
    assert services.factors_reseal() == 2
    for row in Authenticator.objects.all():
        sealed = row.data.get("secret") or row.data["seed"]
        assert key_ring().is_current(sealed)
        assert sealed not in old[row.type].values()
    assert decrypt(Authenticator.objects.get(type="totp").data["secret"]) == secret
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == seed
    assert services.factors_reseal() == 0
    forget_keys()


def test_after_ten_minutes_the_password_is_asked_again(worker: User) -> None:
    from datetime import timedelta

    client = browser(worker, ago=timedelta(minutes=11))
    answer = client.get(ON)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    page = words(client.get(answer["Location"]))
    assert "确认是你本人" in page
    assert "密码不对" in words(client.post(answer["Location"], {"password": "wrong"}))
    assert client.post(answer["Location"], {"password": "Yangcun-2026"})["Location"] == ON
    assert client.get(ON).status_code == 200


def test_confirmation_by_code(worker: User) -> None:
    from datetime import timedelta

    secret = set_up(browser(worker))
    client = browser(worker, ago=timedelta(hours=1))
    page = words(client.get("/accounts/reauthenticate/?next=/accounts/2fa/"))
    assert "改用动态口令" in page
    where = "/accounts/2fa/reauthenticate/?next=/accounts/2fa/recovery-codes/"
    assert "改用密码" in words(client.get(where))
    assert client.post(where, {"code": code_now(secret)})["Location"] == "/accounts/2fa/recovery-codes/"
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200


@pytest.mark.parametrize(
    ("where", "name"), [("/accounts/reauthenticate/", "password"), ("/accounts/password/change/", "oldpassword")]
)
def test_wrong_passwords_in_an_open_session_lock_as_at_the_login(worker: User, where: str, name: str) -> None:
    client = browser(worker)
    form = {name: "wrong", "password1": "Neues-Wort-2026", "password2": "Neues-Wort-2026"}
    assert [client.post(where, form).status_code for _ in range(5)][-1] == 429
    assert client.post(where, form | {name: "Yangcun-2026"}).status_code == 429
    worker.refresh_from_db()
    assert worker.check_password("Yangcun-2026")
