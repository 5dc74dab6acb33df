"""What goes wrong between people and networks: two at once, a lost session, a double click, a slow line, no script."""

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.browsing import DESK, PHONE, Watched, eventually, overflow
from e2e.people import CLERK, GRID, OFFICER, SECRETARY, A, People, fill_login
from e2e.screens import FIRST_GRID, Desk, add_photos, answer, picture, reported, send_button, tell

pytestmark = pytest.mark.browser


def mine(people: People, words: str) -> list[str]:
    """Numbers of the grid worker's reports that say this."""
    found = people.call(GRID, "/cases?tab=reported&limit=200")["items"]
    return [one["number"] for one in found if words in one["title"]]


@pytest.mark.both
def test_the_slower_of_two_gets_a_sentence_and_keeps_the_words(watched: Watched, people: People) -> None:
    number = people.report(GRID, FIRST_GRID, "村口公交站牌被撞歪")
    people.act(CLERK, number, "acceptances")
    words = "站牌归县公交公司，村里动不了，请镇里联系。"
    with people.at(watched, CLERK) as slow, people.at(watched, SECRETARY) as fast:
        for page in (slow, fast):
            Desk(page).open(number).act("请上级办")
        slow.get_by_label("为什么要上级办").fill(words)
        fast.get_by_label("为什么要上级办").fill("要公交公司来修。")
        fast.get_by_role("button", name="请上级办").click()
        Desk(fast).expect_done("已请上级办")
        slow.get_by_role("button", name="请上级办").click()
        expect(slow.get_by_role("alert")).to_contain_text("刚刚有人办了这件事")
        expect(slow.get_by_role("alert")).to_contain_text("你写的内容还在")
        expect(slow.get_by_label("为什么要上级办")).to_have_value(words)
        expect(slow.locator(".tl > li").first).to_contain_text(people[SECRETARY].name)
    steps = people.call(OFFICER, f"/cases/{number}")["steps"]
    assert [step["act"] for step in steps].count("escalate") == 1


@pytest.mark.parametrize("lost", ["session", "every cookie"])
def test_a_session_lost_in_mid_form_loses_nothing(watched: Watched, people: People, lost: str) -> None:
    words = f"沟里倒了建筑垃圾{1 if lost == 'session' else 2}车"
    context = watched.context(PHONE)
    page = context.new_page()
    people.sign_in(page, GRID)
    page.goto(f"/{A}/cases/new/")
    tell(page, words, kind="环境卫生", place="后庄东沟")
    add_photos(page, picture(seed=2))
    expect(page.locator("[data-draft-note]")).to_contain_text("已存在手机")
    page.wait_for_timeout(500)
    context.clear_cookies(name="session")
    if lost != "session":
        context.clear_cookies()
    send_button(page).click()
    if lost != "session":
        page.get_by_role("link", name="返回上一页").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    fill_login(page, GRID, people[GRID].password)
    expect(page).to_have_url(f"{watched.url}/{A}/cases/new/")
    expect(page.get_by_label("什么情况")).to_have_value(words)
    expect(page.get_by_label("具体地点")).to_have_value("后庄东沟")
    expect(page.get_by_label("环境卫生")).to_be_checked()
    expect(page.locator("[data-photos] .photo img")).to_have_count(1)
    send_button(page).click()
    number = reported(page)
    expect(page.locator(".photos img")).to_have_count(1)
    assert mine(people, words) == [number]
    page.goto(f"/{A}/cases/new/")
    expect(page.get_by_label("什么情况")).to_have_value("")


def test_a_double_click_gives_one_case(watched: Watched, people: People) -> None:
    with people.at(watched, GRID, phone=True) as page:
        page.goto(f"/{A}/cases/new/")
        tell(page, "双击上报的路灯不亮")
        send_button(page).dblclick()
        number = reported(page)
    assert mine(people, "双击上报的路灯不亮") == [number]


def test_back_and_again_gives_one_case(watched: Watched, people: People) -> None:
    """The same form sent once more leads to the case that is already there."""
    with people.at(watched, GRID, phone=True) as page:
        page.goto(f"/{A}/cases/new/")
        tell(page, "后退再报的水管漏水")
        key = page.locator("input[name=idempotency_key]").input_value()
        send_button(page).click()
        number = reported(page)
        page.goto(f"/{A}/cases/new/")
        tell(page, "后退再报的水管漏水")
        page.locator("input[name=idempotency_key]").evaluate("(one, key) => { one.value = key; }", key)
        send_button(page).click()
        assert reported(page) == number
    assert mine(people, "后退再报的水管漏水") == [number]


