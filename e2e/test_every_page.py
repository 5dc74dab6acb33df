"""Every page, on a phone and on a desk: WCAG 2 A and AA, no error, no English, no wider than the window."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

from e2e.browsing import DESK, PHONE, Watched, barriers, overflow
from e2e.every_case_page import CASE_STOPS, prepare_cases
from e2e.every_page import STOPS, Stop, prepare
from e2e.people import People
from e2e.server import Site

pytestmark = pytest.mark.browser
SIZES = ("phone", "desk")


class Tour:
    """Somebody goes from page to page in one browser: what the pages have in common is fetched once, as in life."""

    def __init__(self, watched: Watched, people: People) -> None:
        self.watched, self.people = watched, people
        self.contexts: dict[tuple[str, bool], BrowserContext] = {}

    @contextmanager
    def page(self, who: str, *, phone: bool = False) -> Iterator[Page]:
        """A new page of this person; a stranger has a browser of their own each time."""
        if not who:
            stranger = self.watched.context(PHONE if phone else DESK)
            yield stranger.new_page()
            stranger.close()
            return
        if (who, phone) not in self.contexts:
            self.contexts[who, phone] = self.people.context(self.watched, who, phone=phone)
        page = self.contexts[who, phone].new_page()
        yield page
        page.close()


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


@pytest.fixture(scope="module")
def prepared(people: People) -> dict[str, str]:
    return prepare(people)


def visit(page: Page, stop: Stop, prepared: dict[str, str], people: People) -> None:
    page.goto(stop.address.format(**prepared))
    if stop.first is not None:
        stop.first(page)
    if stop.who:
        people.confirm(page, stop.who)
    if page.locator("[hx-trigger]").count():
        page.wait_for_load_state("networkidle")


@pytest.fixture(scope="module")
def cases(people: People) -> dict[str, str]:
    return prepare_cases(people)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_page(tour: Tour, people: People, prepared: dict[str, str], stop: Stop, size: str) -> None:
    look(tour, people, prepared, stop, size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stop", CASE_STOPS, ids=lambda stop: stop.name)
def test_page_of_cases(tour: Tour, people: People, cases: dict[str, str], stop: Stop, size: str) -> None:
    look(tour, people, cases, stop, size)


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


@pytest.mark.parametrize("name", ["list", "case_in_list", "dispatch", "report", "areas", "village", "users", "trail"])
def test_between_phone_and_desk(tour: Tour, people: People, prepared: dict[str, str], name: str) -> None:
    """768 pixels: one column, the menu still at the side."""
    stop = next(one for one in STOPS if one.name == name)
    with tour.page(stop.who) as page:
        page.set_viewport_size({"width": 768, "height": 1024})
        visit(page, stop, prepared, people)
        assert overflow(page) <= 0


@pytest.mark.parametrize(
    "name", ["whistles", "case_called", "case_of_parts", "split", "take_down", "kind_edit", "batch", "holidays_edit"]
)
def test_cases_between_phone_and_desk(tour: Tour, people: People, cases: dict[str, str], name: str) -> None:
    stop = next(one for one in CASE_STOPS if one.name == name)
    with tour.page(stop.who) as page:
        page.set_viewport_size({"width": 768, "height": 1024})
        visit(page, stop, cases, people)
        assert overflow(page) <= 0
