"""A caller's number and a receipt's secret are on no page, in no file, log, address or answer but their own."""

import io
import logging
import zipfile
from typing import Any

import pytest
from django.test import Client

from shanzhi.cases.models import Case
from shanzhi.cases.taking.secrets import secret_shown
from shanzhi.cases.tests.pages import act, address
from shanzhi.cases.tests.taking.people import FOLLOW, NAME, PHONE, TAKE_DOWN, secret_of, sent, taken
from shanzhi.jobs.testing import drain
from shanzhi.notices.models import Notice
from shanzhi.tenancy.models import IdempotencyKey, OutboxEvent
from shanzhi.trail.models import Entry
from tests.cast import Cast

LIST = "/341181/cases/"


def secrets_of(case: Case) -> tuple[str, ...]:
    return PHONE, secret_of(case), secret_shown(secret_of(case))


@pytest.mark.parametrize("role", ["village_clerk", "township_officer", "grid_worker", "auditor", "county_leader"])
def test_no_page_but_their_own(cast: Cast, role: str) -> None:
    case = taken(cast)
    client = cast[role].client()
    paths = [
        LIST, f"{LIST}?q={case.number}", f"{LIST}?case={case.number}", address(case), f"{address(case)}?pane=1",
        "/341181/home/", address(case, "print"), "/341181/notices/", "/341181/",
        f"/api/v1/341181/cases/{case.number}", "/api/v1/341181/cases", f"/api/v1/341181/cases/{case.number}/contact",
    ]  # fmt: skip
    for path in paths:
        html = client.get(path).content.decode()
        assert not [secret for secret in secrets_of(case) if secret in html], path


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_export(cast: Cast, form: str) -> None:
    case = taken(cast)
    answer = cast["village_clerk"].client().get(f"{LIST}export/?tab=open&format={form}")
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            words = " ".join(book.read(name).decode() for name in book.namelist())
    else:
        words = data.decode("utf-8-sig")
    assert case.number in words
    assert not [secret for secret in (*secrets_of(case), NAME) if secret in words]


@pytest.mark.parametrize("words", [PHONE, NAME])
def test_nobody_finds_a_case_by_who_called(cast: Cast, words: str) -> None:
    case = taken(cast)
    found = cast["village_clerk"].client().get(LIST, {"q": words})
    assert case.number not in found.content.decode()


def test_nothing_in_a_log_or_an_address(cast: Cast, caplog: Any) -> None:
    client = cast["village_clerk"].client()
    with caplog.at_level(logging.DEBUG):
        answers = [client.post(TAKE_DOWN, sent(cast)), client.post(TAKE_DOWN, sent(cast, body=""))]
        case = Case.objects.get()
        answers += [client.get(address(case, "receipt")), client.post("/341181/cases/earlier/", {"phone": PHONE})]
        answers.append(client.post(address(case, "reveals"), {"purpose": "reply"}))
        answers += [Client().post(FOLLOW, {"secret": secret_of(case)}), Client().post(FOLLOW, {"secret": "K" * 13})]
    logged = "\n".join(f"{record.getMessage()}" for record in caplog.records if not record.name.startswith("django.db"))
    for secret in secrets_of(case):
        assert secret not in logged
        assert not any(secret in answer.headers.get("Location", "") + answer.request["PATH_INFO"] for answer in answers)


def test_nothing_in_what_is_written_besides(cast: Cast) -> None:
    cast["village_clerk"].client().post(TAKE_DOWN, sent(cast))
    case = Case.objects.get()
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])
    drain()
    rows: list[Any] = [*Notice.objects.values(), *OutboxEvent.objects.values(), *IdempotencyKey.objects.values()]
    rows += [*Entry.objects.values(), *case.steps.values(), *Case.objects.values()]
    written = " ".join(map(str, rows))
    assert Notice.objects.exists()
    assert not [secret for secret in (*secrets_of(case), NAME) if secret in written]
