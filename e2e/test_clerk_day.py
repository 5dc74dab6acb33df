"""A village clerk's day: what waits, a rule that says who, a whistle and who came of it, a note to a colleague."""

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import PHONE, Watched, overflow
from e2e.people import CLERK, GRID, SECRETARY, A, People
from e2e.screens import FIRST_GRID, Desk, called, more, notice

pytestmark = pytest.mark.browser
CARE: Final = {"danger": "没有", "group": "独居老人"}


def accept_by_rule(page: Page, number: str) -> None:
    """The list of what waits, and the grid that the rule of the kind names."""
    desk = Desk(page).open(number)
    desk.act("受理")
    desk.expect_done("已受理")
    desk.act("派给…")
    expect(page.locator("#act")).to_contain_text("的规则应派给杨村社区居委会第一网格，可以改")
    expect(page.get_by_label("第一网格（事发地）")).to_be_checked()
    page.get_by_label("要交代的话").fill("老人耳朵背，敲门要重。")
    page.get_by_role("button", name="派出去").click()
    desk.expect_done("已派给第一网格")


def whistle(page: Page, *units: str) -> None:
    more(page, "吹哨")
    page.get_by_role("button", name="吹哨", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("请选要叫来的单位")
    for unit in units:
        page.get_by_label(f"{unit}（杨村镇）").check()
    page.get_by_text("15 分钟", exact=True).click()
    page.get_by_label("请他们来做什么").fill("请来看老人的身体和门锁。")
    page.get_by_role("button", name="吹哨", exact=True).click()
    Desk(page).expect_done("已吹哨")


def note_to(page: Page, name: str) -> None:
    """A note, with a colleague found by a part of the name."""
    more(page, "写备注")
    page.get_by_label("备注", exact=True).fill("老人的女儿明天回来，先别打电话惊动他。")
    page.get_by_label("按姓名找同事").press_sequentially(name[:2])
    page.locator("#colleagues").get_by_label(re.compile(name)).first.check()
    page.get_by_role("button", name="写下备注").click()
    Desk(page).expect_done("备注已写下")


@pytest.mark.both
def test_a_clerks_day(watched: Watched, people: People) -> None:
    number = people.report(GRID, FIRST_GRID, "后庄独居的吴大爷两天没开门", kind="care", answers=CARE)
    with people.at(watched, CLERK) as page:
        accept_by_rule(page, number)
        Desk(page).open(number, "open")
        whistle(page, "卫生院", "派出所")
        assert "前到" in called(page, "卫生院")
    with people.at(watched, GRID, phone=True) as page:
        notice(page, "派给|吴大爷")
        page.goto(f"/{A}/cases/{number}/")
        page.get_by_role("button", name="开始处理").click()
        expect(page.locator("#flashes")).to_contain_text("已开始处理")
        assert overflow(page) <= 0
    people.act(GRID, number, "handlings", text="门已打开，老人摔了一跤，人清醒，已送卫生院。")
    with people.at(watched, CLERK) as page:
        desk = Desk(page).open(number)
        assert "前到" in called(page, "派出所")
        note_to(page, people[SECRETARY].name)
        desk.open(number)
        desk.act("核查通过")
        desk.expect_done("已核查通过")
    with people.at(watched, SECRETARY) as page:
        notice(page, "@你")
        expect(page).to_have_url(re.compile(f"/cases/{number}/"))
        expect(page.locator(".tl")).to_contain_text("先别打电话惊动他")
    with people.at(watched, GRID, phone=True) as page:
        page.goto(f"/{A}/cases/{number}/")
        expect(page.locator(".tl")).to_contain_text("先别打电话惊动他")


def test_the_clerks_pages_fit_a_phone(watched: Watched, people: People) -> None:
    """On the way between two houses the clerk has only the phone at hand."""
    number = people.report(GRID, FIRST_GRID, "文化广场的灯杆歪了")
    with people.at(watched, CLERK) as signed:
        state = signed.context.storage_state()
    page = watched.context(PHONE, storage_state=state).new_page()
    page.goto(f"/{A}/cases/?tab=mine")
    page.locator(f"#r-{number} [data-open]").click()
    expect(page).to_have_url(re.compile(f"/cases/{number}/$"))
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.locator("#flashes")).to_contain_text("已受理")
    more(page, "吹哨")
    assert overflow(page) <= 0
    page.get_by_label("城建中心（杨村镇）").check()
    page.get_by_label("请他们来做什么").fill("请带扳手来扶正。")
    page.get_by_role("button", name="吹哨", exact=True).click()
    expect(page.locator("#flashes")).to_contain_text("已吹哨")
    assert overflow(page) <= 0
    page.goto(f"/{A}/cases/{number}/")
    assert "前到" in called(page, "城建中心")
