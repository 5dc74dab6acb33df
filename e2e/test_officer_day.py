"""A township officer's whole day: the list and a kept one, a batch, duplicates, parts, kinds, clocks, a phone call."""

import re
from datetime import timedelta
from typing import Final

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from e2e.browsing import Watched, eventually, overflow
from e2e.people import CLERK, GRID, HANDLER, OFFICER, A, People
from e2e.screens import FIRST_GRID, VILLAGE, answer, more, tell

pytestmark = pytest.mark.browser
CALLER: Final = "13800000917"


def raised(people: People, words: str) -> str:
    """A case that the village has asked the township to take over."""
    number = people.report(GRID, FIRST_GRID, words)
    people.act(CLERK, number, "escalations", text="村里没有设备。")
    return number


def accepted(people: People, words: str) -> str:
    number = raised(people, words)
    people.act(OFFICER, number, "acceptances")
    return number


def test_a_list_is_narrowed_kept_and_found_again(watched: Watched, people: People) -> None:
    number = raised(people, "集镇路口的排水口堵了")
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{A}/cases/?tab=mine")
        page.locator("summary.flt", has_text="类别").click()
        page.locator("details[open] .flt-p a", has_text="道路水电设施").click()
        page.locator("summary", has_text="存为常用清单").click()
        page.get_by_label("给这个清单起个名字").fill("我的设施")
        page.get_by_role("button", name="存下来").click()
        expect(page.locator("#flashes")).to_contain_text("已存为“我的设施”")
        page.goto(f"/{A}/cases/?tab=ended")
        page.get_by_role("link", name="我的设施").click()
        expect(page).to_have_url(re.compile("kind=facilities"))
        expect(page.locator(f"#r-{number}")).to_be_visible()
        page.goto(f"/{A}/cases/?tab=ended&kind=care")
        page.locator("#global-q").fill(number)
        page.keyboard.press("Enter")
        expect(page.locator(".wl-list, main").first).to_contain_text("集镇路口的排水口堵了")
        page.goto(f"/{A}/cases/lists/")
        expect(page.locator("main")).to_contain_text("我的设施")
        assert overflow(page) <= 0


def tick(page: Page, *numbers: str) -> None:
    page.goto(f"/{A}/cases/?tab=mine&sort=newest")
    for number in numbers:
        page.locator(f"#r-{number} input.ck").check()
    expect(page.locator("#batch [data-count]")).to_have_text(str(len(numbers)))


@pytest.mark.both
def test_several_at_once_one_of_them_changed_meanwhile(watched: Watched, people: People) -> None:
    one, two, three = (accepted(people, f"成批派的第{word}处井盖松动") for word in "一二三")
    with people.at(watched, OFFICER) as page:
        tick(page, one, two, three)
        page.locator("#batch").get_by_role("button", name="派给").click()
        expect(page.get_by_role("heading", name="成批分派")).to_be_visible()
        page.get_by_role("radio", name="城建中心").check()
        people.act(OFFICER, two, "dispatches", unit=people.unit("综合执法队"))
        page.get_by_role("button", name=re.compile("3 件")).click()
        expect(page.locator("p[role=status]")).to_contain_text("办成 2 件，没办成 1 件")
        refused = page.locator("tbody tr", has_text=two)
        expect(refused).to_contain_text("没办成")
        assert re.search("[\u4e00-\u9fff]{6,}", refused.locator("td").last.inner_text())
        expect(page.locator("tbody tr", has_text=one)).to_contain_text("办成")
        assert overflow(page) <= 0
    for number, unit in ((one, "城建中心"), (two, "综合执法队"), (three, "城建中心")):
        found = people.call(OFFICER, f"/cases/{number}")
        assert (found["state"], found["turn"]) == ("dispatched", unit)


def test_a_village_is_supervised_and_answers(watched: Watched, people: People) -> None:
    number = people.report(GRID, FIRST_GRID, "东头的路灯报了几次没人修")
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{A}/cases/{number}/")
        more(page, "督办")
        page.get_by_text("1 个工作日", exact=True).click()
        page.get_by_label("督办什么、要求什么").fill("请今天说明谁去修、哪天修好。")
        page.get_by_role("button", name="督办", exact=True).click()
        expect(page.locator("#flashes")).to_contain_text("已督办")
    with people.at(watched, CLERK) as page:
        page.goto(f"/{A}/cases/{number}/")
        expect(page.locator("main")).to_contain_text("请今天说明谁去修、哪天修好。")
        page.locator(".acts").get_by_text("回复督办", exact=True).click()
        page.get_by_label("办到哪一步了").fill("电工下午去，今晚亮灯。")
        page.get_by_role("button", name="回复督办").click()
        expect(page.locator("#flashes")).to_contain_text("已回复督办")
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{A}/cases/{number}/")
        expect(page.locator("main")).to_contain_text("回复：电工下午去，今晚亮灯。")


def test_duplicates_are_merged_and_parted_again(watched: Watched, people: People) -> None:
    main, again = accepted(people, "老桥栏杆断了一截"), accepted(people, "老桥的栏杆断了，怕掉下去")
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{A}/cases/{again}/")
        more(page, "合并到…")
        if page.get_by_label(re.compile("另一件，填编号")).count():
            page.get_by_label(re.compile("另一件，填编号")).check()
        page.get_by_label("并入哪一件").fill(main)
        page.get_by_label("为什么是同一件事").fill("同一座桥，同一截栏杆。")
        page.get_by_role("button", name="合并").last.click()
        expect(page.locator("#flashes")).to_be_visible()
        assert people.call(OFFICER, f"/cases/{again}")["state"] == "merged"
        page.goto(f"/{A}/cases/{main}/")
        expect(page.locator("section", has_text="并入本件的").last).to_contain_text(again)
        page.goto(f"/{A}/cases/{again}/")
        more(page, "撤销合并")
        page.get_by_role("button", name=re.compile("撤销")).last.click()
        expect(page.locator("#flashes")).to_contain_text("已撤销合并")
    assert people.call(OFFICER, f"/cases/{again}")["state"] == "accepted"


