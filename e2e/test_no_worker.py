"""A browser that can neither seal nor keep pages (http on a LAN): what is filled in waits, and it is said."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.browsing import TIMEOUT_MS, Watched, eventually
from e2e.people import CLERK, GRID, A, People, fill_login
from e2e.phones import OLD_PHONE, SPOT, queue
from e2e.screens import HERE, send_button, tell
from e2e.server import Site

pytestmark = pytest.mark.browser
LEADER = "tianchang.grid_leader"
NEW = f"/{A}/cases/new/"
# What such a browser lacks; the worker is blocked by the context.
PLAIN = 'Object.defineProperty(window, "isSecureContext", { get: () => false });'


@pytest.fixture
def page(browser: Browser, site: Site, people: People) -> Iterator[Page]:
    """Not watched: a lost line is what it is about."""
    context = browser.new_context(
        base_url=site.url, viewport=OLD_PHONE, service_workers="block", locale="zh-CN", timezone_id="Asia/Shanghai",
        geolocation=SPOT, permissions=["geolocation"],
    )  # fmt: skip
    context.set_default_timeout(TIMEOUT_MS)
    context.add_init_script(PLAIN)
    opened = context.new_page()
    opened.goto("/accounts/login/")
    fill_login(opened, LEADER, people[LEADER].password)
    expect(opened).to_have_url(re.compile("/home/"))
    opened.goto(NEW)
    yield opened
    context.close()


def write(page: Page, text: str) -> None:
    """The signal goes after the kind's questions have come."""
    tell(page, text, place="河堤")
    page.context.set_offline(True)
    send_button(page).click()
    expect(page.locator("#flashes")).to_contain_text("已保存在手机里，有信号后自动上传")


def found(people: People, text: str) -> int:
    listed = people.call(CLERK, "/cases?tab=open&limit=200")["items"]
    return sum(text in one["title"] for one in listed)


def test_two_reports_on_one_page_wait_and_arrive_once(page: Page, people: People) -> None:
    texts = ["河堤上有个洞", "河堤的栏杆松了"]
    for text in texts:
        write(page, text)
        expect(page.get_by_label("什么情况", exact=True)).to_have_value("")
    expect(page.locator("[data-strip]")).to_contain_text("等待上传 2 条")
    assert [one["open"] for one in queue(page)["items"]] == [True, True]
    page.context.set_offline(False)
    assert eventually(page, lambda: not queue(page)["items"], 90)
    assert [found(people, text) for text in texts] == [1, 1]
    page.goto(f"/{A}/home/")
    expect(page.locator("[data-strip]")).to_be_hidden()


def test_signing_out_says_that_it_can_not_be_locked(page: Page, people: People) -> None:
    write(page, "不该留下来的一条")
    page.route("**/waiting/who/", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="退出这台设备").click()
    dialog = page.locator("dialog[data-ask-drafts]")
    expect(dialog).to_contain_text("这个浏览器不能加密")
    expect(dialog.get_by_role("button", name="锁在手机里，退出登录")).to_be_hidden()
    dialog.get_by_role("button", name="删掉并退出").click()
    expect(page).not_to_have_url(re.compile("logout"))
    assert queue(page)["items"] == []
    assert found(people, "不该留下来的一条") == 0


def test_how_far_away_it_is_stands_on_the_card(watched: Watched, people: People) -> None:
    """Reckoned in the browser: the position goes nowhere."""
    with people.at(watched, GRID, phone=True, geolocation=HERE, permissions=["geolocation"]) as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
        page.goto(f"/{A}/home/")
        expect(page.locator("[data-near]").first).to_have_text(re.compile(r"^·离你 [\d.]+ (米|公里)$"))
        assert not [one for one in sent if str(HERE["latitude"]) in one or str(HERE["longitude"]) in one]
