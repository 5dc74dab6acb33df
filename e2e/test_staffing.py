"""A vacancy is filled at a desk and is gone from the figures; on a phone, who is responsible here and their number."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import Watched, barriers, overflow
from e2e.people import CLERK, GRID, OFFICER, A, People
from e2e.screens import FIRST_GRID

pytestmark = pytest.mark.browser
BASE = f"/{A}/staffing/"


def missing(page: Page) -> int:
    page.goto(f"{BASE}?area=341181104000")
    tile = page.locator(".staff-tile", has=page.get_by_text("缺岗", exact=True))
    return int(tile.locator("a.tile-v span").inner_text().replace(",", ""))


def test_a_vacancy_is_filled_ended_and_there_again(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER) as page:
        before = missing(page)
        assert before > 0
        page.goto(f"{BASE}vacancies/?role=instructor")
        page.get_by_role("link", name="任命网格指导员").first.click()
        page.get_by_label("姓名").fill("试用人")
        page.get_by_label("电话").fill("13800")
        page.get_by_role("button", name="任命").click()
        expect(page.get_by_text("电话不对").first).to_be_visible()
        expect(page.get_by_label("姓名")).to_have_value("试用人")
        page.get_by_label("电话").fill("13800004321")
        page.get_by_role("button", name="任命").click()
        expect(page.get_by_role("heading", name="试用人")).to_be_visible()
        expect(page.get_by_text("138****4321")).to_be_visible()
        person = page.url
        assert missing(page) == before - 1
        page.goto(person)
        page.get_by_role("link", name="结束任职").click()
        page.get_by_label("原因").fill("试过了")
        page.get_by_role("button", name="结束任职").click()
        expect(page.get_by_text("已撤销或结束")).to_be_visible()
        expect(page.get_by_text("试过了")).to_be_visible()
        assert missing(page) == before
        assert barriers(page) == []


def test_the_figures_of_another_day_are_those_of_that_day(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER) as page:
        page.goto(f"{BASE}people/")
        page.get_by_label("看哪一天", exact=True).fill("2020-01-01")
        page.get_by_role("button", name="看这一天").click()
        expect(page).to_have_url(re.compile("on=2020-01-01"))
        expect(page.get_by_text("还没有网格人员")).to_be_visible()
        page.get_by_role("link", name="回到今天").click()
        expect(page.locator("table tbody tr").first).to_be_visible()
        assert page.get_by_label("看哪一天", exact=True).input_value() > "2020-01-01"


def place_of(people: People) -> dict[str, float]:
    """A position inside of the first grid: the middle of one of its outline's corners and the rest."""
    told = people.call(OFFICER, f"/outlines?level=grid&within={FIRST_GRID}")
    ring = told["features"][0]["geometry"]["coordinates"][0]
    ring = ring[0] if isinstance(ring[0][0], list) else ring
    for first in range(len(ring) - 1):
        corners = [ring[(first + step) % (len(ring) - 1)] for step in (0, 1, 2)]
        lon, lat = (sum(corner[axis] for corner in corners) / 3 for axis in (0, 1))
        found = people.call(OFFICER, "/areas/at", {"lon": lon, "lat": lat})
        if found["grid"] and found["grid"]["code"] == FIRST_GRID:
            return {"longitude": lon, "latitude": lat}
    raise AssertionError("no position in the first grid")


def test_on_a_phone_who_is_responsible_here_and_a_number_for_a_purpose(watched: Watched, people: People) -> None:
    here = place_of(people)
    with people.at(watched, GRID, phone=True, geolocation=here, permissions=["geolocation"]) as page:
        page.goto(f"/{A}/me/")
        page.get_by_role("link", name="谁负责这里").click()
        page.get_by_role("button", name="取当前位置").click()
        expect(page.get_by_text("已取到当前位置")).to_be_visible()
        page.get_by_role("button", name="查谁负责").click()
        expect(page.get_by_role("heading", level=3)).to_have_count(4)
        assert page.url.endswith("/staffing/here/")
        assert overflow(page) <= 0
        page.get_by_role("link", name=re.compile("的电话")).first.click()
        page.get_by_label("联系办理事件").check()
        page.get_by_role("button", name=re.compile("看电话")).click()
        expect(page.locator(".reveal-n")).to_have_text(re.compile(r"^1380000\d{4}$"))
        expect(page.get_by_text("联系办理事件")).to_be_visible()
        page.get_by_role("link", name="看完了，返回").click()
        assert "1380000" not in page.locator("main").inner_text()


def test_without_scripts_a_name_is_enough(watched: Watched, people: People) -> None:
    with people.at(watched, CLERK, java_script_enabled=False) as page:
        page.goto(f"{BASE}here/")
        expect(page.get_by_role("button", name="取当前位置")).to_be_hidden()
        page.get_by_label("村、网格的名字").fill("外星飞船")
        page.get_by_role("button", name="查谁负责").click()
        expect(page.get_by_role("alert")).to_contain_text("没有叫这个名字的地方")
        page.get_by_label("村、网格的名字").fill(FIRST_GRID)
        page.get_by_role("button", name="查谁负责").click()
        expect(page.get_by_role("heading", level=3)).to_have_count(4)
