"""Someone who looks at page after page: WCAG 2 A and AA, no error, no English, no wider than the window."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from playwright.sync_api import Browser, Error, Page

from e2e.browsing import DESK, PHONE, Watched, barriers, overflow
from e2e.every_page import Stop
from e2e.people import People
from e2e.server import Site

SIZES: Final = ("phone", "desk")
BETWEEN: Final = {"width": 768, "height": 1024}


class Tour:
    """Everybody goes from page to page in a window of their own: what the pages have in common is fetched once, as in
    life, and opening a window costs as much as a page."""

    def __init__(self, watched: Watched, people: People) -> None:
        self.watched, self.people = watched, people
        self.pages: dict[tuple[str, bool], Page] = {}

    @contextmanager
    def page(self, who: str, *, phone: bool = False) -> Iterator[Page]:
        """The window of this person, a new one after something went wrong; a stranger has a new browser each time."""
        if not who:
            stranger = self.watched.context(PHONE if phone else DESK)
            yield stranger.new_page()
            stranger.close()
            return
        page = self.pages.pop((who, phone), None)
        if page is None:
            page = self.people.context(self.watched, who, phone=phone).new_page()
        yield page
        page.goto("about:blank")
        self.pages[who, phone] = page


@pytest.fixture(scope="module")
def on_tour(browser: Browser, site: Site, people: People) -> Iterator[Tour]:
    watched = Watched(browser, site.url)
    yield Tour(watched, people)
    watched.close()


@pytest.fixture
def tour(on_tour: Tour, site: Site) -> Iterator[Tour]:
    """At the end of each page nothing may have gone wrong on it."""
    said = len(site.log)
    on_tour.watched.wrong.clear()
    yield on_tour
    assert not on_tour.watched.wrong, "\n".join([*on_tour.watched.wrong, site.log[said:]])


def visit(page: Page, stop: Stop, prepared: dict[str, str], people: People) -> None:
    page.goto(stop.address.format(**prepared))
    if stop.first is not None:
        stop.first(page)
    if stop.who:
        people.confirm(page, stop.who)
    if page.locator("[hx-trigger]").count():
        page.wait_for_load_state("networkidle")


def look(tour: Tour, people: People, prepared: dict[str, str], stop: Stop, size: str) -> None:
    with tour.page(stop.who, phone=size == "phone") as page:
        visit(page, stop, prepared, people)
        try:
            found, more = barriers(page), overflow(page)
        except Error as error:  # what was sent on the way is answered only now
            if "context was destroyed" not in str(error):
                raise
            page.wait_for_load_state()
            found, more = barriers(page), overflow(page)
    assert not found, "\n".join(found)
    assert more <= 0, f"{more} pixels wider than the window"


def narrow(tour: Tour, people: People, prepared: dict[str, str], stop: Stop) -> None:
    """768 pixels: one column, the menu still at the side."""
    with tour.page(stop.who) as page:
        page.set_viewport_size(BETWEEN)
        visit(page, stop, prepared, people)
        more = overflow(page)
        page.set_viewport_size(DESK)
    assert more <= 0, f"{more} pixels wider than the window"
