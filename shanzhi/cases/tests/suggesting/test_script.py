"""Suggestions in a real browser: asked for after a pause, silent without a signal, taken by one tap and only by it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from shanzhi.cases.suggesting.asking import Answer
from shanzhi.cases.suggesting.forms import Typed
from shanzhi.cases.suggesting.suggest import Offer, Suggestion
from shanzhi.tenancy.models import County

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
HOST = "https://shanzhi.test"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
    pytest.mark.skipif(not finders.find("ui/dist/phone.js"), reason="NOT BUILT: run `npm run build`"),
]
SHELL = {"county": County(id=341181, code="341181", name="天长市")}
FORM = """<!DOCTYPE html><html lang="zh"><head><meta name="csrf-token" content="token"><meta charset="utf-8">
<link rel="stylesheet" href="/static/ui/dist/phone.css"></head><body><form method="post" id="report">
<input type="hidden" name="secret" value="not sent"><input type="file" name="photos">
<textarea name="body"></textarea>{part}
<label><input type="radio" name="kind" value="sanitation">环境卫生</label>
<details><summary>更多</summary><label><input type="radio" name="kind" value="facilities">道路水电设施</label></details>
<select name="area"><option value="1">一</option><option value="2">二</option></select>
<input type="hidden" name="lon" value="118.9"><input type="hidden" name="lat" value=""></form>
<script src="/static/ui/dist/phone.js"></script></body></html>"""


class Site:
    """Serves the form and the bundle, keeps what was asked, and answers with what the test puts there."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.headers: list[dict[str, str]] = []
        self.offline = False
        self.status = 200
        self.suggestion = Suggestion((Offer("facilities", "道路水电设施", "很像", "road"),))

    def __call__(self, route: Any) -> None:
        request, path = route.request, urlsplit(route.request.url).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            kind = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}.get(Path(path).suffix)
            route.fulfill(status=200 if found else 404, path=found, content_type=kind) if found else route.abort()
        elif request.method == "GET":
            part = render_to_string("cases/parts/suggest.html", {"shell": SHELL})
            route.fulfill(status=200, body=FORM.replace("{part}", part), content_type="text/html")
        elif self.offline:
            route.abort()
        else:
            self.asked.append(parse_qs(request.post_data or "", keep_blank_values=True))
            self.headers.append(request.headers)
            context = {"found": Answer(self.suggestion), "typed": Typed(""), "shell": SHELL}
            html = render_to_string("cases/parts/suggestions.html", context) if self.suggestion else ""
            route.fulfill(status=self.status, body=html, content_type="text/html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as made:
        opened = made.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def page(browser: Any, site: Site) -> Iterator[Any]:
    context = browser.new_context(base_url=HOST, viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.route("**/*", site)
    opened = context.new_page()
    opened.set_default_timeout(8000)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.goto("/341181/cases/new/")
    yield opened
    context.close()
    assert not wrong


def write(page: Any, text: str) -> None:
    page.locator("textarea").press_sequentially(text, delay=30)


def settle(page: Any) -> None:
    page.wait_for_timeout(900)


def test_asks_once_after_a_pause_and_sends_only_what_is_needed(page: Any, site: Site) -> None:
    write(page, "路灯不亮，看不清路")
    page.locator("[data-take]").wait_for()
    settle(page)
    assert len(site.asked) == 1
    assert site.asked[0] == {"body": ["路灯不亮，看不清路"], "area": ["1"], "lon": ["118.9"], "lat": [""]}
    assert site.headers[0]["x-csrftoken"] == "token"


def test_below_four_characters_nothing_is_asked(page: Any, site: Site) -> None:
    write(page, "路灯坏")
    settle(page)
    assert site.asked == []


def test_nothing_is_chosen_until_it_is_tapped(page: Any, site: Site) -> None:
    write(page, "路灯不亮，看不清路")
    button = page.locator("[data-take]")
    button.wait_for()
    assert page.locator("input[name=kind]:checked").count() == 0
    site.suggestion = Suggestion()
    button.click()
    assert page.locator("input[name=kind]:checked").get_attribute("value") == "facilities"
    assert page.locator("details").get_attribute("open") is not None
    assert page.evaluate("document.activeElement.value") == "facilities"
    settle(page)
    assert site.asked[-1]["kind"] == ["facilities"]
    assert page.locator("[data-suggest]").inner_text() == ""
    assert page.locator("form").count() == 1, "nothing was sent"


def test_what_the_form_has_no_choice_for_is_only_read(page: Any, site: Site) -> None:
    site.suggestion = Suggestion((Offer("straw", "秸秆禁烧", "很像", "flame"),))
    write(page, "田里在烧秸秆，烟很大")
    page.locator("[data-suggest] b").wait_for()
    assert page.locator("[data-take]").count() == 0
    assert "秸秆禁烧" in page.locator("[data-suggest]").inner_text()


def test_without_a_signal_typing_goes_on_in_peace(page: Any, site: Site) -> None:
    site.offline = True
    write(page, "路灯不亮，看不清路")
    settle(page)
    assert page.locator("[data-flash]").count() == 0
    site.offline = False
    write(page, "了")
    page.locator("[data-take]").wait_for()


@pytest.mark.parametrize("status", [403, 429, 500])
def test_a_refusal_is_no_message(page: Any, site: Site, status: int) -> None:
    site.status = status
    write(page, "路灯不亮，看不清路")
    settle(page)
    assert len(site.asked) == 1
    assert page.locator("[data-flash]").count() == 0
    assert page.locator("[data-take]").count() == 0


def test_an_emptied_text_takes_its_suggestion_with_it(page: Any, site: Site) -> None:
    write(page, "路灯不亮，看不清路")
    page.locator("[data-take]").wait_for()
    page.locator("textarea").fill("")
    page.locator("[data-take]").wait_for(state="detached")
    box = page.locator("[data-suggest]").evaluate("(node) => getComputedStyle(node).position")
    assert box == "absolute", "takes no room"
