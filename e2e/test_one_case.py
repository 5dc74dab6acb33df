"""One case from the first photo to the rating, through everybody's hands; and the ways on which it turns back."""

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import DESK, PHONE, Watched, eventually
from e2e.people import CLERK, GRID, HANDLER, OFFICER, A, People
from e2e.screens import HERE, Desk, add_photos, figure, picture, reported, send_button, tell, timeline

pytestmark = pytest.mark.browser
TEXT = "老街中段的窨井盖碎成两半，夜里骑车容易摔"


def report(page: Page) -> str:
    """随手拍: two photos, the position, a kind."""
    page.get_by_role("link", name="随手拍").click()
    add_photos(page, picture("IMG_1.jpg"), picture("IMG_2.jpg", place=(32.6605, 118.8311), seed=4))
    expect(page.locator("[data-photos-count]")).to_have_text("2 张，最多 9 张")
    expect(page.locator("[data-place-note]")).to_have_text("按照片里的位置填的，可以改")
    page.get_by_role("button", name="改位置").click()
    expect(page.locator("[data-place-accuracy]")).to_have_text("误差约 9 米")
    tell(page, TEXT, place="杨村社区老街中段")
    send_button(page).click()
    return reported(page)


def escalate(page: Page, number: str) -> None:
    desk = Desk(page).open(number)
    expect(desk.case.get_by_role("heading", level=1)).to_contain_text("窨井盖")
    desk.act("受理")
    desk.expect_done("已受理")
    desk.expect_state("待分派")
    desk.act("请上级办")
    page.get_by_label("为什么要上级办").fill("村里没有井盖，要城建中心换。")
    page.get_by_role("button", name="请上级办").click()
    desk.expect_done("已请上级办")


def dispatch(page: Page, number: str) -> None:
    desk = Desk(page).open(number)
    desk.act("受理")
    desk.expect_done("已受理")
    desk.act("派给…")
    expect(page.get_by_role("radio", name="城建中心")).to_be_checked()  # by the rule of the kind
    page.get_by_label("要交代的话").fill("先围起来，今天换好。")
    page.get_by_role("button", name="派出去").click()
    desk.expect_done("已派给城建中心")


def handle(page: Page, number: str) -> None:
    desk = Desk(page).open(number)
    desk.act("开始处理")
    desk.expect_done("已开始处理")
    desk.act("填写处理结果")
    page.get_by_label("怎么处理的").fill("已换新井盖，四周用水泥封好。")
    add_photos(page, picture("IMG_3.jpg", seed=9))
    page.get_by_role("button", name="报处理结果").click()
    desk.expect_done("处理结果已报上去")


def rate(page: Page, number: str) -> None:
    page.goto(f"/{A}/home/")
    page.goto(f"/{A}/cases/{number}/")
    page.get_by_role("link", name="评价并办结").click()
    page.get_by_label("满意，办结", exact=True).check()
    page.get_by_role("button", name="评价并办结").click()
    expect(page.locator("#flashes")).to_contain_text("已办结")
    expect(page.locator(".sec").first.locator(".state")).to_have_text("已办结")


@pytest.mark.both
def test_from_a_photo_to_a_rating(watched: Watched, people: People) -> None:
    visitor = watched.context(PHONE).new_page()
    before = figure(visitor, A, "closed"), figure(visitor, A, "reported")
    phone = watched.context(PHONE, geolocation=HERE, permissions=["geolocation"]).new_page()
    people.sign_in(phone, GRID)
    expect(phone).to_have_url(f"{watched.url}/{A}/home/")
    number = report(phone)
    for login, does in ((CLERK, escalate), (OFFICER, dispatch), (HANDLER, handle)):
        with people.at(watched, login) as page:
            does(page, number)
    with people.at(watched, OFFICER) as page:
        desk = Desk(page).open(number)
        desk.act("核查通过")
        desk.expect_done("已核查通过")
    rate(phone, number)
    steps = timeline(phone)
    for title, who in (
        ("办结", f"{people[GRID].name}·杨村社区居委会 第一网格 网格员"),
        ("核查通过", f"{people[OFFICER].name}·杨村镇 镇综治中心受理员"),
        ("处理完毕", people[HANDLER].name),
        ("处理完毕", "城建中心 部门经办人"),
        ("开始处理", people[HANDLER].name),
        ("派给城建中心", people[OFFICER].name),
        ("受理", people[OFFICER].name),
        ("请杨村镇办", f"{people[CLERK].name}·杨村社区居委会 村文书"),
        ("受理", people[CLERK].name),
        ("上报", people[GRID].name),
    ):
        assert any(title in step and who in step for step in steps), (title, who, steps)
    assert len(steps) == 9
    assert (figure(visitor, A, "closed"), figure(visitor, A, "reported")) == (before[0] + 1, before[1] + 1)


