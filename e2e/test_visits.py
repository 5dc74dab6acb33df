"""走访 on an old phone: the list and the form are there without a signal, and what is filled in arrives once."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.browsing import Watched, overflow
from e2e.people import CLERK, GRID, A, People
from e2e.phones import Phone, phone, queue, wait_for_copies
from e2e.server import Site
from e2e.test_no_signal import WAITING, ready, sent

pytestmark = pytest.mark.browser
PLANNED = f"/{A}/visits/"


@pytest.fixture
def made(browser: Browser, tmp_path: Path, site: Site) -> Iterator[Phone]:
    with phone(browser.browser_type, tmp_path / "profile", site.url) as one:
        yield one


def told(people: People, mark: str) -> list[Any]:
    return [one for one in people.call(GRID, "/visits?mine=true")["items"] if mark in one["note"]]


def answer_all(page: Page) -> None:
    """The first choice of every question that has to be answered."""
    for group in page.locator("fieldset:has(input[name^=q_])").all():
        group.get_by_role("radio").first.check()
    for line in page.locator("input[type=text][name^=q_]").all():
        line.fill("和上次一样")


@pytest.mark.both
def test_a_visit_without_a_signal_survives_and_arrives_once(made: Phone, people: People) -> None:
    page = ready(made, people)
    page.get_by_role("link", name="走访", exact=True).click()
    expect(page).to_have_url(re.compile(PLANNED))
    card = page.locator("a.card-m").first
    name, form = card.get_by_role("heading").inner_text(), str(card.get_attribute("href"))
    wait_for_copies(page, PLANNED, form)
    made.off()
    mark = f"屋顶漏雨{secrets.randbelow(90_000) + 10_000}"
    page.goto(PLANNED)
    expect(page.locator("body")).to_have_attribute("data-copy", re.compile("."))
    expect(page.locator("#main")).not_to_contain_text(name)
    page.locator(f'a[href="{form}"]').click()
    expect(page.locator("body")).to_have_attribute("data-copy", re.compile("."))
    assert overflow(page) <= 0
    page.get_by_role("radio", name="见到本人，有事要办").check()
    answer_all(page)
    page.locator("textarea[name=note]").fill(mark)
    page.get_by_role("checkbox", name="把要办的事报成事件").check()
    page.get_by_role("button", name="保存走访").click()
    expect(page).to_have_url(re.compile(WAITING))
    assert [one["box"] for one in queue(page)["items"]] == [True], "nothing of it can be read off the disk"
    made.stop()

    page = made.start(signal=False)
    page.goto(PLANNED)
    expect(page.locator("[data-strip]")).to_contain_text("已保存，等待上传 1 条")
    page.goto(WAITING)
    expect(page.locator("[data-item]")).to_contain_text(mark)
    made.on()
    assert sent(page), queue(page)
    expect(page.locator("[data-told=done]")).to_contain_text("走访已登记，要办的事已报成事件")
    [one] = told(people, mark)
    assert people.call(CLERK, f"/cases/{one['case']}")["source"] == "visit"
    page.get_by_role("link", name="看这件事").click()
    expect(page.locator("#main")).to_contain_text(mark)


def test_a_visit_with_a_signal_and_what_is_known_the_next_time(watched: Watched, people: People) -> None:
    with people.at(watched, GRID, phone=True) as page:
        page.goto(f"{PLANNED}?state=all")
        card = page.locator("a.card-m").last
        form = str(card.get_attribute("href"))
        card.click()
        page.get_by_role("button", name="保存走访").click()
        expect(page.locator(".error-summary")).to_contain_text("请选这次走访的结果")
        page.get_by_role("radio", name="见到本人，一切正常").check()
        answer_all(page)
        mark = f"精神不错{secrets.randbelow(90_000) + 10_000}"
        page.locator("textarea[name=note]").fill(mark)
        page.get_by_role("button", name="保存走访").click()
        expect(page.locator("#flashes")).to_contain_text("走访已登记")
        page.goto(form)
        expect(page.locator("#main")).to_contain_text(mark)
        chosen = page.locator("input[name^=q_]:checked")
        assert chosen.count() >= 1, "what was answered last time is chosen already"
