"""Accounts: a new person from the first password to the first list, the lockout, the second factor."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import DESK, PHONE, Watched
from e2e.people import SECURITY, A, People, fill_login

pytestmark = pytest.mark.browser
LOGIN, NEW = "zhou.xiaomei", "Yangcun-2026-ok"


def create(page: Page, name: str, login: str) -> str:
    """The security administrator makes the account; its first password is shown once."""
    page.goto(f"/{A}/users/")
    page.get_by_role("link", name="新建账号").click()
    page.get_by_label("姓名").fill(name)
    page.get_by_label("登录账号").fill(login)
    page.get_by_role("button", name="建立账号").click()
    password = page.locator("h2 code").inner_text().strip()
    page.get_by_role("link", name=f"抄好了，回到{name}").click()
    expect(page.get_by_text("还没有岗位")).to_be_visible()
    return password


def grant(page: Page, role: str, place: str) -> None:
    page.get_by_role("link", name="授予岗位").click()
    page.get_by_label("岗位", exact=True).select_option(label=role)
    page.get_by_role("button", name="列出可选的地点").click()
    page.get_by_label("地点").select_option(label=place)
    page.get_by_role("button", name=f"授予{role}岗位").click()
    expect(page.locator("#flashes")).to_contain_text("已授予")


def wrong(page: Page, login: str, times: int) -> None:
    page.goto("/accounts/login/")
    for _ in range(times):
        fill_login(page, login, "not-the-password")
        expect(page.get_by_role("alert")).to_contain_text("登录账号或密码不对")


def test_a_new_person_gets_to_work(watched: Watched, people: People) -> None:
    admin = watched.context(DESK).new_page()
    people.sign_in(admin, SECURITY)
    first = create(admin, "周小梅", LOGIN)
    grant(admin, "镇综治中心受理员", "杨村镇")
    here = admin.url
    page = watched.context(DESK).new_page()
    page.goto(f"/{A}/cases/")
    fill_login(page, LOGIN, first)
    expect(page.get_by_role("heading", name="先换一个自己的密码")).to_be_visible()
    page.goto(f"/{A}/cases/?tab=ended")
    expect(page.get_by_role("heading", name="先换一个自己的密码")).to_be_visible()
    page.get_by_label("现在的密码").fill(first)
    page.get_by_label("新密码", exact=True).fill("12345")
    page.get_by_label("再填一遍新密码").fill("12345")
    page.get_by_role("button", name="换成新密码").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("现在的密码").fill(first)
    page.get_by_label("新密码", exact=True).fill(NEW)
    page.get_by_label("再填一遍新密码").fill(NEW)
    page.get_by_role("button", name="换成新密码").click()
    expect(page.locator(".wl [data-row]").first).to_be_visible()
    expect(page.locator(".d-me")).to_contain_text("周小梅")
    locked(watched, admin, here)


def locked(watched: Watched, admin: Page, user: str) -> None:
    """Five wrong ones lock, whatever is typed next; the security administrator unlocks."""
    page = watched.context(PHONE).new_page()
    wrong(page, LOGIN, 4)
    fill_login(page, LOGIN, "not-the-password")
    expect(page.get_by_role("heading", name="暂时不能登录")).to_be_visible()
    expect(page.get_by_text(re.compile(r"今天 \d\d:\d\d|明天|\d+月\d+日"))).to_be_visible()
    page.goto("/accounts/login/")
    fill_login(page, LOGIN, NEW)
    expect(page.get_by_role("heading", name="暂时不能登录")).to_be_visible()
    admin.goto(user)
    admin.get_by_role("link", name="解除锁定").click()
    admin.get_by_role("button", name="解除锁定").click()
    expect(admin.locator("#flashes")).to_contain_text("锁定已解除")
    page.goto("/accounts/login/")
    fill_login(page, LOGIN, NEW)
    expect(page).to_have_url(re.compile(f"/{A}/"))


def test_an_administrator_sets_up_and_answers_the_second_factor(watched: Watched, people: People) -> None:
    page = watched.context(DESK).new_page()
    page.goto(f"/{A}/trail/")
    login = "taiqian.audit_admin"
    page.goto("/accounts/login/")
    fill_login(page, login, people[login].password)
    expect(page.get_by_role("heading", name="开启动态口令")).to_be_visible()
    page.goto("/410927/trail/")
    expect(page.get_by_role("heading", name="开启动态口令")).to_be_visible()
    page.get_by_label("手机上显示的 6 位数字").fill("000000")
    page.get_by_role("button", name="开启动态口令").click()
    expect(page.get_by_role("alert")).to_contain_text("动态口令不对")
    people.set_up(page, login)
    expect(page).to_have_url(f"{watched.url}/410927/trail/")
    again = watched.context(DESK).new_page()
    again.goto("/accounts/login/")
    fill_login(again, login, people[login].password)
    again.get_by_label("动态口令").fill("123456")
    again.get_by_role("button", name="登录", exact=True).click()
    expect(again.get_by_role("alert")).to_contain_text("动态口令不对")
    people.answer(again, login)
    expect(again).to_have_url(f"{watched.url}/410927/trail/")
    again.goto("/accounts/sessions/")
    expect(again.locator(".list > li")).to_have_count(2)
    again.get_by_role("button", name="退出其他全部设备").click()
    expect(again.locator(".list > li")).to_have_count(1)
    page.goto("/410927/trail/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_signing_out_ends_it(watched: Watched, people: People) -> None:
    page = watched.context(PHONE).new_page()
    people.sign_in(page, "tianchang.grid_worker.2")
    page.get_by_role("link", name="我的").click()
    page.get_by_role("link", name="退出登录").last.click()
    page.get_by_role("button", name="退出这台设备").click()
    expect(page).to_have_url(f"{watched.url}/")
    page.goto(f"/{A}/home/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.go_back()
    page.go_back()
    expect(page.get_by_text(people["tianchang.grid_worker.2"].name)).to_have_count(0)
