"""Sessions: the list of one's devices, ending one, their age, and that nobody reaches another person's."""

import time
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.utils import timezone

from shanzhi.accounts import selectors, services
from shanzhi.accounts.devices import device_words, is_phone
from shanzhi.accounts.middleware import BEGAN, SEEN
from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import Town, browser, log_in, statements, words

LIST = "/accounts/sessions/"
PHONE = "Mozilla/5.0 (Linux; Android 10; V1990A) AppleWebKit/537.36 Mobile Safari/537.36 MicroMessenger/8.0"


def two_devices(worker: User):
    here, there = browser(), browser(ip="10.0.0.9")
    there.defaults["HTTP_USER_AGENT"] = PHONE
    log_in(here, worker)
    log_in(there, worker)
    return here, there


def test_list_names_devices_time_and_this_one(worker: User) -> None:
    here, _ = two_devices(worker)
    page = words(here.get(LIST))
    assert "Windows 电脑，Edge 浏览器" in page
    assert "安卓手机，微信" in page
    assert page.count("这台设备") == 1
    assert page.count("退出此设备") == 1
    assert "10.0.0.9" in page


def test_end_one_device(town: Town, worker: User) -> None:
    here, there = two_devices(worker)
    row = UserSession.objects.get(ip="10.0.0.9")
    assert here.post(LIST, {"session": row.pk})["Location"] == LIST
    assert there.get(town.url("me/")).status_code == 302
    assert here.get(town.url("me/")).status_code == 200
    again = here.post(LIST, {"session": row.pk})
    assert again.status_code == 404, "ending it twice says that it is gone"
    assert "已经退出" in words(again)


def test_end_all_others(town: Town, worker: User) -> None:
    here, there = two_devices(worker)
    here.post(LIST, {"session": "others"})
    assert there.get(town.url("me/")).status_code == 302
    assert here.get(town.url("me/")).status_code == 200
    assert UserSession.objects.filter(user=worker).count() == 1


def test_sessions_of_other_people_are_out_of_reach(worker: User, security: User) -> None:
    mine = browser()
    log_in(mine, security)
    row = UserSession.objects.get(user=security)
    other = browser()
    log_in(other, worker)
    assert other.post(LIST, {"session": row.pk}).status_code == 404
    assert Session.objects.filter(session_key=row.session_key).exists()


def test_nonsense_changes_nothing(worker: User) -> None:
    client = browser()
    log_in(client, worker)
    assert client.post(LIST, {"session": "abc"}).status_code == 302
    assert client.get(LIST).status_code == 200


def test_list_needs_a_login(db: None) -> None:
    assert browser().get(LIST)["Location"].startswith("/accounts/login/")


def test_list_costs_the_same_for_many_devices(worker: User) -> None:
    for number in range(6):
        log_in(browser(ip=f"10.0.1.{number}"), worker)
    with statements(2):
        rows = selectors.sessions_of(worker, at=timezone.now())
    assert len(rows) == 6


def test_ended_sessions_are_not_listed(worker: User) -> None:
    two_devices(worker)
    Session.objects.all().delete()
    assert selectors.sessions_of(worker, at=timezone.now()) == []


def test_session_dies_seven_days_after_its_login(town: Town, worker: User, settings: LazySettings) -> None:
    client = browser()
    log_in(client, worker)
    assert client.get(town.url("me/")).status_code == 200
    session = client.session
    session[BEGAN] = int(time.time()) - settings.SHANZHI_SESSION_DAYS * 86_400 - 60
    session.save()
    assert client.get(town.url("me/")).status_code == 302


def test_use_is_noted_every_ten_minutes_only(town: Town, worker: User) -> None:
    client = browser()
    log_in(client, worker)
    client.get(town.url("me/"))
    seen = UserSession.objects.get().last_seen_at
    client.get(town.url("me/"))
    assert UserSession.objects.get().last_seen_at == seen
    session = client.session
    session[SEEN] -= 700
    session.save()
    answer = client.get(town.url("me/"))
    assert UserSession.objects.get().last_seen_at > seen
    assert int(answer.cookies["session"]["max-age"]) == 12 * 3600, "twelve hours begin anew"


def test_purge_drops_what_ran_out(worker: User) -> None:
    two_devices(worker)
    at = timezone.now() + timedelta(hours=13)
    assert services.purge_sessions(at=at) == 2
    assert not UserSession.objects.exists()


def test_me_page_shows_who_and_where(town: Town, worker: User) -> None:
    page = words(browser(worker).get(town.url("me/")))
    for part in (
        "王桂兰",
        worker.username,
        "网格员",
        "小关社区 第四网格",
        "修改密码",
        "动态口令（未开启）",
        "退出登录",
    ):
        assert part in page


@pytest.mark.parametrize(
    ("agent", "expected", "phone"),
    [
        (PHONE, "安卓手机，微信", True),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "苹果手机，Safari 浏览器",
            True,
        ),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Safari/604.1", "苹果平板，Safari 浏览器", True),
        ("Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00) HuaweiBrowser/13", "鸿蒙设备，华为浏览器", True),
        ("Mozilla/5.0 (Linux; Android 12; SM-X700) Chrome/120 Safari/537.36", "安卓平板，谷歌浏览器", True),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Gecko/20100101 Firefox/121.0", "苹果电脑，火狐浏览器", False),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/78 Safari/537.36 DingTalk(6.5)", "Windows 电脑，钉钉", False),
        ("curl/8", "未知设备", False),
    ],
)
def test_device_words(agent: str, expected: str, phone: bool) -> None:
    assert device_words(agent) == expected
    assert is_phone(agent) is phone


@pytest.mark.parametrize("chosen", ["²", "9" * 19, "9" * 5000])
def test_numbers_that_are_none_end_nothing(town: Town, worker: User, chosen: str) -> None:
    client = browser(worker)
    assert client.post(LIST, {"session": chosen}).status_code == 302
    assert client.get(LIST).status_code == 200
