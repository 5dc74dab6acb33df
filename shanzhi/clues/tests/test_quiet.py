"""Of clues there is neither a line of a log nor a number, and no browser keeps a page."""

import io
import logging
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from shanzhi.clues.middleware import QuietFilter, is_quiet
from shanzhi.clues.tests.desk import LEAD, OFFICER, Office
from shanzhi.clues.urls import urlpatterns
from shanzhi.operations.middleware import MeasuringMiddleware
from tests.cast import Cast


@pytest.mark.parametrize(
    ("path", "quiet"),
    [
        ("/341181/clues/", True), ("/341181/clues/new/", True), ("/341181/clues/5/notes/", True),
        ("/api/v1/341181/clues", True), ("/api/v1/341181/clues/5/notes", True), ("/api/v1/341181/clue-desk", True),
        ("/api/v1/341181/public/clues", True), ("/api/v1/341181/public/clue-states", True),
        ("/341181/", False), ("/341181/cases/", False), ("/api/v1/341181/public/reports", False),
        ("/341181/cases/clues/", False), ("/clues/", False),
    ],
)  # fmt: skip
def test_which_addresses(path: str, quiet: bool) -> None:
    assert is_quiet(RequestFactory().get(path)) is quiet


def test_every_address_of_the_app_is_quiet(office: Office) -> None:
    """Also one that is added later: the name begins as all of them do."""
    from_pages = [f"/341181/{path}" for path in paths()]
    assert len(from_pages) > 15
    assert all(is_quiet(RequestFactory().get(path)) for path in from_pages)


def paths() -> list[str]:
    return [str(one.pattern) for one in urlpatterns]


@pytest.mark.parametrize("status", ["200", "404", "409", "422", "403"])
def test_nothing_is_kept_whatever_the_answer(office: Office, status: str) -> None:
    clue = office.assign(office.give(), OFFICER)
    lead = office.cast[LEAD].client()
    answer = {
        "200": lambda: lead.get("/341181/clues/"),
        "404": lambda: Client().post("/341181/clues/follow/", {"secret": "ABCD-EFGH-JKMNP"}),
        "409": lambda: office.cast[OFFICER].client().get(f"/341181/clues/{clue.id}/pauses/"),
        "422": lambda: Client().post("/341181/clues/new/", {}),
        "403": lambda: lead.get(f"/341181/clues/{clue.id}/checks/"),
    }[status]()
    assert str(answer.status_code) == status
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"


def test_refusals_are_no_line(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Django writes one for each answer of 400 and above, with the address."""
    clue = office.give()
    with caplog.at_level(logging.DEBUG):
        Client().get("/341181/clues/follow/x/")
        for who in (OFFICER, "auditor"):
            browser = office.cast[who].client()
            assert browser.get(f"/341181/clues/{clue.id}/").status_code == 404
            assert browser.get(f"/api/v1/341181/clues/{clue.id}").status_code == 404
        Client().post("/341181/clues/new/", {})
    assert str(clue.id) not in caplog.text
    assert "clues/new" not in caplog.text


def test_others_are_counted_as_before(
    cast: Cast, settings: Any, caplog: pytest.LogCaptureFixture, tmp_path: Any
) -> None:
    settings.VAR_DIR, settings.ACCESS_LOG = tmp_path, True
    measuring = MeasuringMiddleware(lambda request: HttpResponse())
    logging.getLogger("shanzhi.access").disabled = False
    with caplog.at_level(logging.INFO, logger="shanzhi.access"):
        for path in ("/341181/clues/new/", "/341181/"):
            request = RequestFactory().get(path)
            request.resolver_match = None
            measuring(request)
    assert len([one for one in caplog.records if one.name == "shanzhi.access"]) == 1


@pytest.fixture
def written() -> Any:
    """What a handler of the installation writes, with its filter."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    assert django_settings.LOGGING["handlers"]["console"]["filters"] == ["quiet"]
    handler.addFilter(QuietFilter())
    for known in logging.root.manager.loggerDict.values():
        if isinstance(known, logging.Logger):
            known.disabled = False
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_form_without_its_token_is_no_line(office: Office, written: io.StringIO) -> None:
    """Django refuses it, and says so, before any middleware of ours sees the answer."""
    clue = office.give()
    client = Client(enforce_csrf_checks=True)
    assert client.post(f"/341181/clues/{clue.id}/notes/", {}).status_code == 403
    assert client.post("/341181/clues/follow/", {}).status_code == 403
    assert "clue" not in written.getvalue()
    assert client.post("/341181/cases/new/", {}).status_code == 403
    assert "/341181/cases/new/" in written.getvalue(), "others are told"


def test_a_crash_keeps_its_traceback_and_no_address(
    office: Office, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    clue = office.give()

    def broken(*args: Any, **more: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("shanzhi.clues.views.clue.clue_look", broken)
    client = office.cast[LEAD].client()
    client.raise_request_exception = False
    assert client.get(f"/341181/clues/{clue.id}/").status_code == 500
    said = written.getvalue()
    assert "broken on purpose" in said
    assert "/341181/clue…" in said
    assert str(clue.id) not in said
