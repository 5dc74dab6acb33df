"""The officer's list: conditions in the address, search, order, pages, keys, file, keyboard alone, large type."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from python_calamine import CalamineWorkbook

from e2e.browsing import DESK, Watched, overflow
from e2e.people import CLERK, GRID, OFFICER, A, People
from e2e.screens import FIRST_GRID

pytestmark = pytest.mark.browser
ZOOMED = {"width": 720, "height": 450}


def numbers(page: Page) -> list[str]:
    return [
        str(one).removeprefix("r-") for one in page.locator("[data-row]").evaluate_all("(all) => all.map((r) => r.id)")
    ]


def go(page: Page, query: str) -> None:
    page.goto(f"/{A}/cases/?{query}")


def choose(page: Page, chip: str, option: str) -> None:
    page.locator("summary.flt", has_text=chip).click()
    page.locator("details[open] .flt-p a", has_text=option).click()


def test_conditions_are_chips_and_stand_in_the_address(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER) as page:
        go(page, "tab=ended")
        choose(page, "类别", "环境卫生")
        expect(page).to_have_url(re.compile("kind=sanitation"))
        choose(page, "来源", "随手拍")
        expect(page).to_have_url(re.compile("kind=sanitation.*source=snap"))
        kinds = page.locator(".wr-m .cut").all_inner_texts()
        assert kinds
        assert set(kinds) == {"环境卫生"}
        narrow = numbers(page)
        page.reload()
        assert numbers(page) == narrow, "the address alone gives the same list"
        page.get_by_role("link", name="去掉条件：类别").click()
        expect(page).not_to_have_url(re.compile("kind="))
        expect(page).to_have_url(re.compile("source=snap"))
        assert set(narrow) <= set(numbers(page)) or len(numbers(page)) == 50
        page.get_by_role("link", name="清除条件").click()
        expect(page).not_to_have_url(re.compile("source="))


def test_two_characters_find_and_say_what_is_elsewhere(watched: Watched, people: People) -> None:
    number = people.report(GRID, FIRST_GRID, "渡口的护栏断了两根，孩子容易掉下去")
    with people.at(watched, OFFICER) as page:
        go(page, "tab=open")
        page.keyboard.press("/")
        page.keyboard.type("护栏")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("q="))
        expect(page.locator(f"#r-{number}")).to_be_visible()
        expect(page.locator(".flt-on")).to_contain_text("护栏")
        go(page, "tab=ended&q=渡口的护栏")
        expect(page.get_by_text("没有找到符合条件的事件")).to_be_visible()
        page.get_by_role("link", name="辖区未办结里有 1 件").click()
        assert numbers(page) == [number]


def test_order_and_pages_forward_and_back(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER) as page:
        go(page, "tab=ended")
        page.locator(".wl-sort summary").click()
        page.get_by_role("link", name="按收到时间，旧的在前").click()
        first = numbers(page)
        assert first == sorted(first)
        assert len(first) == 50
        seen, pages = list(first), 1
        while page.get_by_role("link", name="下一页").count():
            page.get_by_role("link", name="下一页").click()
            expect(page.locator(f"#r-{seen[-1]}")).to_have_count(0)
            seen, pages = seen + numbers(page), pages + 1
        assert len(seen) == len(set(seen)) == int(page.locator(".tabs [aria-current] b").inner_text())
        assert seen == sorted(seen)
        for _ in range(pages - 1):
            here = numbers(page)
            page.get_by_role("link", name="上一页").click()
            expect(page.locator(f"#r-{here[0]}")).to_have_count(0)
        assert numbers(page) == first


def test_the_keys_walk_open_and_search(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER) as page:
        go(page, "tab=open")
        rows = numbers(page)
        expect(page.locator("#case")).to_contain_text(rows[0])
        page.keyboard.press("j")
        expect(page.locator("#case")).to_contain_text(rows[1])
        page.keyboard.press("j")
        expect(page.locator("#case")).to_contain_text(rows[2])
        page.keyboard.press("k")
        expect(page.locator("#case")).to_contain_text(rows[1])
        expect(page).to_have_url(re.compile(f"case={rows[1]}"))
        expect(page.locator("[data-row][aria-current=true]")).to_have_attribute("id", f"r-{rows[1]}")
        page.go_back()
        expect(page).to_have_url(re.compile(f"case={rows[2]}"))
        expect(page.locator("#case")).to_contain_text(rows[2])
        page.locator("#global-q").focus()
        page.keyboard.type("jk")
        expect(page.locator("#global-q")).to_have_value("jk")
        page.locator("body").press("Escape")
        page.locator("#main").click(position={"x": 2, "y": 2})
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"/cases/{rows[2]}/$"))


def test_the_case_shown_is_the_one_chosen_last(watched: Watched, people: People) -> None:
    """However late the answer to the first click comes."""

    def hesitate(route: Route) -> None:
        if rows[1] in route.request.url:
            page.wait_for_timeout(1200)
        route.continue_()

    with people.at(watched, OFFICER) as page:
        go(page, "tab=open")
        rows = numbers(page)
        page.route("**/cases/*/?pane=1", hesitate)
        page.locator(f"#r-{rows[1]} [data-open]").click(no_wait_after=True)
        page.locator(f"#r-{rows[2]} [data-open]").click()
        expect(page.locator("#case")).to_contain_text(rows[2])
        page.wait_for_timeout(1500)
        expect(page.locator("#case")).to_contain_text(rows[2])
        expect(page.locator("[data-row][aria-current=true]")).to_have_attribute("id", f"r-{rows[2]}")


def test_the_file_holds_what_the_list_holds(watched: Watched, people: People, tmp_path: Path) -> None:
    with people.at(watched, OFFICER) as page:
        go(page, "tab=ended&kind=sanitation&sort=newest")
        shown = numbers(page)
        titles = [text.strip() for text in page.locator(".wr-t").all_inner_texts()]
        assert 0 < len(shown) < 50
        page.locator("summary", has_text=f"导出 {len(shown)} 件").click()
        with page.expect_download() as coming:
            page.get_by_role("link", name="导出 Excel 表格").click()
        saved = tmp_path / coming.value.suggested_filename
        coming.value.save_as(saved)
    assert re.fullmatch(r"事件-已结束-\d{8}-\d{4}\.xlsx", saved.name)
    head, *rows = sheet(saved)
    assert head[:2] == ["编号", "标题"]
    assert [row[0] for row in rows] == shown
    assert [row[1] for row in rows] == titles
    assert {row[4] for row in rows} == {"环境卫生"}


def sheet(path: Path) -> list[list[Any]]:
    return [list(row) for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()]


def tab_to(page: Page, words: str, tag: str = "") -> None:
    """Press Tab until the focus is on what says this; what has the focus must be seen to have it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        said, ringed, kind = page.evaluate("""() => { const one = document.activeElement;
            const named = one.getAttribute("aria-label") || (one.labels && one.labels[0] && one.labels[0].innerText);
            const ring = [one, one.closest(".wr, .opt, .choice, .photo-add, .search"), one.parentElement]
                .filter(Boolean).map(getComputedStyle).some((s) => s.boxShadow !== "none" || s.outlineStyle !== "none");
            return [(named || one.innerText || "").trim(), ring, one.tagName]; }""")
        assert ringed or said == "", f"no ring on {said}"
        if said.startswith(words) and tag in ("", kind):
            return
    raise AssertionError(f"Tab never comes to {words}")


