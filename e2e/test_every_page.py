"""Every page, on a phone and on a desk: WCAG 2 A and AA, no error, no English, no wider than the window."""

import pytest
from playwright.sync_api import Page

from e2e.browsing import DESK, PHONE, Watched, barriers, overflow
from e2e.every_case_page import CASE_STOPS, prepare_cases
from e2e.every_page import STOPS, Stop, prepare
from e2e.people import People

pytestmark = pytest.mark.browser
SIZES = {"phone": PHONE, "desk": DESK}


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
def test_page(watched: Watched, people: People, prepared: dict[str, str], stop: Stop, size: str) -> None:
    look(watched, people, prepared, stop, size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stop", CASE_STOPS, ids=lambda stop: stop.name)
def test_page_of_cases(watched: Watched, people: People, cases: dict[str, str], stop: Stop, size: str) -> None:
    look(watched, people, cases, stop, size)


def look(watched: Watched, people: People, prepared: dict[str, str], stop: Stop, size: str) -> None:
    if stop.who:
        with people.at(watched, stop.who, phone=size == "phone") as page:
            visit(page, stop, prepared, people)
            found, more = barriers(page), overflow(page)
    else:
        page = watched.context(SIZES[size]).new_page()
        visit(page, stop, prepared, people)
        found, more = barriers(page), overflow(page)
    assert not found, "\n".join(found)
    assert more <= 0, f"{more} pixels wider than the window"


@pytest.mark.parametrize("name", ["list", "case_in_list", "dispatch", "report", "areas", "village", "users", "trail"])
def test_between_phone_and_desk(watched: Watched, people: People, prepared: dict[str, str], name: str) -> None:
    """768 pixels: one column, the menu still at the side."""
    stop = next(one for one in STOPS if one.name == name)
    with people.at(watched, stop.who) as page:
        page.set_viewport_size({"width": 768, "height": 1024})
        visit(page, stop, prepared, people)
        assert overflow(page) <= 0


@pytest.mark.parametrize(
    "name", ["whistles", "case_called", "case_of_parts", "split", "take_down", "kind_edit", "batch", "holidays_edit"]
)
def test_cases_between_phone_and_desk(watched: Watched, people: People, cases: dict[str, str], name: str) -> None:
    stop = next(one for one in CASE_STOPS if one.name == name)
    with people.at(watched, stop.who) as page:
        page.set_viewport_size({"width": 768, "height": 1024})
        visit(page, stop, cases, people)
        assert overflow(page) <= 0
