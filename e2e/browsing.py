"""A browser whose every page is watched: script errors, policy, other hosts, English, width, rules of access."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

ROOT: Final = Path(__file__).resolve().parents[1]
AXE: Final = ROOT / "node_modules/axe-core/axe.min.js"
BUILT: Final = ROOT / "shanzhi/ui/static/ui/dist/phone.js"
CHROMIUM: Final = Path(os.environ.get("SHANZHI_CHROMIUM") or "/usr/bin/chromium")
PHONE: Final = {"width": 390, "height": 844}
DESK: Final = {"width": 1440, "height": 900}
TIMEOUT_MS: Final = 30_000
ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
RULES: Final = "wcag2a wcag2aa wcag21a wcag21aa"
# Said by the browser and by htmx of what is meant: a refusal, and a request that a later one replaces.
MEANT: Final = re.compile(
    r"Failed to load resource: the server responded with a status of 4\d\d|htmx:(sendAbort|afterRequest),"
)
# Runs in each page before its own scripts; the page's policy does not concern it. What it finds goes to the console.
LOOK: Final = (Path(__file__).parent / "look.js").read_text(encoding="utf-8")


def missing() -> str:
    """What a journey lacks on this machine, in one loud line; empty if nothing."""
    for path, remedy in (
        (CHROMIUM, "install chromium, or let `make test` do it as root"),
        (BUILT, "the front end is not built; `make test` and `make run` build it"),
        (AXE, "the front end's packages are not installed; run `npm ci`"),
    ):
        if not path.exists():
            return f"JOURNEYS NOT RUN: {path.name} is missing: {remedy}"
    return ""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as made:
        browser = made.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield browser
        browser.close()


class Watched:
    """Opens contexts of one site; `wrong` gathers what must not happen on any page."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.wrong: list[str] = []
        self.contexts: list[BrowserContext] = []

    def context(self, size: dict[str, int], **options: Any) -> BrowserContext:
        """Without the worker of the phone's pages, whose copies have journeys of their own (`test_no_signal`)."""
        made = self.browser.new_context(
            base_url=self.url, viewport=size, service_workers="block", locale="zh-CN", timezone_id="Asia/Shanghai",
            is_mobile=size["width"] < 600, has_touch=size["width"] < 600, **options,
        )  # fmt: skip
        made.set_default_timeout(TIMEOUT_MS)
        made.add_init_script(LOOK)
        made.on("console", self._console)
        made.on("weberror", lambda error: self.wrong.append(f"{error.page and error.page.url}: {error.error}"))
        made.on("request", self._request)
        made.on("response", self._response)
        self.contexts.append(made)
        return made

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not MEANT.match(message.text):
            self.wrong.append(f"{message.page and message.page.url}: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != urlsplit(self.url).netloc:
            self.wrong.append(f"asked another host: {request.url}")

    def _response(self, response: Response) -> None:
        broken = response.status >= 500 or (response.status >= 400 and "/static/" in response.url)
        if broken:
            self.wrong.append(f"{response.status} {response.url}")


@cache
def axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def barriers(page: Page) -> list[str]:
    """Violations of WCAG 2 A and AA on this page. The driver's own evaluation is no script of the page."""
    page.evaluate(axe_source())
    options = {"runOnly": RULES.split(), "resultTypes": ["violations"]}
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [f"{page.url} {one['id']}: {one['nodes'][0]['html'][:200]} {_why(one)}" for one in found["violations"]]


def _why(violation: dict[str, Any]) -> str:
    return str(violation["nodes"][0].get("failureSummary", "")).replace("\n", " ")[:240]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def eventually(page: Page, holds: Callable[[], bool], seconds: float = 60) -> bool:
    """Waits for what another process does; the page stays alive meanwhile."""
    for _ in range(int(seconds / 0.25)):
        if holds():
            return True
        page.wait_for_timeout(250)
    return holds()