def test_the_keyboard_alone_signs_in_and_accepts(watched: Watched, people: People) -> None:
    number = people.report(GRID, FIRST_GRID, "活动室的门锁坏了")
    page = watched.context(DESK).new_page()
    page.goto("/accounts/login/")
    tab_to(page, "登录账号")
    page.keyboard.type(CLERK)
    page.keyboard.press("Tab")
    page.keyboard.type(people[CLERK].password)
    page.keyboard.press("Enter")
    expect(page.locator(".wl")).to_be_visible()
    tab_to(page, "等我办")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("tab=mine"))
    page.keyboard.press("/")
    page.keyboard.type("门锁")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q="))
    tab_to(page, "活动室的门锁坏了")
    with page.expect_response(re.compile(f"/cases/{number}/")):  # beside the list it may stand already: it comes anew
        page.keyboard.press("Enter")
    expect(page.locator("#case")).to_contain_text(number)
    tab_to(page, "受理", "BUTTON")  # in the row there is a link that leads to the same
    page.keyboard.press("Enter")
    expect(page.locator("#flashes")).to_contain_text("已受理")
    assert people.call(OFFICER, f"/cases/{number}")["state"] == "accepted"


def test_at_twice_the_size_the_list_is_usable(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER) as signed:
        state = signed.context.storage_state()
    page = watched.context(ZOOMED, storage_state=state, device_scale_factor=2).new_page()
    go(page, "tab=ended")
    assert overflow(page) <= 0
    page.locator("label[for=flt-more]").click()
    page.locator("summary.flt", has_text="类别").click()
    panel = page.locator("details[open] .flt-p").bounding_box()
    assert panel is not None
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= ZOOMED["width"]
    page.locator("details[open] .flt-p a", has_text="环境卫生").click()
    expect(page).to_have_url(re.compile("kind=sanitation"))
    row = numbers(page)[0]
    page.locator(f"#r-{row} [data-open]").click()
    expect(page).to_have_url(re.compile(f"/cases/{row}/$"))
    expect(page.locator(".tl > li").first).to_be_visible()
    assert overflow(page) <= 0
