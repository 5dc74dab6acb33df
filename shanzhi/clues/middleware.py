"""No answer of this app is kept by a browser, and none is told of in a log or counted."""

import logging
import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

ADDRESS: Final = re.compile(r"^/(?:api/v1/)?\d{6}/(?:public/)?clue")
WITHIN: Final = re.compile(r"(/\d{6}/(?:public/)?clue)[\w/-]+")
HEADERS: Final = {
    "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow",
}  # fmt: skip


def is_quiet(request: HttpRequest) -> bool:
    """Whether this is a page or an operation of the clues: of these there is neither a line nor a number."""
    return ADDRESS.match(request.path_info) is not None


class QuietFilter(logging.Filter):
    """On every handler of ours: a refusal of a clue's page is no line (a form without its token is refused before the
    middleware below sees the answer), and a crash keeps its traceback but not the address."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            said = record.getMessage()
            if WITHIN.search(said):
                record.msg, record.args = WITHIN.sub(r"\1…", said), ()
            return True
        request = getattr(record, "request", None)
        return not isinstance(request, HttpRequest) or not is_quiet(request)


class QuietMiddleware:
    """Around everything: Django writes a line for each refusal, and this one would say that somebody was at a clue.

    The referrer stays within the site: forms need it to be known as ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_quiet(request):
            response._has_been_logged = True  # type: ignore[attr-defined]
            for name, value in HEADERS.items():
                response.headers[name] = value
        return response
