"""What the tests of bad input and bad moments share: good forms to spoil, and how a refusal must read."""

import json
import re
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from shanzhi.cases.models import Case, Step
from shanzhi.tenancy.models import IdempotencyKey, OutboxEvent
from tests.cast import Cast

A, B = 341181, 410927
NEW = f"/{A}/cases/new/"
CASES = f"/api/v1/{A}/cases"
SECRETS = ("Traceback", "Exception", "shanzhi/", "SELECT ", "sqlite", "psycopg", "csrfmiddleware_secret")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def form(cast: Cast, **changes: Any) -> dict[str, Any]:
    """What the grid worker's report page sends."""
    sent = {
        "area": cast.areas["g1"].code, "place": "张庄组路口", "body": "路口井盖断裂，晚上没有路灯。",
        "kind": "facilities", "outcome": "report", "solved": "", "idempotency_key": uuid4().hex,
    }  # fmt: skip
    return {**sent, **changes}


def body(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {"body": "路口井盖断裂", "kind": "facilities", "area": cast.areas["g1"].code, **changes}


def text_of(response: HttpResponse) -> str:
    html = re.sub(r"(?s)<(script|style|template).*?</\1>", "", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def sentence(response: HttpResponse) -> str:
    """The one sentence of an error page or a problem; whatever was refused, nothing of the inside shows."""
    said = response.content.decode()
    assert not [word for word in SECRETS if word in said], said[:400]
    if response["Content-Type"] == "application/problem+json":
        found = json.loads(said)
        assert found["status"] == response.status_code
        assert re.fullmatch(r"[a-z0-9_]+", found["code"])
        words = str(found["detail"])
    else:
        assert '<html lang="zh' in said
        match = re.search(r"<h1>[^<]+</h1>\s*<p>([^<]+)</p>", said)
        words = match[1] if match else text_of(response)
    assert CHINESE.search(words), words
    return words


def api(client: Client, path: str, sent: Any, **headers: str) -> HttpResponse:
    data = sent if isinstance(sent, bytes | str) else json.dumps(sent)
    response: HttpResponse = client.post(path, data, content_type="application/json", headers=headers)
    return response


def nothing_written() -> None:
    """No case, no step, no event, no used key: as if nobody had sent anything."""
    assert Case.objects.count() == 0
    assert Step.objects.count() == 0
    assert OutboxEvent.objects.filter(code__startswith="cases.").count() == 0
    assert IdempotencyKey.objects.filter(operation="cases.report").count() == 0
