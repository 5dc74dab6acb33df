"""One more case closed in the browser moves the figure by one wherever it stands, the public page too."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import Watched, barriers, overflow
from e2e.people import CLERK, LEADER, OFFICER, People
from e2e.screens import FIRST_GRID, VILLAGE

pytestmark = pytest.mark.browser
BOARD, WALL = "/341181/dashboard/", "/341181/wall/"


def number(page: Page, code: str) -> int:
    return int(page.locator(f'[data-figure="{code}"] [data-value]').inner_text().replace(",", ""))


def listed(page: Page) -> int:
    """How many cases the open list says that it has."""
    found = re.search(r"(\d+) 件，按", page.locator("main").inner_text())
    assert found, page.url
    return int(found[1])


def everywhere(page: Page) -> dict[str, int]:
    """The number of closed cases of the last 30 days, read where a person reads it."""
    page.goto(BOARD)
    found = {"dashboard": number(page, "closed")}
    page.locator('[data-figure="closed"] a.tile-v').click()
    found["list"] = listed(page)
    page.goto(WALL)
    found["wall"] = number(page, "closed")
    page.goto(f"/341181/villages/{VILLAGE}/")
    return {**found, "public": int(page.locator("#month-closed").inner_text().replace(",", ""))}


def test_one_more_case_closed_moves_the_figure_everywhere(watched: Watched, people: People) -> None:
    number_of = people.report(CLERK, FIRST_GRID, "村口路灯不亮，晚上看不见路。")
    people.act(CLERK, number_of, "acceptances")
    people.act(CLERK, number_of, "handlings", text="换了灯泡，亮了。")
    people.act(CLERK, number_of, "verifications")
    with people.at(watched, OFFICER) as officer, people.at(watched, CLERK) as clerk:
        before = everywhere(officer)
        clerk.goto(f"/341181/cases/{number_of}/closures/")
        clerk.get_by_label("满意，办结", exact=True).check()
        clerk.get_by_role("button", name="评价并办结").click()
        expect(clerk.locator("#flashes")).to_contain_text("已办结")
        assert everywhere(officer) == {name: count + 1 for name, count in before.items()}


def test_a_figure_says_how_it_is_counted_on_tap_and_by_keyboard(watched: Watched, people: People) -> None:
    with people.at(watched, LEADER, phone=True) as page:
        page.goto(BOARD)
        tile = page.locator('[data-figure="in_time_rate"]')
        expect(tile.locator(".tile-pop")).to_be_hidden()
        tile.locator("summary").tap()
        expect(tile.locator(".tile-pop")).to_contain_text("没有超过应办结时间")
        assert overflow(page) <= 0
        assert not barriers(page)
    with people.at(watched, LEADER) as page:
        page.goto(f"{BOARD}?period=year")
        page.locator("#limits summary").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#limits table")).to_be_visible()


def test_from_the_county_down_to_a_grid_without_scripts(watched: Watched, people: People) -> None:
    with people.at(watched, LEADER) as page:
        page.goto(BOARD)
        state = page.context.storage_state()
    page = watched.context({"width": 1440, "height": 900}, java_script_enabled=False, storage_state=state).new_page()
    page.goto(BOARD)
    page.locator("#places").get_by_role("link", name="杨村镇").click()
    expect(page.get_by_role("heading", name="杨村镇总览")).to_be_visible()
    page.locator("#places tbody a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("总览")
    page.locator("#places tbody").get_by_role("link", name="第一网格").click()
    expect(page).to_have_url(re.compile(rf"/cases/\?tab=open&kin=whole&place={VILLAGE[:9]}\d+"))


def test_the_wall_renews_itself_and_holds_seven_to_one(watched: Watched, people: People) -> None:
    with people.at(watched, LEADER) as page:
        page.set_viewport_size({"width": 1920, "height": 1080})
        page.clock.install()
        page.goto(WALL)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        with page.expect_response(re.compile("/wall/")):
            page.clock.fast_forward(61_000)
        assert any("/wall/" in url for url in asked)
        expect(page.locator('[data-figure="open"]')).to_be_visible()
        assert page.evaluate("document.documentElement.scrollHeight") <= 1080
        assert page.evaluate(LOW_CONTRAST) == []


# Texts of the page whose colour is less than 7:1 against the nearest painted ground below them.
LOW_CONTRAST = """() => {
  const part = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (c) => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = numbers(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [13, 20, 19];
  };
  const low = [];
  for (const e of document.querySelectorAll("main *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || e.closest("title") || e.closest(".m-lab")) continue;
    const style = getComputedStyle(e);
    const ink = numbers(e instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(ink), light(ground(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 7) low.push(e.textContent.trim().slice(0, 20));
  }
  return low;
}"""
