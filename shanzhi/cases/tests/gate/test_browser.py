"""The proof in a real browser: worked out in silence with scripts, a plain question without them or in large type."""

import gzip
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e import browsing
from shanzhi.cases.gate.blocking import block_place
from shanzhi.cases.gate.releasing import held_discard
from shanzhi.cases.models import Case, Visit
from shanzhi.cases.tests.gate.people import send
from shanzhi.cases.tests.gate.test_challenges import answer_of
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(browsing.missing()), reason=browsing.missing()),
    pytest.mark.urls("shanzhi.cases.tests.gate.door"),
]
PATIENCE_MS = 3 * browsing.TIMEOUT_MS
WORDS = "村口路灯坏了三天，晚上看不见路。"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The driver runs a loop of its own in this thread, which Django takes for asynchronous code."""
    expect.set_options(timeout=PATIENCE_MS)
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with browsing.chromium() as opened:
        yield opened
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
    if before is not None:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def cast() -> Cast:
    """Committed, for the server's threads."""
    return build_cast(County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now()))


@pytest.fixture
def busy(cast: Cast, settings: Any) -> None:
    """So much came that everybody is asked."""
    settings.GATE = {"normal": 1, "village": 1000, "county": 1000}
    assert Client().get("/341181/door/").status_code == 200  # what is imported once is imported
    at = timezone.now() - timedelta(minutes=1)
    with county(341181):
        Visit.objects.create(act="report", address="x", device="y", at=at)


def opened(browser: Browser, server: Any, size: dict[str, int], **options: Any) -> tuple[BrowserContext, Page]:
    context = browser.new_context(base_url=server.url, viewport=size, locale="zh-CN", **options)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/341181/door/")
    return context, page


def look(page: Page, name: str) -> None:
    """Kept where somebody asked for pictures."""
    if folder := os.environ.get("SHANZHI_LOOK"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_without_scripts_a_question_is_answered_and_what_was_typed_stays(
    browser: Browser, live_server: Any, busy: None
) -> None:
    context, page = opened(browser, live_server, browsing.PHONE, java_script_enabled=False)
    question = page.locator("label[for=id_proof_answer]")
    expect(question).to_be_visible()
    page.fill("textarea", WORDS)
    page.fill("#id_proof_answer", "不知道")
    page.click("button:has-text('反映给村委会')")
    expect(page.locator("#id_proof_answer-error")).to_contain_text("没有答对")
    expect(page.locator("textarea")).to_have_value(WORDS)
    look(page, "question-390")
    page.fill("#id_proof_answer", str(answer_of(question.inner_text())))
    page.click("button:has-text('反映给村委会')")
    expect(page.locator("#done")).to_contain_text("收到了")
    context.close()
    with county(341181):
        assert Case.objects.get().body == WORDS


def test_with_scripts_the_phone_works_and_nothing_is_asked(browser: Browser, live_server: Any, busy: None) -> None:
    context, page = opened(browser, live_server, browsing.PHONE)
    expect(page.locator("label[for=id_proof_answer]")).to_be_hidden()
    look(page, "work-390")
    page.fill("textarea", WORDS)
    page.click("button:has-text('反映给村委会')")  # before or after the work is done: it is sent when it is
    expect(page.locator("#done")).to_contain_text("收到了")
    context.close()
    with county(341181):
        assert Case.objects.count() == 1


def test_a_worker_that_does_not_start_leaves_the_question(browser: Browser, live_server: Any, busy: None) -> None:
    context = browser.new_context(base_url=live_server.url, viewport=browsing.PHONE, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    context.route("**/proof-worker.js", lambda route: route.abort())
    page = context.new_page()
    page.goto("/341181/door/")
    question = page.locator("label[for=id_proof_answer]")
    expect(question).to_be_visible()
    page.fill("textarea", WORDS)
    page.fill("#id_proof_answer", str(answer_of(question.inner_text())))
    page.click("button:has-text('反映给村委会')")
    expect(page.locator("#done")).to_contain_text("收到了")
    context.close()


def test_in_large_type_the_question_stands_with_scripts_too_and_nobody_is_shut_out(
    browser: Browser, live_server: Any, busy: None
) -> None:
    context = browser.new_context(base_url=live_server.url, viewport=browsing.PHONE, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "sz_text", "value": "big", "url": live_server.url}])
    page = context.new_page()
    page.goto("/341181/door/")
    expect(page.locator("label[for=id_proof_answer]")).to_be_visible()
    assert browsing.barriers(page) == []
    assert browsing.overflow(page) <= 0
    look(page, "elder-390")
    context.close()


@pytest.mark.parametrize("size", [browsing.PHONE, browsing.DESK], ids=["390", "1440"])
def test_the_question_has_no_barriers(browser: Browser, live_server: Any, busy: None, size: dict[str, int]) -> None:
    context, page = opened(browser, live_server, size)
    page.locator("textarea").fill("")
    page.evaluate("document.querySelectorAll('[data-proof-question]').forEach((one) => { one.hidden = false; })")
    assert browsing.barriers(page) == []
    assert browsing.overflow(page) <= 0
    look(page, f"question-{size['width']}-js")
    context.close()


def _kept(cast: Cast) -> tuple[str, int, int]:
    """A case with a sender, a group that waits with somebody in danger beside it, one put aside, and a block."""
    cases = [send(cast, body=f"{WORDS}第{number}根杆子。", phone="13955501234").case for number in range(3)]
    held = [send(cast, body="低价出售正品保健酒，量大从优，加微信立即送货上门。").held for _ in range(4)]
    held += [send(cast, body="桥栏杆断了，孩子差点掉下去。", urgent=True).held]
    officer, now = cast.actor("township_officer"), timezone.now()
    assert cases[0] is not None
    assert held[0] is not None
    block = block_place(actor=officer, case=cases[0], what="device", reason="flood", text="一小时八遍", days=7, at=now)
    held_discard(actor=officer, held=held[0], reason="advert", text="卖酒的", at=now)
    assert held[1] is not None
    return cases[0].number, held[1].id, block.id


@pytest.mark.parametrize("size", [browsing.PHONE, browsing.DESK], ids=["390", "1440"])
def test_the_pages_of_those_who_keep_the_gate(
    browser: Browser, live_server: Any, cast: Cast, settings: Any, size: dict[str, int]
) -> None:
    settings.GATE = {"normal": 1000, "village": 3, "county": 1000}
    with county(341181):
        number, held_id, block_id = _kept(cast)
    context = browser.new_context(base_url=live_server.url, viewport=size, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    session = cast["township_officer"].client().cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    wrong = []
    for name, address in {
        "held": "held/", "aside": "held/?tab=aside", "one": f"held/{held_id}/?by=likeness",
        "blocks": "blocks/", "block": f"blocks/{block_id}/", "sender": f"{number}/blocks/",
    }.items():  # fmt: skip
        answer = page.goto(f"/341181/cases/{address}")
        assert answer is not None
        assert answer.status == 200, address
        wrong += browsing.barriers(page)
        assert browsing.overflow(page) <= 0, address
        look(page, f"{name}-{size['width']}")
    context.close()
    assert wrong == []


def test_the_page_of_the_public_stays_light() -> None:
    folder = browsing.BUILT.parent
    bundle = sum(
        len(gzip.compress((folder / name).read_bytes(), 6)) for name in ("phone.js", "phone.css", "proof-worker.js")
    )
    assert bundle < 60_000  # the page, its pictures and its icons have the rest of 100 kB
