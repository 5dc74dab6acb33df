"""Another system reports by Open311 and follows; the system administrator connects one that is told of changes."""

import json
import os
import re
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import Watched, barriers, eventually, overflow
from e2e.people import CLERK, GRID, SYSTEM, People

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("SHANZHI_SHOTS", "")
NOWHERE = "https://hooks.county-platform.invalid/receivers/shanzhi/status-changes"


def ask(people: People, method: str, path: str, **arguments: Any) -> tuple[int, Any]:
    """One request of a program that knows the standard alone."""
    connection = HTTPConnection("127.0.0.1", people.site.port, timeout=30)
    query = urlencode({"jurisdiction_id": "341181", **arguments})
    if method == "POST":
        connection.request(method, f"/open311/v2/{path}", query, {"Content-Type": "application/x-www-form-urlencoded"})
    else:
        connection.request(method, f"/open311/v2/{path}?{query}")
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


def appears(page: Page, words: str) -> bool:
    """Whether a page that is opened again and again says it at last: the worker is another process."""

    def holds() -> bool:
        page.reload()
        return page.get_by_text(words).count() > 0

    return eventually(page, holds, 90)


def looked_at(page: Page, name: str) -> None:
    """On a desk and on a phone: no barrier, no wider than the window."""
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        found = barriers(page)
        assert not found, "\n".join(found)
        assert overflow(page) <= 0, (name, width)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_program_reports_and_follows(people: People) -> None:
    _, services = ask(people, "GET", "services.json")
    assert "facilities" in json.dumps(services) or services
    plain = next(row for row in services if not row["metadata"] or row["service_code"] == "other")
    key = people[GRID].token
    status, rows = ask(
        people, "POST", "requests.json", api_key=key, service_code=plain["service_code"], lat="32.66", long="118.83",
        address_id="341181104001", description="桥头的护栏松了。", first_name="小凤", phone="13955501234",
    )  # fmt: skip
    assert status == 200, rows
    number = rows[0]["service_request_id"]
    assert number in rows[0]["service_notice"]
    assert ask(people, "GET", f"requests/{number}.json")[1][0]["status_notes"].startswith("等待受理")
    people.act(CLERK, number, "acceptances")
    status, rows = ask(people, "GET", f"requests/{number}.json")
    assert rows[0]["status_notes"].startswith("已受理")
    assert "护栏" not in json.dumps(rows, ensure_ascii=False)
    assert ask(people, "POST", "requests.json", api_key="sz_x", service_code="other")[0] == 403


def test_the_administrator_connects_another_system(watched: Watched, people: People) -> None:
    with people.at(watched, SYSTEM) as page:
        page.goto("/341181/hooks/")
        expect(page.get_by_role("heading", name="还没有推送地址")).to_be_visible()
        looked_at(page, "hooks-none")
        page.get_by_role("link", name="添加推送地址").first.click()
        people.confirm(page, SYSTEM)
        page.get_by_role("button", name="添加").click()
        expect(page.get_by_text("请写推送给谁。").first).to_be_visible()
        page.get_by_label("推送给谁").fill("滁州市 12345 政务服务便民热线平台")
        page.get_by_label("对方的地址").fill("http://10.0.0.1/hook")
        page.get_by_role("button", name="添加").click()
        expect(page.get_by_text("地址要以 https:// 开头。").first).to_be_visible()
        looked_at(page, "hook-new-wrong")
        page.get_by_label("对方的地址").fill(NOWHERE)
        page.get_by_role("button", name="添加").click()
        expect(page.get_by_text(re.compile("whsec_"))).to_be_visible()
        looked_at(page, "hook-secret")
        page.get_by_role("link", name="复制好了").click()
        looked_at(page, "hook-new")
        page.get_by_role("button", name="发一条测试").click()
        expect(page.get_by_text("测试已排队")).to_be_visible()
        assert appears(page, "等待重试")
        expect(page.get_by_text("找不到这个地址的主机，请核对域名。")).to_be_visible()
        looked_at(page, "hook")
        number = people.report(GRID, "341181104001001", "路灯不亮，天黑看不见。")
        page.goto("/341181/hooks/log/")
        assert appears(page, number)
        looked_at(page, "hook-log")
        page.goto("/341181/hooks/log/?state=sent")
        looked_at(page, "hook-log-none")
        page.goto("/341181/hooks/")
        page.get_by_role("link", name="滁州市 12345").click()
        page.get_by_role("link", name="暂停").click()
        looked_at(page, "hook-pause")
        page.get_by_role("button", name="暂停推送").click()
        expect(page.get_by_text("已暂停推送。")).to_be_visible()
        looked_at(page, "hook-paused")
        page.goto("/341181/hooks/")
        looked_at(page, "hooks")
        page.get_by_role("link", name="滁州市 12345").click()
        page.get_by_role("link", name="删除").click()
        people.confirm(page, SYSTEM)
        page.get_by_role("button", name="删除推送地址").click()
        expect(page.get_by_role("heading", name="还没有推送地址")).to_be_visible()
