"""The map of cases as an officer uses it: from the list by a key, filter, pan, into a case, back to the same part."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import DESK, PHONE, Watched, barriers, overflow
from e2e.people import GRID, LEADER, OFFICER, SYSTEM, A, People
from e2e.screens import FIRST_GRID

pytestmark = pytest.mark.browser
MAP = f"/{A}/cases/map/"
LIST = f"/{A}/cases/"


def ready(page: Page) -> str:
    """Waits for the marks of the part that is seen; its rectangle."""
    root = page.locator("[data-map][data-ready]")
    expect(root).to_be_visible(timeout=60_000)
    return str(root.get_attribute("data-ready"))


def moved(page: Page, before: str) -> str:
    expect(page.locator("[data-map][data-ready]")).not_to_have_attribute("data-ready", before, timeout=60_000)
    return ready(page)


def bbox_in(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query)["bbox"][0]


def test_by_keys_alone_from_the_list_to_the_map_into_a_case_and_back(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER) as page:
        page.goto(f"{LIST}?tab=open")
        page.keyboard.press("m")
        page.wait_for_url(re.compile("/cases/map/"))
        before = ready(page)
        root = page.locator("[data-map]")
        root.focus()
        page.keyboard.press("+")
        inside = moved(page, before)
        page.keyboard.press("ArrowUp")
        inside = moved(page, inside)
        expect(page).to_have_url(re.compile("bbox="))
        page.keyboard.press("j")
        first = page.locator("[data-side] [data-open]").first
        expect(first).to_be_focused()
        expect(page.locator(".cm-ring")).to_be_visible()
        title = first.inner_text()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        page.go_back()
        ready(page)
        left, right = ([float(part) for part in text.split(",")] for text in (inside, bbox_in(page)))
        assert all(abs(a - b) < 0.02 for a, b in zip(left, right, strict=True))
        page.keyboard.press("m")
        page.wait_for_url(re.compile(r"/cases/\?tab=open$"))


def test_a_cluster_is_opened_a_filter_kept_and_a_mark_leads_to_its_case(watched: Watched, people: People) -> None:
    with people.at(watched, LEADER) as page:
        page.goto(f"{MAP}?tab=ended")
        before = ready(page)
        total = page.locator("[data-side] b").first.inner_text()
        page.locator(".cm-k-cluster.cm-mark").first.click()
        inside = moved(page, before)
        expect(page.locator("[data-side] b").first).not_to_have_text(total)
        page.locator("[data-filters] summary", has_text="类别").click()
        page.locator("[data-filters] .flt-o", has_text="道路水电设施").first.click()
        page.wait_for_url(re.compile("kind=facilities"))
        ready(page)
        west = float(bbox_in(page).split(",")[0])
        assert abs(west - float(inside.split(",")[0])) < 0.05
        before = ready(page)
        page.locator("[data-show]").first.click()
        moved(page, before)
        mark = page.locator(".cm-k-point.cm-mark, .cm-k-late.cm-mark").first
        expect(mark).to_be_visible()
        mark.click()
        page.wait_for_url(re.compile(r"/cases/\d{4}-\d+/$"))
        expect(page.locator(".cm-spot .cm-svg")).to_be_visible()
        assert barriers(page) == []


def test_a_place_is_found_by_its_name_without_standing_in_the_address(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER) as page:
        page.goto(MAP)
        before = ready(page)
        page.get_by_label("按地名找位置").fill("北荡")
        page.get_by_role("button", name="找位置").click()
        found = page.locator("#cm-found a").first
        expect(found).to_contain_text("北荡")
        assert "北荡" not in page.url
        found.click()
        moved(page, before)
        assert barriers(page) == []


def test_at_every_size_with_some_none_and_without_scripts(watched: Watched, people: People) -> None:
    with people.at(watched, OFFICER) as page:
        for size in (DESK, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for query in ("?tab=open", "?tab=open&q=外星飞船"):
                page.goto(MAP + query)
                ready(page)
                assert overflow(page) == 0
                assert barriers(page) == []
        state = page.context.storage_state()
    plain = watched.context(DESK, java_script_enabled=False, storage_state=state).new_page()
    plain.goto(MAP)
    expect(plain.locator(".cm-drawn svg")).to_be_visible()
    plain.locator(".cm-drawn svg a").first.click()
    assert "bbox=" in plain.url or re.search(r"/cases/\d{4}-\d+/", plain.url)


def test_a_phone_shows_the_position_only_when_it_is_asked_for(watched: Watched, people: People) -> None:
    with people.at(watched, GRID) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        words = "塘埂上的护栏断了一截"
        number = people.report(GRID, FIRST_GRID, words, lon=118.8012, lat=32.5931)
        page.goto(f"{LIST}{number}/")
        link = page.get_by_role("link", name="看在地图上的位置")
        expect(link).to_be_visible()
        assert not any("/map" in urlsplit(url).path for url in asked)
        link.click()
        expect(page.locator(".cm-spot .cm-svg")).to_be_visible()
        assert overflow(page) == 0
        assert barriers(page) == []


def test_the_ground_is_coloured_by_households_and_a_new_number_changes_it(watched: Watched, people: People) -> None:
    """The administrator states a township's households; the map says so many cases for each hundred of them."""
    town = f"{A}104000"
    with people.at(watched, SYSTEM) as page:
        page.goto(f"/{A}/areas/households/?level=township")
        page.get_by_role("link", name="登记户数").click()
        rows = page.get_by_label("代码和户数")
        expect(rows).to_have_value(re.compile(town))
        rows.fill(f"{town}\t杨村镇\t一万")
        page.get_by_label("来源").fill("县统计年鉴")
        page.get_by_role("button", name="登记户数").click()
        expect(page.get_by_text("第 1 行：户数“一万”要是 0 到 9,999,999 的整数，请改正。").first).to_be_visible()
        rows.fill(f"{town}\t杨村镇\t10,000")
        page.get_by_role("button", name="登记户数").click()
        expect(page.locator("#flashes")).to_contain_text("已登记 1 处的户数")
        expect(page.locator("tr", has_text=town)).to_contain_text("10,000 户")
    with people.at(watched, LEADER) as page:
        page.goto(MAP)
        ready(page)
        legend = page.locator("[data-legend]")
        expect(legend.get_by_label("每百户几件")).to_be_checked()
        expect(legend.locator("[data-known]")).to_contain_text("没有登记户数")
        towns = page.locator(".map-township").count()
        expect(page.locator(".map-township.cm-unknown")).to_have_count(towns - 1)
        expect(page.locator(".map-township.cm-open-1")).to_have_count(1)  # 55 open of 10,000 households
        legend.get_by_label("一共几件").check()
        expect(page.locator(".map-township.cm-unknown")).to_have_count(0)
        assert overflow(page) <= 0
