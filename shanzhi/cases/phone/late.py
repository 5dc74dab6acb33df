"""What was filled in without a signal and comes later: the same form, with a header that says so, answered in JSON.

An answer is `done` (with the number and address of the case), `note` (the step came too late or is impossible now, so
that its words and photos stand as an internal note on the case), `invalid` (422, something has to be filled in or
mended) or `refused`. The same key is done once; a repetition is told what became of it, however the case stands now.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.forms import Form
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from shanzhi.cases.services.reporting import CLOCK_SLACK, OLDEST
from shanzhi.files.forms import GONE
from shanzhi.lib.errors import DomainError, Invalid

AT_ONCE: Final = timedelta(minutes=1)
HEADER: Final = "X-Queued"
WRONG_CLOCK: Final = "办的时间要在最近 90 天以内，不能晚于现在。请核对手机的日期和时间，再打开这一条重新发。"
NO_KEY: Final = "这一条没有编号，认不出是不是传过了，请打开它重新发。"


def is_late(request: HttpRequest) -> bool:
    """Whether a form comes out of a phone's queue."""
    return request.method == "POST" and request.headers.get(HEADER) == "1"


def key_of(request: HttpRequest) -> str:
    """The key that the form got when it was opened; without one nothing could be done exactly once."""
    key = request.POST.get("idempotency_key", "")
    if not key:
        raise Invalid(NO_KEY, code="key_missing")
    return key


def done_at_of(request: HttpRequest, *, now: datetime) -> datetime | None:
    """When the phone says that it was done, in the last 90 days; its clock may be ten minutes fast.

    None for what came at once, within a minute.
    """
    said = request.POST.get("done_at", "")
    if not said:
        return None
    try:
        at = parse_datetime(said)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not now - OLDEST <= at <= now + CLOCK_SLACK:
        raise Invalid(WRONG_CLOCK, code="done_at", fields={"done_at": [WRONG_CLOCK]})
    return at if now - at > AT_ONCE else None


@dataclass(frozen=True)
class Answer:
    """What the phone is told; `words` is one plain sentence."""

    state: str
    words: str
    number: str = ""
    county_id: int = 0
    status: int = 200
    fields: dict[str, list[str]] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    def response(self) -> JsonResponse:
        url = reverse("cases:case", args=[self.county_id, self.number]) if self.number else ""
        body = {"state": self.state, "words": self.words, "number": self.number, "url": url, "fields": self.fields}
        return JsonResponse({**body, **self.more}, status=self.status, json_dumps_params={"ensure_ascii": False})


def refused_answer(error: DomainError) -> Answer:
    """What can't be done and can't be kept either: the phone keeps it, with this sentence."""
    if isinstance(error, Invalid):
        return Answer("invalid", error.message, status=422, fields=dict(error.fields))
    return Answer("refused", error.message, status=error.status)


def invalid_answer(form: Form, sentence: str = "") -> Answer:
    """What has to be mended, by field; `photos_gone` says that photos have to be sent up again."""
    fields = {name: [str(words) for words in rows] for name, rows in form.errors.items()}
    first = sentence or next((rows[0] for rows in fields.values()), "")
    return Answer(
        "invalid", first, status=422, fields=fields, more={"photos_gone": any(GONE in rows for rows in fields.values())}
    )


def photos_gone() -> Answer:
    return Answer("invalid", GONE, status=422, fields={"photos": [GONE]}, more={"photos_gone": True})
