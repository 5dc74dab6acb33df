"""No answer of this app is kept by a browser, and none is told of in a log or counted."""

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

ADDRESS: Final = re.compile(r"^/(?:api/v1/)?\d{6}/(?:public/)?clue")
HEADERS: Final = {
    "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow",
}  # fmt: skip


def is_quiet(request: HttpRequest) -> bool:
    """Whether this is a page or an operation of the clues: of these there is neither a line nor a number."""
    return ADDRESS.match(request.path_info) is not None


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