def test_a_slow_line_shows_that_it_is_being_sent(watched: Watched, people: People) -> None:
    def hesitate(route: Route) -> None:
        if route.request.method == "POST":
            time.sleep(1.5)
        route.continue_()

    with people.at(watched, GRID, phone=True) as page:
        page.goto(f"/{A}/cases/new/")
        tell(page, "信号慢时上报的井盖松动")
        wide = send_button(page).bounding_box()
        page.route("**/cases/new/", hesitate)
        page.evaluate("""() => { window.seen = new Promise((done) => new MutationObserver(() => {
            const busy = document.querySelector("button[aria-busy=true]");
            if (busy) done([busy.textContent, busy.offsetWidth]); }).observe(document.body,
            { subtree: true, attributes: true, childList: true })); }""")
        began = time.monotonic()
        send_button(page).click(no_wait_after=True)
        text, width = page.evaluate("window.seen")
        assert time.monotonic() - began < 1.5
        assert text.startswith("正在上报给")
        assert text.endswith("…")
        assert wide is not None
        assert width >= wide["width"] - 1
        reported(page)
    assert len(mine(people, "信号慢时上报的井盖松动")) == 1


def test_without_signal_the_report_waits_in_the_phone(watched: Watched, people: People) -> None:
    with people.at(watched, GRID, phone=True) as page:
        page.goto(f"/{A}/cases/new/")
        tell(page, "没有信号时写的塌方")
        page.context.set_offline(True)
        send_button(page).click()
        expect(page.locator("#flashes")).to_contain_text("已保存在手机里，有信号后自动上传")
        expect(page.get_by_text("等待上传 1 条")).to_be_visible()
        assert mine(people, "没有信号时写的塌方") == []
        page.context.set_offline(False)
        assert eventually(page, lambda: len(mine(people, "没有信号时写的塌方")) == 1)


class Plain:
    """A page without scripts: only links and forms."""

    def __init__(self, watched: Watched, size: dict[str, int]) -> None:
        self.page = watched.context(size, java_script_enabled=False).new_page()

    def sign_in(self, people: People, login: str) -> Page:
        people.sign_in(self.page, login)
        return self.page


def test_everything_works_without_scripts(watched: Watched, people: People) -> None:
    phone = Plain(watched, PHONE).sign_in(people, GRID)
    phone.get_by_role("link", name="随手拍").click()
    tell(phone, "没有脚本也能报的垃圾堆", kind="环境卫生", place="老街", answers=False)
    phone.locator("input.photo-in").last.set_input_files([picture(seed=5)])
    send_button(phone).click()
    expect(phone.get_by_text("还要问下面几个问题")).to_be_visible()
    answer(phone, "哪种情况", "垃圾没有清运")
    send_button(phone).click()
    number = reported(phone)
    expect(phone.locator(".photos img")).to_have_count(1)
    desk = Plain(watched, DESK).sign_in(people, CLERK)
    desk.goto(f"/{A}/cases/?tab=mine")
    desk.locator(f"#r-{number} [data-open]").click()
    desk.get_by_role("button", name="受理", exact=True).click()
    expect(desk.locator("#flashes")).to_contain_text("已受理")
    desk.get_by_role("link", name="派给…").click()
    desk.get_by_role("button", name="派出去").click()
    expect(desk.locator("#flashes")).to_contain_text("已派给第一网格")
    officer = Plain(watched, DESK).sign_in(people, OFFICER)
    officer.goto(f"/{A}/cases/?tab=ended")
    officer.get_by_role("link", name="下一页").click()
    officer.get_by_role("link", name="上一页").click()
    officer.locator("summary", has_text="类别").click()
    officer.locator(".flt-p a", has_text="环境卫生").click()
    expect(officer).to_have_url(re.compile("kind=sanitation"))
    rows = officer.locator("[data-row]")
    assert 0 < rows.count() < 50
    assert rows.count() == officer.locator("[data-row]", has_text="环境卫生").count()
    for page in (phone, desk, officer):
        assert overflow(page) <= 0
