"""Of clues there is neither a line of a log nor a number, and no browser keeps a page."""

import logging
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from shanzhi.clues.middleware import is_quiet
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
