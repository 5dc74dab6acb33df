"""A villager without an account: reports with a photo, gets a receipt, follows, adds; with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import PHONE, Watched, barriers, overflow
from e2e.screens import VILLAGE, picture

pytestmark = pytest.mark.browser

REPORT = f"/341181/villages/{VILLAGE}/report/"
SECRET = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{5}")
SMALL = {"width": 360, "height": 640}


def looked_at(page: Page) -> None:
    assert barriers(page) == []
    assert overflow(page) == 0


def send(page: Page) -> None:
    """Send the report; what is offered as the same matter is declined."""
    page.get_by_role("button", name=re.compile("^报给")).click()
    expect(page.locator("h1")).to_have_text(re.compile("是不是同一件事|已收到您的反映"))
    if "是不是同一件事" in (page.locator("h1").text_content() or ""):
        looked_at(page)
        page.get_by_role("button", name="都不是，照样反映").click()
    expect(page.locator("h1")).to_have_text("已收到您的反映")


def secret_on(page: Page) -> str:
    found = SECRET.search(page.locator(".receipt-s").text_content() or "")
    assert found
    return found[0]


def test_with_scripts_and_a_photo(watched: Watched) -> None:
    page = watched.context(PHONE).new_page()
    page.goto(REPORT)
    looked_at(page)
    page.get_by_label("什么情况", exact=True).fill("桥头护栏断了一截，孩子放学走那里，怕掉下去。")
    page.locator("input.photo-in").last.set_input_files([picture()])
    expect(page.locator("[data-photos] .photo img")).to_have_count(1)
    send(page)
    looked_at(page)
    secret = secret_on(page)
    assert secret not in page.url
    other = watched.context(SMALL).new_page()
    other.goto(f"/341181/follow/#{secret}")
    expect(other.get_by_role("heading", name="等待受理")).to_be_visible()
    assert secret not in other.url
    expect(other.locator(".photos img")).to_have_count(1)
    looked_at(other)
    other.get_by_role("link", name="补充情况").click()
    looked_at(other)
    other.get_by_label("补充什么").fill("是桥南头那一截。")
    other.get_by_role("button", name="补充情况").click()
    expect(other.get_by_text("是桥南头那一截。")).to_be_visible()
    other.get_by_role("button", name=re.compile("看完了，关掉")).click()
    expect(other.get_by_label("查询码")).to_be_visible()


def test_without_scripts(watched: Watched) -> None:
    page = watched.context(SMALL, java_script_enabled=False).new_page()
    page.goto(REPORT)
    page.get_by_role("button", name=re.compile("^报给")).click()
    expect(page.get_by_text("请写一下是什么情况，一句话也行。").first).to_be_visible()
    page.get_by_label("什么情况", exact=True).fill("水塘边的警示牌倒了，字也看不清。")
    page.locator("input[type=file]").last.set_input_files([picture()])
    send(page)
    secret = secret_on(page)
    page.goto("/341181/follow/")
    expect(page.get_by_text("水塘边的警示牌倒了")).to_be_visible()
    page.get_by_role("button", name=re.compile("看完了，关掉")).click()
    page.get_by_label("查询码").fill(secret.lower())
    page.get_by_role("button", name="查办到哪一步").click()
    expect(page.get_by_text("水塘边的警示牌倒了")).to_be_visible()