def test_photos_of_a_case_are_shown_large(watched: Watched, people: People) -> None:
    """What was sent is there for the people on the way of the case, without the place that was in the file."""
    with people.at(watched, GRID, phone=True, geolocation=HERE, permissions=["geolocation"]) as page:
        page.goto(f"/{A}/home/")
        number = report(page)
        photos = page.locator(".photos img")
        expect(photos).to_have_count(2)
        page.locator("[data-viewer] a.photo").first.click()
        expect(page.locator("dialog.viewer[open]")).to_contain_text("第 1 张，共 2 张")
        address = page.locator("[data-viewer] a.photo").last.get_attribute("href") or ""
    with people.at(watched, CLERK) as page:
        content = page.request.get(address).body()
        assert content[:2] == b"\xff\xd8"
        assert b"Exif" not in content[:4000]
        Desk(page).open(number)
        loaded = "Array.from(document.querySelectorAll('#case .photos img')).every((one) => one.naturalWidth)"
        assert eventually(page, lambda: bool(page.evaluate(loaded)))
    stranger = watched.context(DESK)
    assert stranger.request.get(address).url.startswith(f"{watched.url}/accounts/login/"), (
        "nobody sees it by its address"
    )


def test_back_one_step_unsatisfied_and_rejected(watched: Watched, people: People) -> None:
    area = "341181104001001"
    number = people.report(GRID, area, "文化广场的路灯三盏不亮")
    with people.at(watched, CLERK) as page:
        desk = Desk(page).open(number)
        desk.act("受理")
        desk.act("派给…")
        expect(page.get_by_label("第一网格（事发地）")).to_be_checked()
        page.get_by_role("button", name="派出去").click()
        desk.expect_done("已派给第一网格")
    with people.at(watched, GRID, phone=True) as page:
        page.goto(f"/{A}/cases/{number}/")
        page.get_by_role("link", name="退回", exact=True).click()
        page.get_by_role("button", name="退回", exact=True).click()
        page.get_by_label("为什么退回").fill("路灯归供电所管，网格修不了。")
        page.get_by_role("button", name="退回", exact=True).click()
        expect(page.locator("#flashes")).to_contain_text("已退回")
    with people.at(watched, CLERK) as page:
        desk = Desk(page).open(number)
        desk.expect_state("已退回")
        expect(desk.case).to_contain_text("路灯归供电所管，网格修不了。")
        people.act(CLERK, number, "dispatches", area=area, limit="24 hours")
        people.act(GRID, number, "handlings", text="换了灯泡，亮了。")
        desk.open(number)
        desk.act("核查通过")
        desk.expect_done("已核查通过")
    with people.at(watched, GRID, phone=True) as page:
        page.goto(f"/{A}/cases/{number}/closures/")
        page.get_by_label("不满意，退回重办").check()
        page.get_by_role("button", name="评价并办结").click()
        expect(page.locator(".error-summary")).to_be_visible()
        page.get_by_label("说明").fill("还有两盏不亮。")
        page.get_by_role("button", name="评价并办结").click()
        expect(page.locator("#flashes")).to_contain_text("重新办理")
    with people.at(watched, CLERK) as page:
        desk = Desk(page).open(number)
        expect(desk.case).to_contain_text("反映人不满意，已退回重办")
        desk.act("不予受理")
        page.get_by_label("为什么不予受理").fill("已另行报供电所统一改造，年底前完成。")
        page.get_by_role("button", name="不予受理，结束这件事").click()
        desk.expect_done("不予受理")
        desk.expect_state("不予受理")
        assert sum("还有两盏不亮。" in step for step in timeline(page)) == 1
