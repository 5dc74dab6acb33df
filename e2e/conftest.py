"""One server, one browser and one demo for all journeys; each journey has contexts of its own, all of them watched."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from e2e import browsing
from e2e.people import People
from e2e.server import Site, running

expect.set_options(timeout=browsing.TIMEOUT_MS)


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """`make test` names the browser that it found or installed: then nothing may be missing."""
    lacking = browsing.missing()
    if lacking and os.environ.get("SHANZHI_CHROMIUM"):
        pytest.fail(lacking)
    if lacking:
        pytest.skip(lacking)
    with running() as started:
        yield started


@pytest.fixture(scope="package")
def people(site: Site) -> People:
    return People(site)


@pytest.fixture(scope="package")
def browser(site: Site) -> Iterator[Browser]:
    with browsing.chromium() as opened:
        yield opened


@pytest.fixture
def watched(browser: Browser, site: Site) -> Iterator[browsing.Watched]:
    """Contexts of one journey; at its end nothing may have gone wrong on any page that was opened."""
    said = len(site.log)
    opened = browsing.Watched(browser, site.url)
    yield opened
    opened.close()
    wrong = list(dict.fromkeys(opened.wrong))
    assert not wrong, "\n".join([*wrong, site.log[said:]])
