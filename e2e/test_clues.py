"""A clue without a name: handed in without scripts, assigned, checked, transferred; who gave it sees how it goes."""

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import PHONE, Watched, overflow
from e2e.people import CLERK, OFFICER, SYSTEM, A, People

pytestmark = pytest.mark.browser
LEAD: Final = "tianchang.command_centre"
BODY: Final = "砂场老板带人堵在北河桥头收过路费，每车五十，不给就打人。"


def hand_in(page: Page) -> tuple[str, str]:
    """From the county's page; number and secret as the receipt has them."""
    page.goto(f"/{A}/")
    page.get_by_role("link", name="提供扫黑除恶线索").click()
    page.get_by_role("button", name="交给线索专办员").click()
    expect(page.locator(".error-summary")).to_contain_text("请写明是什么事")
    page.get_by_label("什么事").fill(BODY)
    page.get_by_label("反映的是谁").fill("外号大头，砂场老板")
    page.get_by_label("在什么地方").fill("北河桥头")
    page.get_by_role("button", name="交给线索专办员").click()
    expect(page.locator("h1")).to_have_text("已收到您的线索")
    assert overflow(page) <= 0
    assert BODY not in page.content()
    return page.locator("#receipt dd").first.inner_text(), page.locator(".receipt-s").inner_text()


def follow(page: Page, secret: str) -> None:
    page.goto(f"/{A}/clues/follow/")
    page.get_by_label("查询码").fill(secret.lower())
    page.get_by_role("button", name="查看").click()


def test_from_a_stranger_to_the_police_and_back(watched: Watched, people: People) -> None:
    context = watched.context(PHONE, java_script_enabled=False)
    stranger = context.new_page()
    number, secret = hand_in(stranger)
    assert {one["name"] for one in context.cookies()} <= {"csrf"}  # nothing stays on the phone
    follow(stranger, secret)
    expect(stranger.locator("h1")).to_have_text("已收到")
    with people.at(watched, LEAD) as page:
        page.goto(f"/{A}/clues/")
        page.get_by_label("完整的编号").fill(number.lower())
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text(BODY)
        page.get_by_role("link", name="分派", exact=True).click()
        page.get_by_role("button", name="分派", exact=True).click()
        expect(page.locator(".error-summary")).to_contain_text("请选分派给谁")
        page.get_by_label(re.compile("镇综治中心受理员")).check()
        page.get_by_role("button", name="分派", exact=True).click()
        expect(page.locator("#flashes")).to_contain_text("已分派")
        address = page.url
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{A}/notices/")
        page.get_by_text("有新的工作，请到线索专办台查看。").first.click()
        page.get_by_role("link", name=number).click()
        page.get_by_role("link", name="开始核查").click()
        page.get_by_label("告诉举报人的话").fill("已经开始查，请放心。")
        page.get_by_role("button", name="开始核查").click()
        page.get_by_role("link", name="移送", exact=True).click()
        page.get_by_label("公安机关").check()
        page.get_by_label("机关全称").fill("天长市公安局")
        page.get_by_role("button", name="移送", exact=True).click()
        expect(page.locator("main")).to_contain_text("移送给：天长市公安局（公安机关）")
        assert overflow(page) <= 0
        page.get_by_role("link", name="办结").click()
        page.get_by_label("移送后由有关机关办理").check()
        page.get_by_label("查了什么、怎么定的").fill("公安已立案。")
        page.get_by_role("button", name="办结").click()
        expect(page.locator(".state").first).to_have_text("已办结")
        page.get_by_role("link", name="移送函").click()
        expect(page.locator("h1")).to_have_text("线索移送函")
    follow(stranger, secret)
    expect(stranger.locator("h1")).to_have_text("已办结")
    expect(stranger.locator("main")).to_contain_text("已经开始查，请放心。")
    stranger.get_by_label("补充什么").fill("他们昨天又来了。")
    stranger.get_by_role("button", name="交给专办员").click()
    expect(stranger.locator(".note-green")).to_contain_text("已补充")
    with people.at(watched, LEAD) as page:
        page.goto(address)
        expect(page.locator("main")).to_contain_text("他们昨天又来了。")
        page.goto(f"/{A}/clues/check/")
        expect(page.locator(".note-green")).to_contain_text("都完整")
    for who in (CLERK, SYSTEM):
        with people.at(watched, who) as page:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 404
            assert number not in page.content()
            page.goto(f"/{A}/me/")
            expect(page.get_by_role("link", name="线索专办", exact=True)).to_have_count(0)


def test_whom_somebody_fears_is_asked_by_name_and_post(watched: Watched, people: People) -> None:
    page = watched.context(PHONE).new_page()
    page.goto(f"/{A}/clues/new/")
    boxes = page.locator("input[name=barred]")
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        box.check()
    page.get_by_label("什么事").fill(BODY)
    page.get_by_role("button", name="交给线索专办员").click()
    expect(page.locator(".error-summary")).to_contain_text("至少要留一名牵头人能看到")
    expect(page.get_by_label("什么事")).to_have_value(BODY)
    boxes.first.uncheck()
    page.get_by_role("button", name="交给线索专办员").click()
    number = page.locator("#receipt dd").first.inner_text()
    with people.at(watched, OFFICER) as signed:
        signed.goto(f"/{A}/clues/")
        signed.get_by_label("完整的编号").fill(number)
        signed.keyboard.press("Enter")
        expect(signed.locator("#flashes")).to_contain_text("没有这个编号的线索")
