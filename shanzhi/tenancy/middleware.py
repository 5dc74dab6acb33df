"""Enter the county that the address names, around everything that follows."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse

from shanzhi.lib.errors import NotFound
from shanzhi.tenancy.context import county
from shanzhi.tenancy.selectors import county_get

ADDRESS = re.compile(r"^/(?:api/v1/)?(\d{6})(?:/|$)")


class CountyMiddleware:
    """`request.county` and, on PostgreSQL, one transaction for the request.

    The transaction commits before the answer is sent. It is rolled back when the view raised or answered with a
    server error; a DomainError that a view itself turned into a form page keeps what was written before it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        match = ADDRESS.match(request.path_info)
        if match is None:
            return self.get_response(request)
        try:
            request.county = county_get(int(match[1]))
        except NotFound as error:
            raise Http404(error.message) from error
        with county(request.county.id):
            response = self.get_response(request)
            failed = getattr(request, "county_failed", False) or response.status_code >= 500
            if failed and connection.vendor == "postgresql":  # on SQLite each service had a transaction of its own
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: Any, exception: Exception) -> None:
        """Remember that the view did not finish; whoever makes the error page may still read."""
        request.county_failed = True
