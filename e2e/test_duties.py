"""An instruction from the first word to the last: issued without scripts, worked on a phone, struck off in the list."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import Watched, overflow
from e2e.people import CLERK, GRID, LEADER, OFFICER, A, People
from e2e.screens import FIRST_GRID, add_photos, picture
from shanzhi.lib.times import local

pytestmark = pytest.mark.browser
TITLE: Final = "排查老街用电线路"


def soon() -> str:
    """A day that is near, as the browser sends it."""
    return f"{local(datetime.now(UTC)).date() + timedelta(days=5)}"


def fill(page: Page, title: str, names: str) -> None:
    """The form up to the list of receivers."""
    page.goto(f"/{A}/duties/new/")
    page.get_by_label("交办什么事").fill(title)
    page.get_by_label("做什么、做到什么程度").fill("挨户看有没有私拉乱接，有的当场拆，拍照报来。")
    page.get_by_label("依据").fill("镇安委会会议")
    page.get_by_label("哪天以前办完").fill(soon())
    page.get_by_label("或者写名称").fill(names)
    page.get_by_role("button", name="下一步：看交给谁").click()


def test_from_the_order_to_struck_off(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER, java_script_enabled=False) as page:
        fill(page, TITLE, f"{FIRST_GRID}\n外星村")
        expect(page.locator(".error-summary")).to_contain_text("“外星村”不在你能交办的范围内")
        expect(page.get_by_label("交办什么事")).to_have_value(TITLE)
        page.get_by_label("或者写名称").fill(FIRST_GRID)
        page.get_by_role("button", name="下一步：看交给谁").click()
        expect(page.locator("main")).to_contain_text("交给 1 家：1 个网格")
        page.get_by_role("button", name="交办给这 1 家").click()
        expect(page.locator("h1")).to_have_text(TITLE)
        address = page.url
    with people.at(watched, GRID, phone=True) as page:
        page.goto(f"/{A}/home/")
        page.get_by_role("link", name="交办 有").click()
        card = page.locator("article.card", has_text=TITLE)
        card.get_by_role("button", name="签收").click()
        expect(page.locator("#flashes")).to_contain_text("已签收，可以开始办了")
        page.get_by_role("link", name="报结").click()
        page.get_by_role("button", name="报结").click()
        expect(page.locator(".error-summary")).to_contain_text("请写办得怎样")
        page.get_by_label("办得怎样").fill("看了 32 户，拆了 2 处私接的线。")
        add_photos(page, picture("IMG_9.jpg", seed=5))
        page.get_by_role("button", name="报结").click()
        expect(page.locator("#flashes")).to_contain_text("已报结，等交办单位销号")
        expect(page.locator(".tl img")).to_have_count(1)
        assert overflow(page) <= 0
    with people.at(watched, OFFICER, java_script_enabled=False) as page:
        page.goto(address)
        page.locator("input[name=line]").check()
        page.get_by_role("button", name="销号所选").click()
        expect(page.locator(".note-green")).to_contain_text("销号 1 行")
        expect(page.locator("tbody")).to_contain_text("看了 32 户，拆了 2 处私接的线。")


def test_a_county_gives_to_every_village_of_a_township(watched: Watched, people: People) -> None:
    with people.at(watched, LEADER) as page:
        page.goto(f"/{A}/duties/new/")
        page.get_by_label("交办什么事").fill("统计低洼危房")
        page.get_by_label("做什么、做到什么程度").fill("逐户登记，报总数。")
        page.get_by_label("哪天以前办完").fill(soon())
        page.get_by_label(re.compile("杨村镇全部村")).check()
        page.get_by_label("只交给哪个岗位").select_option("branch_secretary")
        page.get_by_role("button", name="下一步：看交给谁").click()
        expect(page.locator("main")).to_contain_text(re.compile(r"交给 \d+ 家"))
        expect(page.locator(".duty-names li").first).to_contain_text("村支部书记")
        page.get_by_role("button", name="返回修改").click()
        expect(page.get_by_label("只交给哪个岗位")).to_have_value("branch_secretary")
        assert overflow(page) <= 0
    with people.at(watched, CLERK) as page:
        page.goto(f"/{A}/duties/?tab=area")
        expect(page.locator("h1")).to_have_text("交办台账")
        assert overflow(page) <= 0
