"""Pages that are the same for every stranger: browsers may keep them for a minute, and a process makes them once.

What a process keeps is good until anything is written in the county, because every write leaves an entry in the trail;
and for five seconds at most, because of two writes at once the one with the older entry may be the later to be seen.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from shanzhi.access.pages import CountyRequest
from shanzhi.lib.times import local
from shanzhi.trail.selectors import newest_entry
from shanzhi.ui.context import CONTRAST_COOKIE, ELDER_COOKIE

SECONDS: Final = 60
HERE_SECONDS: Final = 5
CHOICES: Final = frozenset({ELDER_COOKIE, CONTRAST_COOKIE})  # who has another cookie may be told something of their own
MOST: Final = 200  # of about 30 kB each
LONGEST: Final = 200_000
View = Callable[..., HttpResponseBase]


class Copies:
    """Bodies by what they depend on, the one used longest ago goes first; for several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()

    def get(self, key: Hashable) -> bytes | None:
        with self._lock:
            until, body = self._kept.get(key, (0.0, b""))
            if time.monotonic() >= until:
                self._kept.pop(key, None)
                return None
            self._kept.move_to_end(key)
            return body

    def put(self, key: Hashable, body: bytes) -> None:
        if len(body) > LONGEST:
            return
        with self._lock:
            self._kept[key] = (time.monotonic() + HERE_SECONDS, body)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)


COPIES: Final = Copies()


def cached_for_strangers(view: View) -> View:
    """`public, max-age=60` for whoever has no session; every choice of letters and contrast is an answer of its own.

    Put it below `page`. What carries a form with a token is never kept, as it would hand one token to many.
    """

    @wraps(view)
    def cached(request: CountyRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        stranger = settings.SESSION_COOKIE_NAME not in request.COOKIES and "Authorization" not in request.headers
        newest = newest_entry() if stranger and set(request.COOKIES) <= CHOICES else 0
        key = _key(request, newest) if newest else None
        body = COPIES.get(key) if key is not None else None
        response = HttpResponse(body) if body is not None else view(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        if stranger and response.status_code == 200 and not response.cookies:
            response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
            if key is not None and body is None and isinstance(response, HttpResponse):
                COPIES.put(key, response.content)
        return response

    return cached


def _key(request: CountyRequest, newest: int) -> Hashable:
    """Whatever a page for strangers may depend on; the newest entry says whether anything was written since."""
    return (
        request.get_host(), request.is_secure(), request.get_full_path(), tuple(sorted(request.COOKIES.items())),
        request.headers.get("HX-Request", ""), local(timezone.now()).date(), newest,
    )  # fmt: skip
