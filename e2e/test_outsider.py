"""Somebody of another county learns nothing here, not even whether something exists."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.browsing import Watched
from e2e.people import GRID, OUTSIDER, A, B, People
from e2e.screens import FIRST_GRID, VILLAGE

pytestmark = pytest.mark.browser


def seen(page: Page, address: str) -> tuple[int, str, str]:
    answer = page.goto(address)
    assert answer is not None
    text = re.sub(r"\s+", " ", page.locator("body").inner_text())
    return answer.status, page.title(), text


def test_every_address_of_another_county_is_one_that_does_not_exist(watched: Watched, people: People) -> None:
    number = people.report(GRID, FIRST_GRID, "外县人看不到的一件")
    with people.at(watched, OUTSIDER) as page:
        page.goto(f"/{B}/cases/")
        expect(page.locator("[data-row]").first).to_be_visible()
        made_up = seen(page, f"/{A}/cases/9912-9999/")
        assert made_up[0] == 404
        for address in (
            f"cases/{number}/", f"cases/{number}/acceptances/", "cases/", "cases/new/", "home/", "cases/export/",
            f"areas/{VILLAGE}/", "areas/", "areas/imports/", "units/", "users/", "users/1/", "trail/", "trail/seals/1/",
            "notices/", "jobs/", "me/", "files/1/", "no-such-page/",
        ):  # fmt: skip
            assert seen(page, f"/{A}/{address}") == made_up, address
        assert seen(page, f"/{B}/cases/{number}9/") == seen(page, f"/{B}/cases/9912-9999/")
