"""Copies of pages that a phone may keep for where there is no signal, and the two files that make it installable.

The phone's service worker asks for a copy by a header of its own. A copy is made for keeping: it takes no message and
nothing else that is shown once, and names are masked in it. A page that may be kept says so with `@kept`; every other
answer is `no-store` and never kept, and so is a kept page that answers `no-store` itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

HEADER: Final = "X-Phone-Copy"
KEEP: Final = "private, no-cache"
View = Callable[..., HttpResponseBase]


def wants_copy(request: HttpRequest) -> bool:
    """Whether this is the phone of somebody who works on one, asking for a page to keep."""
    actor = getattr(request, "actor", None)
    return (
        request.method == "GET"
        and request.headers.get(HEADER) == "1"
        and actor is not None
        and actor.user_id is not None
        and bool(actor.works_on_phone)
    )


def kept(view: View) -> View:
    """A page that such a phone may keep, unless the answer says otherwise."""

    @wraps(view)
    def wrapped(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and wants_copy(request) and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = KEEP
            patch_vary_headers(response, (HEADER, "Cookie"))
        return response

    return wrapped
