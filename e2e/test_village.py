"""The public side of a village in a browser: each page in three widths, large letters, high contrast, on paper."""

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import DESK, PHONE, Watched, barriers, overflow
from e2e.people import CLERK, GRID, A, People
from e2e.screens import FIRST_GRID, VILLAGE

pytestmark = pytest.mark.browser
SMALL = {"width": 360, "height": 640}
SIZES = {"360": SMALL, "390": PHONE, "1440": DESK}
HERE = f"/{A}/villages/{VILLAGE}/"
PAGES = {
    "village": HERE, "cases": f"{HERE}cases/", "cases_none": f"{HERE}cases/?q=外星飞船", "map": f"{HERE}map/",
    "map_none": f"{HERE}map/?month=2001-01", "case": f"/{A}/public/cases/{{told}}/", "villages": f"/{A}/villages/",
    "villages_none": f"/{A}/villages/?q=外星", "start": f"/{A}/",
}  # fmt: skip
SAID = "老街中段供销社门口到文化广场之间的路灯修好了，换了 3 盏，以后每月查一次"
SPOTS = ((118.8303, 32.6601), (118.8341, 32.6622), (118.8304, 32.6602))
ENHANCED = "axe.run(document, {runOnly: {type: 'rule', values: ['color-contrast-enhanced']}})"


@pytest.fixture(scope="module")
def told(people: People) -> dict[str, str]:
    """Three public cases with a summary and a position; two of them are neighbours."""
    numbers = []
    for lon, lat in SPOTS:
        numbers.append(people.report(GRID, FIRST_GRID, "路灯坏了，晚上看不见路", lon=lon, lat=lat))
        people.act(CLERK, numbers[-1], "acceptances")
        people.call(CLERK, f"/cases/{numbers[-1]}/summaries", {"text": SAID})
    return {"told": numbers[0]}


def opened(watched: Watched, size: dict[str, int], path: str, **options: Any) -> Page:
    page = watched.context(size, **options).new_page()
    page.goto(path)
    return page


def headings(page: Page) -> list[int]:
    return list(page.eval_on_selector_all("h1,h2,h3,h4", "(all) => all.map((one) => Number(one.tagName[1]))"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page(watched: Watched, told: dict[str, str], name: str, size: str) -> None:
    page = opened(watched, SIZES[size], PAGES[name].format(**told))
    assert barriers(page) == []
    assert overflow(page) <= 0
    levels = headings(page)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert page.locator("main").count() == 1


@pytest.mark.parametrize("name", ["village", "map", "case"])
def test_large_letters_and_high_contrast_together(watched: Watched, told: dict[str, str], name: str) -> None:
    page = opened(watched, SMALL, PAGES[name].format(**told))
    page.get_by_role("button", name="大字").click()
    page.get_by_role("button", name="高对比").click()
    expect(page.locator("body")).to_have_class(
        "ui-elder pb-wide ui-contrast" if name == "map" else "ui-elder ui-contrast"
    )
    assert barriers(page) == []
    assert overflow(page) <= 0
    found = page.evaluate(ENHANCED)["violations"]
    assert not found, found[0]["nodes"][0]["html"]
    page.get_by_role("button", name="标准色").click()
    expect(page.get_by_role("button", name="高对比")).to_be_visible()
    expect(page.get_by_role("button", name="标准字")).to_be_visible()


def test_from_the_village_to_a_case_and_back_without_scripts(watched: Watched, told: dict[str, str]) -> None:
    page = opened(watched, SMALL, f"/{A}/", java_script_enabled=False)
    page.get_by_label("村（社区）或乡镇的名字").fill("杨村")
    page.get_by_role("button", name="找我的村").click()
    page.get_by_role("link", name="杨村社区").first.click()
    page.get_by_role("link", name="看全部正在办的").click()
    page.get_by_text(SAID).first.click()
    expect(page.get_by_text("办到哪一步")).to_be_visible()
    page.get_by_role("link", name="的其他事").click()
    page.get_by_role("link", name="在图上看").click()
    expect(page.get_by_role("img", name="公开事项示意图")).to_be_visible()
    expect(page.locator(".sk-d")).to_have_count(2)


def test_what_staff_confirm_is_what_the_public_sees(watched: Watched, people: People, told: dict[str, str]) -> None:
    with people.at(watched, CLERK) as page:
        page.goto(f"/{A}/cases/{told['told']}/")
        page.locator("summary", has_text="更多").first.click()
        page.get_by_role("link", name="公开摘要…").click()
        page.get_by_label("给群众看的话").fill("请打 13955501234 找他")
        page.get_by_role("button", name="公开这段话").click()
        expect(page.get_by_text("里面有像电话号码的数字").first).to_be_visible()
        assert barriers(page) == []
        page.get_by_label("给群众看的话").fill("路灯修好了")
        page.get_by_role("button", name="公开这段话").click()
        page.get_by_role("link", name="公众看到的样子").click()
        expect(page.get_by_text("路灯修好了")).to_be_visible()


@pytest.mark.parametrize("name", ["poster", "stickers"])
def test_a_sheet_is_one_page_of_paper(watched: Watched, people: People, name: str) -> None:
    with people.at(watched, CLERK) as page:
        page.goto(f"{HERE}{name}/")
        assert barriers(page) == []
        sheet = page.pdf(prefer_css_page_size=True)
        assert sheet.count(b"/Type /Page\n") + sheet.count(b"/Type /Page ") in (0, 1)
        page.emulate_media(media="print")
        assert page.locator("main").bounding_box()["height"] <= 1123  # type: ignore[index]
