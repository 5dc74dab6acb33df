"""A day in a department: called to a place and there in time; a case with stages, more time, a photo at the end."""

import re
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from e2e.browsing import Watched, overflow
from e2e.people import CLERK, GRID, HANDLER, OFFICER, A, People
from e2e.screens import FIRST_GRID, Desk, add_photos, called, more, notice, picture

pytestmark = pytest.mark.browser
UNIT: Final = "城建中心"
HOUSE: Final[dict[str, Any]] = {"falling": "不是", "signs": ["屋顶漏雨"], "lived": "没有人住"}


@pytest.mark.both
def test_called_there_and_done(watched: Watched, people: People) -> None:
    number = people.report(GRID, FIRST_GRID, "水管爆了，水漫过老街口")
    task = "请带抽水泵来，先把水抽干。"
    people.act(CLERK, number, "acceptances")
    people.act(CLERK, number, "whistles", units=[people.unit(UNIT), people.unit("派出所")], text=task)
    with people.at(watched, HANDLER) as page:
        notice(page, "吹哨，请到现场：水管爆了")
        expect(page).to_have_url(re.compile(f"/cases/{number}/"))
        page.locator(".acts").get_by_text("报到", exact=True).click()
        page.get_by_role("button", name="我们到了，报到").click()
        expect(page.locator("#flashes")).to_contain_text("已报到")
        page.locator(".acts").get_by_text("我方办完", exact=True).click()
        page.get_by_role("button", name="办完，离场").click()
        expect(page.locator(".error-summary")).to_contain_text("请写明你们单位做了什么")
        page.get_by_label("你们单位做了什么").fill("水已抽干，换了一段管子。")
        add_photos(page, picture("IMG_7.jpg", seed=3))
        page.get_by_role("button", name="办完，离场").click()
        expect(page.locator("#flashes")).to_contain_text("已报告你们单位办完的情况")
        page.goto(f"/{A}/cases/whistles/")
        row = page.locator("tbody tr", has_text=number)
        expect(row).to_contain_text(UNIT)
        expect(row).to_contain_text("办完")
        assert overflow(page) <= 0
    with people.at(watched, CLERK) as page:
        page.goto(f"/{A}/cases/{number}/")
        assert "水已抽干，换了一段管子。" in called(page, UNIT)
        assert "前到" in called(page, "派出所")


def test_stage_by_stage_with_more_time(watched: Watched, people: People) -> None:
    number = people.report(GRID, FIRST_GRID, "老供销社的屋顶漏雨", kind="old_house", answers=HOUSE)
    people.act(CLERK, number, "escalations", text="要请人鉴定。")
    people.act(OFFICER, number, "acceptances")
    people.act(OFFICER, number, "dispatches", unit=people.unit(UNIT), limit="5 working days")
    with people.at(watched, HANDLER) as page:
        desk = Desk(page).open(number)
        desk.act("开始处理")
        desk.expect_done("已开始处理")
        stages = page.locator("#case .steps, #case ol").first
        expect(stages).to_contain_text("安全鉴定")
        assert "填写处理结果" not in page.locator("#case .acts").inner_text(), "stages come first"
        desk.act("进入下一环节")
        page.get_by_role("button", name="进入这个环节").click()
        expect(page.locator(".error-summary")).to_contain_text("请选下一个环节")
        page.get_by_text("申报改造", exact=True).last.click()
        page.get_by_label("这个环节做了什么").fill("鉴定为可修。")
        page.get_by_role("button", name="进入这个环节").click()
        desk.expect_done("已进入“申报改造”")
        more(page, "申请延期")
        page.get_by_text("3 个工作日", exact=True).click()
        page.get_by_label("为什么要延期").fill("等县里批复改造指标。")
        page.get_by_role("button", name="申请延期").click()
        desk.expect_done("已申请延期")
    due = people.call(OFFICER, f"/cases/{number}")["due_at"]
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{A}/cases/{number}/")
        expect(page.locator("main")).to_contain_text("等县里批复改造指标。")
        page.locator(".acts").get_by_text("同意延期", exact=True).click()
        page.get_by_role("button", name="同意延期").click()
        expect(page.locator("#flashes")).to_contain_text("已同意延期")
    assert people.call(OFFICER, f"/cases/{number}")["due_at"] > due
    with people.at(watched, HANDLER) as page:
        notice(page, "同意延期|延期.*同意")
        expect(page).to_have_url(re.compile(f"/cases/{number}/"))
        desk = Desk(page).open(number)
        desk.act("进入下一环节")
        page.get_by_role("button", name="进入这个环节").click()
        desk.expect_done("已进入“改造验收”")
        desk.act("填写处理结果")
        page.get_by_label("怎么处理的").fill("屋面换新，验收合格。")
        add_photos(page, picture("IMG_8.jpg", seed=6))
        page.get_by_role("button", name="报处理结果").click()
        desk.expect_done("处理结果已报上去")
    steps = people.call(OFFICER, f"/cases/{number}")["steps"]
    assert [step["act"] for step in reversed(steps)][4:] == ["start", "stage", "ask", "grant", "stage", "handle"]
    assert len(steps[0]["photos"]) == 1
