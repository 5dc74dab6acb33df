"""A village clerk enters a home, a family, a birth and a move; shows a number for a purpose; prints who looked."""

import re
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import Watched, barriers, overflow
from e2e.people import CLERK, GRID, LEADER, SECURITY, A, People
from shanzhi.lib.idcards import id_check_digit
from shanzhi.lib.times import SHANGHAI

pytestmark = pytest.mark.browser
BASE = f"/{A}/people/"
TODAY = datetime.now(SHANGHAI).date()


def number_of(born: date, order: int) -> str:
    body = f"990001{born:%Y%m%d}{order:03d}"
    return body + id_check_digit(body)


def fill_person(page: Page, name: str, number: str, on: date) -> None:
    page.get_by_label("姓名").fill(name)
    page.get_by_label("证件号码").fill(number)
    page.get_by_label("电话").fill("13800007654")
    page.get_by_label("本来就在这里，现在补登").check()
    page.get_by_label("从哪天起").fill(on.isoformat())
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_from_the_home_to_the_paper(watched: Watched, people: People) -> None:
    with people.at(watched, CLERK) as page:
        page.goto(f"{BASE}dwellings/")
        page.get_by_role("link", name="登记房屋").click()
        page.get_by_label("组、路、小区").fill("试用组")
        page.get_by_label("门牌、房号").fill("8 号")
        page.get_by_role("button", name="登记房屋").click()
        expect(page.get_by_text("还没有登记谁住在这里")).to_be_visible()
        home = page.url
        page.get_by_role("link", name="登记住在这里的人").click()
        fill_person(page, "试户主", number_of(date(1985, 3, 4), 701), TODAY - timedelta(days=90))
        person = page.url
        assert barriers(page) == []

        page.goto(f"{BASE}households/new/")
        page.get_by_label("户主").select_option(label="试户主")
        page.get_by_role("button", name="立户").click()
        expect(page.get_by_text("已立户")).to_be_visible()
        household = page.url

        page.get_by_role("link", name="登记出生").click()
        page.get_by_label("姓名").fill("试贝贝")
        page.get_by_label("性别").select_option(label="女")
        page.get_by_label("出生日期").fill((TODAY - timedelta(days=3)).isoformat())
        page.get_by_label("与户主的关系").select_option(label="女")
        page.get_by_role("button", name="登记", exact=True).click()
        expect(page.get_by_text("0 岁")).to_be_visible()
        page.goto(household)
        expect(page.get_by_role("link", name="试贝贝")).to_be_visible()

        page.goto(person)
        page.get_by_role("link", name="外出", exact=True).click()
        page.get_by_label("去了哪里").fill("江苏省苏州市")
        page.get_by_role("button", name="登记外出").click()
        expect(page.get_by_text("县外：江苏省苏州市").first).to_be_visible()
        page.goto(home)
        expect(page.get_by_role("link", name="试贝贝")).to_be_visible()
        expect(page.get_by_role("link", name="试户主")).to_have_count(0)

        page.goto(person)
        expect(page.get_by_text("138****7654")).to_be_visible()
        page.get_by_role("link", name=re.compile("看全.*电话")).click()
        page.get_by_role("button", name=re.compile("看电话")).click()
        expect(page.get_by_text("请选看这个号码做什么用。").first).to_be_visible()
        page.get_by_label("走访看望").check()
        page.get_by_role("button", name=re.compile("看电话")).click()
        expect(page.locator(".reveal-n")).to_have_text("13800007654")
        page.get_by_role("link", name="看完了，返回").click()
        page.get_by_role("link", name="谁看过这些资料").click()
        expect(page.get_by_text("走访看望")).to_be_visible()
        page.get_by_role("link", name="打印给本人").click()
        expect(page.get_by_role("cell", name="显示完整号码：电话")).to_be_visible()
        assert barriers(page) == []


def test_on_a_phone_the_register_is_within_reach(watched: Watched, people: People) -> None:
    with people.at(watched, GRID, phone=True) as page:
        page.goto(f"/{A}/me/")
        page.get_by_role("link", name=re.compile("辖区人口")).click()
        page.get_by_role("link", name="房屋", exact=True).click()
        assert overflow(page) <= 0
        page.locator("main table a").first.click()
        expect(page.get_by_role("heading", name="住在这里的人")).to_be_visible()
        assert overflow(page) <= 0
        page.locator("main .list a").first.click()
        expect(page.get_by_role("heading", name="经过")).to_be_visible()
        assert overflow(page) <= 0


def test_without_scripts_a_day_of_the_past_is_counted(watched: Watched, people: People) -> None:
    with people.at(watched, LEADER, java_script_enabled=False) as page:
        page.goto(f"{BASE}counts/")
        row = page.locator("tbody tr", has_text="杨村")
        expect(row.first).to_be_visible()
        page.get_by_label("看哪一天", exact=True).fill("2001-01-01")
        page.get_by_role("button", name="看这一天").click()
        expect(page).to_have_url(re.compile("on=2001-01-01"))
        expect(page.locator("dl.kv dd").first).to_have_text("0 人")
        page.goto(BASE)
        expect(page.get_by_role("heading", name="你的岗位不能办这件事")).to_be_visible()


def test_an_administrator_sees_no_person(watched: Watched, people: People) -> None:
    with people.at(watched, SECURITY) as page:
        assert page.goto(BASE).status == 403  # type: ignore[union-attr]
        assert page.goto(f"{BASE}counts/").status == 403  # type: ignore[union-attr]
