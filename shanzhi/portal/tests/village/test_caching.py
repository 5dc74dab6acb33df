"""Pages for strangers are made once: for a few seconds, for the very same question, until anything is written."""

from typing import Any

import pytest
from django.test import Client

from shanzhi.cases.tests.pages import statements
from shanzhi.portal.tests.village.world import closed, get, publish, village
from shanzhi.portal.village import caching
from shanzhi.portal.village.caching import COPIES, Copies
from shanzhi.trail.selectors import newest_entry
from shanzhi.ui.context import CONTRAST_COOKIE, CONTRAST_VALUE, ELDER_COOKIE, ELDER_VALUE
from tests.cast import Cast, report

FEW = 3  # the county, its newest entry, and nothing of the page


@pytest.fixture
def seen(cast: Cast) -> bytes:
    """Somebody has just read the page."""
    publish(cast, report(cast), "路灯已经修好")
    return bytes(get(village()).content)


def test_the_second_reader_costs_next_to_nothing(seen: bytes) -> None:
    with statements() as ran:
        again = get(village())
    assert again.content == seen
    assert len(ran) <= FEW, "\n".join(ran)
    assert again["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in again["Vary"]
    assert again["Content-Type"] == "text/html; charset=utf-8"
    assert "Content-Security-Policy" in again


def test_whatever_is_done_is_seen_at_once(cast: Cast, seen: bytes) -> None:
    before = newest_entry()
    case = report(cast)
    assert newest_entry() > before
    page = get(village()).content
    assert page != seen
    closed(cast, case)
    assert get(village()).content not in (page, seen)


def test_each_question_has_its_own_answer(cast: Cast, seen: bytes) -> None:
    other = cast.areas["v2"].code
    assert b"<h1>" + cast.areas["v2"].name.encode() in get(village(other)).content
    assert get(village(), was="x").content != get(village()).content == seen  # its links lead back to its own address
    assert get(village(rest="cases/")).content != get(village(rest="cases/"), q="没有的").content


def test_letters_and_contrast_are_kept_apart(seen: bytes) -> None:
    bodies = {seen}
    for name, value in ((ELDER_COOKIE, ELDER_VALUE), (CONTRAST_COOKIE, CONTRAST_VALUE)):
        client = Client()
        client.cookies[name] = value
        bodies.add(get(village(), client).content)
    assert len(bodies) == 3
    assert get(village()).content == seen


def test_who_is_known_gets_a_page_of_their_own(cast: Cast, seen: bytes) -> None:
    known = Client()
    known.cookies["device"] = "x" * 20
    for client in (known, cast["village_clerk"].client()):
        with statements() as ran:
            get(village(), client)
        assert len(ran) > FEW
    token = Client().get(village(), headers={"Authorization": "Bearer x"})
    assert "public" not in token.get("Cache-Control", "")


def test_it_is_kept_for_seconds(seen: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    now = caching.time.monotonic()
    monkeypatch.setattr(caching.time, "monotonic", lambda: now + caching.HERE_SECONDS + 1)
    with statements() as ran:
        get(village())
    assert len(ran) > FEW


def test_a_county_without_any_entry_keeps_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert newest_entry() == 0
    kept: list[Any] = []
    monkeypatch.setattr(COPIES, "put", lambda *given: kept.append(given))
    get(village())
    assert kept == []


def test_what_failed_is_not_kept(seen: bytes) -> None:
    for _ in range(2):
        assert get(village("999999999999")).status_code == 404
    assert "Location" in get(village(rest="cases/"), after="broken")


def test_the_one_used_longest_ago_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "MOST", 2)
    copies = Copies()
    copies.put("a", b"1")
    copies.put("b", b"2")
    assert copies.get("a") == b"1"
    copies.put("c", b"3")
    assert [copies.get(key) for key in "abc"] == [b"1", None, b"3"]
    copies.put("d", b"x" * (caching.LONGEST + 1))
    assert copies.get("d") is None
