"""What a kind asks could not be had: it is said, and had again when the line is better."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.browsing import overflow
from e2e.people import GRID, People
from e2e.phones import Phone, phone
from e2e.screens import other_kind
from e2e.server import Site
from e2e.test_no_signal import NEW, ready

pytestmark = pytest.mark.browser
QUESTION = "[data-question]:visible"


@pytest.fixture
def made(browser: Browser, tmp_path: Path, site: Site) -> Iterator[Phone]:
    with phone(browser.browser_type, tmp_path / "profile", site.url) as one:
        yield one


def choose(page: Page, kind: str) -> None:
    more = page.locator("details.opt-more")
    if more.get_attribute("open") is None:
        more.locator("summary").click()
    page.get_by_text(kind, exact=True).first.click()


def test_lost_questions_are_told_and_had_again(made: Phone, people: People) -> None:
    page = ready(made, people, GRID)
    page.goto(NEW)
    kind = other_kind(page)
    made.line.cut()
    choose(page, kind)
    lost = page.locator("[data-lost]")
    expect(lost).to_contain_text("这一类要问的没有取到")
    expect(page.locator(QUESTION)).to_have_count(0)
    assert overflow(page) <= 0
    made.line.mend()
    lost.get_by_role("button", name="再取一次").click()
    expect(page.locator(QUESTION).first).to_be_visible()
    expect(lost).to_have_count(0)


def test_they_come_by_themselves_with_the_signal(made: Phone, people: People) -> None:
    page = ready(made, people, GRID)
    page.goto(NEW)
    kind = other_kind(page)
    made.off()
    choose(page, kind)
    expect(page.locator("[data-lost]")).to_contain_text("可以先上报")
    made.on()
    expect(page.locator(QUESTION).first).to_be_visible()