def test_one_report_of_two_matters_is_split_and_one_gets_another_kind(watched: Watched, people: People) -> None:
    number = accepted(people, "广场的灯不亮，旁边还堆着垃圾")
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{A}/cases/{number}/")
        more(page, "拆分")
        page.get_by_role("group", name="第 1 件").get_by_label("是什么情况").fill("广场三盏灯不亮")
        second = page.get_by_role("group", name="第 2 件")
        second.get_by_label("是什么情况").fill("灯杆边堆着垃圾")
        second.get_by_label("类别").select_option(label="环境卫生")
        page.get_by_role("button", name=re.compile("拆")).last.click()
        expect(page.locator("#flashes")).to_contain_text("已拆成 2 件")
        parts = page.locator("section", has=page.get_by_role("heading", name=re.compile("^分件")))
        expect(parts).to_contain_text("还有 2 件没办完")
        expect(parts).to_contain_text("灯杆边堆着垃圾")
        assert overflow(page) <= 0


def test_another_kind_asks_what_it_needs(watched: Watched, people: People) -> None:
    number = accepted(people, "路边的反光镜被撞歪了")
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{A}/cases/{number}/")
        more(page, "改类别")
        page.locator("#act").get_by_text("占道经营与市场秩序", exact=True).first.click()
        page.get_by_role("button", name="改成这一类").click()
        expect(page.locator(".error-summary")).to_be_visible()
        answer(page, "什么情况", "店外摆放")
        page.get_by_role("button", name="改成这一类").click()
        expect(page.locator("#flashes")).to_contain_text("已改为“占道经营与市场秩序”")


def test_put_aside_until_a_day_and_taken_up_again(watched: Watched, people: People) -> None:
    number = accepted(people, "缺一段护栏，要等厂家送货")
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{A}/cases/{number}/")
        more(page, "挂账")
        page.get_by_label("哪天恢复办理").fill((timezone.localdate() + timedelta(days=20)).isoformat())
        page.get_by_label("为什么挂账").fill("材料在路上，到货就装。")
        page.get_by_role("button", name="挂账到那天").click()
        expect(page.locator("#flashes")).to_contain_text("已挂账")
        expect(page.locator("main")).to_contain_text("自动恢复办理")
        page.locator(".acts").get_by_text("恢复办理", exact=True).click()
        expect(page.locator("#flashes")).to_contain_text("已恢复办理，时限接着算")
    assert people.call(OFFICER, f"/cases/{number}")["state"] == "accepted"


def test_the_board_of_whistles_tells_who_came(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{A}/cases/whistles/")
        board = page.locator("section", has=page.get_by_role("heading", name="近 90 天各单位"))
        missing = board.locator("tr", has_text="派出所").locator("[data-label=没来]")
        expect(missing).to_contain_text(re.compile("[1-9]\\d* 次"))
        board.get_by_role("link", name="城建中心").first.click()
        expect(page.locator("table").last).to_contain_text("晚到")
        assert overflow(page) <= 0


@pytest.mark.both
def test_a_phone_call_is_taken_down_with_a_receipt(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{A}/cases/take-down/")
        page.get_by_text("电话", exact=True).first.click()
        page.get_by_label("反映人姓名").fill("孙女士")
        page.get_by_label("反映人电话").fill(CALLER)
        page.get_by_label("要求回复").check()
        page.get_by_label("哪里的事").select_option(VILLAGE)
        tell(page, "集镇东头路灯三天不亮，下夜班看不见路", place="集镇东头")
        page.get_by_role("button", name="登记并出回执").click()
        expect(page).to_have_url(re.compile("/receipt/$"))
        sheet = page.locator("main")
        expect(sheet).to_contain_text("群众反映事项回执")
        expect(sheet).to_contain_text("孙女士")
        expect(sheet).not_to_contain_text(CALLER)
        secret = page.locator(".a4-secret").inner_text().strip()
        number = re.search(r"\d{4}-\d{4,}", page.url)
        assert number
        page.goto(f"/{A}/cases/{number.group()}/")
        expect(page.locator("main")).not_to_contain_text(CALLER)
        page.get_by_role("link", name="查看电话").click()
        page.locator("main").get_by_text("回访", exact=True).click()
        page.get_by_role("button", name=re.compile("^看电话")).click()
        expect(page.locator(".reveal-n")).to_have_text(CALLER)
        page.goto(f"/{A}/cases/take-down/")
        page.get_by_label("反映人电话").press_sequentially(CALLER)
        expect(page.locator("#earlier")).to_contain_text(number.group())
    visitor = watched.context({"width": 390, "height": 844}).new_page()
    visitor.goto(f"/{A}/follow/")
    visitor.get_by_label("查询码").fill(secret.lower())
    visitor.get_by_role("button", name="查办到哪一步").click()
    expect(visitor.locator("main")).to_contain_text(number.group())
    expect(visitor.locator("main")).not_to_contain_text("孙女士")
    assert overflow(visitor) <= 0
    with people.at(watched, HANDLER) as page:
        assert eventually(page, lambda: page.goto(f"/{A}/cases/{number.group()}/").status == 404)
