"""The county's places: a file with a dry run and a bad row, a new name, a merge that leaves old cases in place."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import Watched
from e2e.people import B, People

pytestmark = pytest.mark.browser
ADMIN, OFFICER, WORKER = "taiqian.system_admin", "taiqian.township_officer", "taiqian.grid_worker.2"
NEW, BAD, TOWNSHIP = "410927101998", "410927101999", "410927205000"
FILE = f"""code,name,level,parent_code
{TOWNSHIP},夹河镇,township,410927000000
{NEW},新河村委会,village,410927101000
{BAD},,village,410927101000
"""


def upload(page: Page, text: str) -> None:
    page.goto(f"/{B}/areas/")
    page.get_by_role("link", name="导入官方区划").click()
    file: Any = {"name": "台前县2026.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}
    page.get_by_label("区划文件").set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()


def test_a_file_is_tried_shown_and_then_applied(watched: Watched, people: People) -> None:
    with people.at(watched, ADMIN) as page:
        upload(page, FILE)
        faults = page.get_by_role("region", name="有错的行")
        expect(faults).to_contain_text("名称没有填，请补上", timeout=120_000)
        expect(faults.locator("tbody tr")).to_have_count(1)
        expect(faults.locator("td").first).to_have_text("4")
        expect(page.locator("dl.kv").first).to_contain_text("1 个")
        expect(page.get_by_text("夹河乡", exact=True).first).to_be_visible()
        there = page.url
        page.goto(f"/{B}/areas/{NEW}/")
        expect(page.get_by_role("heading", name="没有找到这一页")).to_be_visible()
        page.goto(there)
        page.get_by_role("button", name="按此导入").click()
        expect(page.locator("#import")).to_contain_text("已导入", timeout=120_000)
        page.goto(f"/{B}/areas/{NEW}/")
        expect(page.get_by_role("heading", name="新河村委会", level=1)).to_be_visible()
        page.goto(f"/{B}/areas/{TOWNSHIP}/")
        expect(page.get_by_role("heading", name="夹河镇", level=1)).to_be_visible()
        expect(page.locator(".tl")).to_contain_text("夹河乡")
        page.goto(f"/{B}/areas/{BAD}/")
        expect(page.get_by_role("heading", name="没有找到这一页")).to_be_visible()


def test_a_place_gets_a_new_name(watched: Watched, people: People) -> None:
    with people.at(watched, ADMIN) as page:
        page.goto(f"/{B}/areas/410927201000/")
        page.get_by_role("link", name="改名或改代码").click()
        page.get_by_label("名称").fill("清水河镇")
        page.get_by_role("button", name="保存修改").click()
        expect(page.get_by_label("名称")).to_have_value("清水河镇")
        page.get_by_label("变更原因").fill("豫政〔2026〕12 号，撤乡设镇")
        page.get_by_role("button", name="保存修改").click()
        expect(page.locator("#flashes")).to_contain_text("已改为清水河镇")
        expect(page.locator(".tl")).to_contain_text("豫政〔2026〕12 号，撤乡设镇")
        page.goto(f"/{B}/areas/?q=清水河乡")
        expect(page.get_by_role("link", name="清水河镇")).to_be_visible()


def test_after_a_merge_old_cases_are_still_there(watched: Watched, people: People) -> None:
    village = str(people.call(OFFICER, "/areas?level=village&limit=200")["items"][0]["code"])
    grid = str(people.call(WORKER, "/areas?level=grid")["items"][0]["code"])
    number = people.report(WORKER, grid, "并村之前报的机井盖丢了")
    old = grid[:12]
    with people.at(watched, ADMIN) as page:
        page.goto(f"/{B}/areas/{old}/merges/")
        page.get_by_label("并入哪里").select_option(value=next(one for one in (village, NEW) if one != old))
        page.get_by_label("变更原因").fill("台政〔2026〕3 号，两村合并")
        page.get_by_role("button", name=re.compile("^并入并撤销")).click()
        expect(page.locator("#flashes")).to_contain_text("已并入")
        page.goto(f"/{B}/jobs/")
        page.locator("tbody a").first.click()
        expect(page.locator("#job-page .state")).to_have_text("已完成", timeout=120_000)
        page.goto(f"/{B}/areas/{old}/")
        expect(page.locator(".note")).to_contain_text("已并入")
    with people.at(watched, OFFICER) as page:
        page.goto(f"/{B}/cases/?tab=open&q=机井盖")
        expect(page.locator(f"#r-{number}")).to_be_visible()
        page.goto(f"/{B}/cases/{number}/")
        expect(page.get_by_role("heading", level=1)).to_contain_text("机井盖")
    with people.at(watched, WORKER, phone=True) as page:
        page.goto(f"/{B}/cases/?tab=reported")
        expect(page.get_by_text("并村之前报的机井盖丢了")).to_be_visible()
