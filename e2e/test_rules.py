"""The county's rules: a kind is changed and tried while a case of it is open, a day off moves limits, a broken pack."""

import io
import re
import zipfile
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import Watched, eventually
from e2e.people import CLERK, GRID, OFFICER, SYSTEM, A, People
from e2e.screens import FIRST_GRID, answer, reported, send_button, tell

pytestmark = pytest.mark.browser
KIND: Final = "农村公路与交通标志"
ANSWERS: Final = {"what": "反光镜", "state": "损坏"}
QUESTION: Final = "对面来车看不看得见"
BROKEN: Final = {
    "colour": "label: 多一项\ncolour: red\n",
    "circle": "label: 转圈\nstages:\n  - {code: a, label: 甲, next: [b]}\n  - {code: b, label: 乙, next: [a]}\n",
    "clock": "label: 没有单位\nclocks:\n  accept: 24\n",
    "unit": "label: 没有的单位\nroutes:\n  - {units: [撤销了的站]}\n",
}


def change(page: Page) -> None:
    """One question more, and less time to handle it."""
    page.goto(f"/{A}/kinds/")
    page.get_by_role("link", name=KIND).click()
    page.get_by_role("link", name="修改", exact=True).click()
    rows = page.locator("[id^=fields-][class=kind-row]").count()
    page.get_by_role("button", name="加一个项目").click()
    row = page.locator(f"#fields-{rows}")
    row.get_by_label("名称").fill(QUESTION)
    row.get_by_label("类型").select_option("choice")
    row.get_by_label("必须填").check()
    row.get_by_label("选项").fill("看得见\n看不见")
    page.locator("#clocks-handle-n").fill("10")


def publish(page: Page, note: str) -> None:
    page.get_by_label("为什么改").fill(note)
    page.get_by_role("button", name=re.compile("^发布")).click()


def limit_offered(page: Page, number: str) -> str:
    """The limit that the dispatch of a case comes filled in with."""
    page.goto(f"/{A}/cases/{number}/dispatches/")
    return page.locator("#act input[name=limit]:checked").evaluate("(one) => one.parentElement.textContent.trim()")


def test_a_kind_is_changed_while_a_case_of_it_is_open(watched: Watched, people: People) -> None:
    before = people.report(GRID, FIRST_GRID, "急弯处的反光镜碎了一半", kind="traffic", answers=ANSWERS)
    people.act(CLERK, before, "acceptances")
    with people.at(watched, SYSTEM) as page:
        change(page)
        page.get_by_role("button", name="看看改了什么，试跑一遍").click()
        tried = page.get_by_role("region", name="试跑")
        expect(tried).to_contain_text("只是试，不动任何一件")
        expect(tried).to_contain_text("派出过的")
        expect(page.get_by_role("region", name="改了什么")).to_contain_text(QUESTION)
        publish(page, "县交通局要求问清楚，半个月改为十天。")
        expect(page.locator("#flashes")).to_contain_text(f"已发布“{KIND}”第 2 版")
        page.get_by_role("link", name="第 2 版，看各版本").click()
        expect(page.get_by_role("region", name="版本")).to_contain_text("县交通局要求问清楚")
    with people.at(watched, GRID, phone=True) as page:
        page.goto(f"/{A}/cases/new/")
        page.locator("summary.opt").click()
        tell(page, "村道口的反光镜被树挡住了", kind=KIND)
        answer(page, "什么东西", "反光镜")
        answer(page, "怎么了", "被遮挡")
        send_button(page).click()
        expect(page.locator(".error-summary")).to_contain_text(QUESTION)
        answer(page, QUESTION, "看不见")
        send_button(page).click()
        after = reported(page)
        expect(page.locator("main")).to_contain_text(QUESTION)
    people.act(CLERK, after, "acceptances")
    with people.at(watched, CLERK) as page:
        assert limit_offered(page, before) == "15 个工作日", "an open case keeps its version"
        assert limit_offered(page, after) == "10 个工作日"
        page.goto(f"/{A}/cases/{before}/")
        expect(page.locator("main")).not_to_contain_text(QUESTION)


def test_a_day_off_moves_the_limits_of_open_cases(watched: Watched, people: People) -> None:
    number = people.report(GRID, FIRST_GRID, "村部门前的灯坏了")  # to be accepted within four working hours
    due = people.call(OFFICER, f"/cases/{number}")["due_at"]
    day = str(due)[:10]
    with people.at(watched, SYSTEM) as page:
        page.goto(f"/{A}/definitions/holidays/{day[:4]}/edit/")
        free = page.locator("[name^=off-][name$=name]")
        at = next(n for n in range(free.count()) if not free.nth(n).input_value())
        row = page.locator("tbody tr").nth(at)
        row.locator("input").nth(0).fill("抗旱放假")
        row.locator("input").nth(1).fill(day)
        row.locator("input").nth(2).fill(day)
        page.get_by_label("为什么改").fill("县政府通知，全县停工一天。")
        page.get_by_role("button", name="看看改了哪些天").click()
        changes = page.get_by_role("region", name="发布后会改变的日子")
        expect(changes).to_contain_text("抗旱放假")
        changes.get_by_role("button", name=re.compile("^发布")).click()
        expect(page.locator("#flashes")).to_be_visible()
        assert eventually(page, lambda: people.call(OFFICER, f"/cases/{number}")["due_at"] > due)
    with people.at(watched, CLERK) as page:
        page.goto(f"/{A}/cases/{number}/")
        expect(page.locator(".tl > li").first).to_contain_text("节假日表改了，重算时限")


def pack(files: dict[str, str]) -> Any:
    """A pack as people upload it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("pack.yaml", "code: broken\ntitle: 坏的规则包\ndescription: 试一试\n")
        for code, text in files.items():
            made.writestr(f"case_kind/{code}.yaml", text)
    return {"name": "坏的规则包.zip", "mimeType": "application/zip", "buffer": out.getvalue()}


def upload(page: Page, file: Any) -> None:
    page.goto(f"/{A}/definitions/load/")
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()


@pytest.mark.both
def test_a_broken_pack_says_where_and_changes_nothing(watched: Watched, people: People) -> None:
    before = people.call(OFFICER, "/definitions?size=200")["items"]
    with people.at(watched, SYSTEM) as page:
        upload(page, pack({**BROKEN, "fine": "label: 好的一类\n"}))
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("没有改变任何内容")
        for code, line in (("colour", 2), ("circle", 3), ("clock", 3), ("unit", 3)):
            row = alert.locator("li", has_text=f"case_kind/{code}.yaml:{line}")
            expect(row).to_have_count(1)
            assert re.search("请|不能|没有", row.inner_text()), row.inner_text()
        expect(alert).not_to_contain_text("fine.yaml")
        expect(page.get_by_role("button", name="装入", exact=True)).to_have_count(0)
        assert people.call(OFFICER, "/definitions?size=200")["items"] == before
        page.get_by_role("link", name="改好后重新选择").click()
        upload(page, pack({"fine": "label: 好的一类\nhint: 只在这里试\n"}))
        expect(page.locator("main")).to_contain_text("新增 1 项")
        page.get_by_role("link", name="先不装，返回").click()
    assert people.call(OFFICER, "/definitions?size=200")["items"] == before
