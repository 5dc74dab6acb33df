"""The audit administrator: who did what, and whether anything was changed behind everybody's back."""

import re

import pytest
from playwright.sync_api import expect

from e2e.browsing import Watched
from e2e.people import AUDIT, CLERK, GRID, A, People
from e2e.screens import FIRST_GRID

pytestmark = pytest.mark.browser


def test_the_trail_is_listed_filtered_and_checked(watched: Watched, people: People) -> None:
    number = people.report(GRID, FIRST_GRID, "留痕核对前报的一件")
    people.act(CLERK, number, "acceptances")
    with people.at(watched, AUDIT) as page:
        page.goto(f"/{A}/trail/")
        page.get_by_label("登录账号、对象编号").fill(CLERK)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("q="))
        names = page.locator("tbody .person b").all_inner_texts()
        assert set(names) == {people[CLERK].name}
        page.locator("summary.flt", has_text="事项").click()
        page.locator("details[open] .flt-p a", has_text="事件受理").click()
        expect(page).to_have_url(re.compile("q=.*code=|code=.*q="))
        acts = page.locator("td[data-label=事项]").all_inner_texts()
        assert set(acts) == {"事件受理"}
        page.get_by_role("link", name="清除条件").click()
        page.get_by_role("button", name="现在核对").click()
        expect(page.locator("#job-page")).to_contain_text("都相符", timeout=180_000)
        page.get_by_role("link", name="查看留痕").click()
        expect(page.get_by_role("region", name="核对")).to_contain_text("全部相符")
        page.get_by_role("link", name=re.compile("^第 .* 号封存$")).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("号封存")
