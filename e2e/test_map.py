"""The county's map: a grid is drawn, an overlap is refused and shown, a grid is split, two are joined again."""

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.browsing import DESK, PHONE, Watched, barriers, overflow
from e2e.people import A, People

pytestmark = pytest.mark.browser
ADMIN, CLERK = "tianchang.system_admin", "tianchang.village_clerk"
MAP = f"/{A}/areas/map/?level=grid"


def opened(page: Page, path: str = MAP) -> Locator:
    page.goto(path)
    expect(page.locator("[data-map][data-ready]")).to_be_visible(timeout=60_000)
    return page.locator("[data-map]")


def choose(page: Page, number: int) -> str:
    """The place in the list by its number; its code."""
    row = page.locator("[data-row]").nth(number)
    row.click()
    expect(row).to_have_attribute("aria-current", "true")
    page.wait_for_timeout(500)  # the map glides there
    return str(row.get_attribute("data-row"))


def chosen(page: Page) -> dict[str, float]:
    box = page.locator(".map-chosen").bounding_box()
    assert box is not None
    return dict(box)


def draw(page: Page, *points: tuple[float, float], closed: bool = True) -> None:
    """Clicks on the map; a polygon ends at its first corner, a line at its last."""
    for x, y in points:
        page.mouse.move(x, y, steps=4)
        page.mouse.click(x, y)
    page.mouse.click(*(points[0] if closed else points[-1]))


def test_a_grid_is_split_and_joined_again(watched: Watched, people: People) -> None:
    with people.at(watched, ADMIN) as page:
        opened(page)
        rows = page.locator("[data-row]").count()
        code = choose(page, 0)
        page.get_by_role("button", name="分成两个").click()
        box = chosen(page)
        middle = box["y"] + box["height"] / 2
        draw(page, (box["x"] - 30, middle), (box["x"] + box["width"] + 30, middle), closed=False)
        page.get_by_label("小的一块叫什么").fill("河东网格")
        page.get_by_role("button", name="分成两个网格").click()
        expect(page.locator("[data-row]")).to_have_count(rows + 1, timeout=60_000)
        opened(page)
        new = page.locator("[data-row]", has_text="河东网格")
        expect(new.locator("[data-size]")).not_to_have_text("没有边界")
        new.click()
        page.get_by_role("button", name="并入相邻的").click()
        page.locator(f'[data-row="{code}"]').click()
        expect(page.locator("[data-join-words]")).to_contain_text("从生效日起撤销，不能撤回")
        page.get_by_role("button", name="并入并撤销").click()
        expect(page.locator("[data-row]")).to_have_count(rows, timeout=60_000)


def test_an_overlap_is_refused_and_shown_and_what_was_drawn_stays(watched: Watched, people: People) -> None:
    with people.at(watched, ADMIN) as page:
        opened(page)
        choose(page, 1)
        box = chosen(page)
        page.get_by_role("button", name="重画").click()
        left, top = box["x"] - 25, box["y"] - 25
        right, bottom = box["x"] + box["width"] + 25, box["y"] + box["height"] + 25
        draw(page, (left, top), (right, top), (right, bottom), (left, bottom))
        expect(page.locator("[data-count]")).to_contain_text("改了 1 个，还没保存")
        page.get_by_role("button", name="保存边界").click()
        expect(page.locator("#flashes")).to_contain_text("重叠")
        findings = page.locator("[data-findings] li")
        expect(findings.first).to_contain_text("请改到")
        expect(page.locator(".map-finding").first).to_be_visible()
        findings.first.locator("button").click()
        expect(page.locator("[data-count]")).to_contain_text("改了 1 个，还没保存")
        assert barriers(page) == []
        page.get_by_role("button", name="不改了").click()
        expect(page.locator("[data-count]")).to_be_hidden()


def test_a_shared_corner_moves_both_and_is_saved_as_one(watched: Watched, people: People) -> None:
    with people.at(watched, ADMIN) as page:
        opened(page)
        choose(page, 2)
        page.get_by_role("button", name="调整").click()
        handles = page.locator(".marker-icon:not(.marker-icon-middle)")
        expect(handles.first).to_be_visible()
        moved = 0
        for number in range(handles.count()):
            spot = handles.nth(number).bounding_box()
            if spot is None:
                continue
            x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + 40, y + 40, steps=5)
            page.mouse.move(x + 3, y + 3, steps=5)
            page.mouse.up()
            moved = int("".join(filter(str.isdigit, page.locator("[data-count]").inner_text())) or 0)
            if moved >= 2:
                break
        assert moved >= 2
        page.get_by_role("button", name="先停下").click()
        page.get_by_role("button", name="不改了").click()


def test_staff_look_at_the_layers(watched: Watched, people: People) -> None:
    with people.at(watched, CLERK) as page:
        for size in (DESK, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            opened(page)
            expect(page.locator(".map-grid").first).to_be_visible()
            expect(page.get_by_text("示意边界（合成），不是勘界成果")).to_be_visible()
            expect(page.get_by_role("button", name="保存边界")).to_have_count(0)
            assert overflow(page) == 0
            assert barriers(page) == []
