"""What people typed and who they are reaches no line of the log, whatever is opened, searched, refused or broken."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.core.handlers.base import BaseHandler
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from shanzhi.lib.logs import MaskingFormatter
from shanzhi.operations.counters import collected
from tests.cast import Cast, report

# Nobody is called so and nothing else contains these.
NAME, PHONE, WORDS, CARD, SECRET = "司马标记", "13955507788", "标记内容甲乙丙", "341181199001017788", "Marker-Secret-1"
MARKERS = (NAME, PHONE, WORDS, CARD, SECRET, "标记")


@pytest.fixture
def log(settings) -> Iterator[io.StringIO]:
    """Everything from INFO on that the installation's handler would write, with the access log."""
    settings.ACCESS_LOG, settings.METRICS_TOKEN = True, "token-of-the-test"
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    line = django_settings.LOGGING["formatters"]["line"]
    assert line["()"] == f"{MaskingFormatter.__module__}.MaskingFormatter"
    handler.setFormatter(MaskingFormatter(line["format"]))
    root, access = logging.getLogger(), logging.getLogger("shanzhi.access")
    for known in logging.root.manager.loggerDict.values():  # some library's own configuration switches ours off
        if isinstance(known, logging.Logger):
            known.disabled = False
    levels = {logger: logger.level for logger in (root, access)}
    for logger in levels:
        logger.setLevel(logging.INFO)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    for logger, level in levels.items():
        logger.setLevel(level)


@pytest.fixture
def client(cast: Cast) -> Client:
    cast["village_clerk"].user.name = NAME
    cast["village_clerk"].user.save()
    client = cast["village_clerk"].client()
    client.raise_request_exception = False
    return client


def addresses(number: str) -> list[str]:
    api = "/api/v1/341181"
    query = f"q={WORDS}&phone={PHONE}&name={NAME}&card={CARD}"
    return [
        "/", "/341181/", "/341181/home/", f"/341181/cases/?{query}", f"/341181/cases/{number}/?{query}",
        f"/341181/cases/{number}-{NAME}/", f"/341181/people/?{query}", f"/341181/trail/?{query}",
        f"/341181/notices/?{query}", f"/341181/areas/?{query}", f"/341181/follow/?{query}", f"/999999/?{query}",
        f"/accounts/login/?next=/341181/cases/?q={NAME}", f"{api}/cases?{query}", f"{api}/cases/{number}",
        f"{api}/nowhere?{query}", f"{api}/cases?cursor={NAME}", f"/341181/cases/?cursor={PHONE}",
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_walk_leaves_no_trace_of_anybody(cast: Cast, client: Client, log: io.StringIO) -> None:
    case = report(cast, body=f"{WORDS}，{NAME} {PHONE} 报的", spot=f"{NAME}家门口")
    for path in addresses(case.number):
        client.get(path)
        Client().get(path)
    _writes(client, case.number)
    text = log.getvalue()
    assert "cases:list 200" in text or "cases:case 200" in text, text[:2000]
    assert len(text.splitlines()) > 30
    assert [marker for marker in MARKERS if marker in text] == []


def _writes(client: Client, number: str) -> None:
    words = {"body": WORDS, "q": PHONE, "phone": PHONE, "name": NAME, "text": f"{NAME} {CARD}", "code": SECRET}
    for path in ("/341181/cases/", f"/341181/cases/{number}/notes/", "/341181/report/", "/341181/follow/"):
        client.post(path, words)
        Client().post(path, words)
    for sent in (words, {"body": WORDS, "kind": NAME}, [NAME]):
        client.post("/api/v1/341181/cases", json.dumps(sent), content_type="application/json")
    client.post("/api/v1/341181/cases", f"{{{NAME}", content_type="application/json")
    for _ in range(7):  # until the address is locked out
        Client().post(reverse("account_login"), {"login": NAME, "password": SECRET})
    Client(headers={"Authorization": f"Bearer {SECRET}"}).get("/api/v1/341181/cases")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"no {NAME} with {PHONE}"),
        KeyError(WORDS),
        IntegrityError(f"duplicate key value\nDETAIL:  Key (name)=({NAME}) exists, {CARD}"),
    ],
    ids=["value", "key", "row"],
)
def test_what_breaks_says_where_and_not_with_whom(
    cast: Cast, client: Client, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise error

    number = report(cast).number
    monkeypatch.setattr(BaseHandler, "check_response", broken)
    answer = client.get(f"/341181/cases/{number}/?q={NAME}")
    assert answer.status_code == 500
    text = log.getvalue()
    assert type(error).__name__ in text
    assert "check_response" in text or "broken" in text
    assert [marker for marker in MARKERS if marker in text] == []


@pytest.mark.django_db
def test_the_counters_know_no_value_either(cast: Cast, client: Client, log: io.StringIO, settings) -> None:
    for path in addresses(report(cast).number):
        client.get(path)
    keys = " ".join(collected(settings.VAR_DIR / "metrics"))
    assert "cases:" in keys
    assert [marker for marker in (*MARKERS, "341181") if marker in keys] == []


@pytest.fixture(autouse=True)
def _folder(var) -> None:
    """Counters of the test go into a folder of its own."""
