"""Outermost: how long each request took and how it ended, as counters and as a line of the log, by the page's name.

The name says which page it was; which case, person or search was meant is in neither. Of clues there is not even that.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from shanzhi.clues.middleware import is_quiet
from shanzhi.operations.counters import Counters

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
logger = logging.getLogger("shanzhi.access")


def route_of(request: HttpRequest) -> str:
    """The name of the page, or the template of the operation's address; never a value of the address."""
    match = request.resolver_match
    if match is None:
        return "-"
    if match.route.startswith("api/"):
        return match.route
    return match.view_name or match.route or "-"


class MeasuringMiddleware:
    """Left out altogether unless the settings ask for metrics or an access log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not (settings.METRICS_TOKEN or settings.ACCESS_LOG):
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.counters = Counters(Path(settings.VAR_DIR) / "metrics")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        status = 500
        try:
            response = self.get_response(request)
            status = response.status_code
            return response
        finally:
            self._note(request, status, time.perf_counter() - began)

    def _note(self, request: HttpRequest, status: int, seconds: float) -> None:
        if is_quiet(request):
            return
        method = request.method if request.method in METHODS else "-"
        route = route_of(request)
        if settings.METRICS_TOKEN:
            self.counters.add(f"{method} {status} {route}", seconds)
        if settings.ACCESS_LOG:
            logger.info("%s %s %s %.0f ms", method, route, status, seconds * 1000)
