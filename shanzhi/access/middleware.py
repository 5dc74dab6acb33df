"""Turn a DomainError into a page or problem+json: the same sentence for a person and for a program."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from shanzhi.access.api import problem, problem_of
from shanzhi.lib.errors import DomainError, TooMany

BUSY = "现在用的人太多，这次没有存上，请过一分钟再试。"
FULL = "服务器存储空间不足，这次没有存上，请联系系统管理员清理后再试。"

NO_ROOM = ("database or disk is full", "No space left on device")  # SQLite, PostgreSQL


class DiskFull(DomainError):
    """The database's disk is full: nothing was kept, and the same attempt may succeed once there is room."""

    status = 503


def error_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The refusal in the form that the caller reads."""
    if request.path_info.startswith("/api/"):
        return problem_of(error)
    context = {"message": error.message, "code": error.code, "status": error.status}
    known = error.status if error.status in (400, 403, 404, 409, 413, 422, 429) else 400
    response = render(request, f"{known}.html", context, status=error.status)
    if error.wait:
        response["Retry-After"] = str(error.wait)
    return response


class ErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.path_info.startswith("/api/"):
            refusal = problem(405, "method_not_allowed", "这个地址不能这样请求，请对照接口文档换一种请求方法。")
            refusal["Allow"] = response["Allow"]
            return refusal
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """A condition with a NUL is left out: PostgreSQL compares none with it. The API's parser names the field."""
        if "%00" in request.META.get("QUERY_STRING", "") and not request.path_info.startswith("/api/"):
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]

    def process_exception(self, request: HttpRequest, exception: Any) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return error_response(request, exception)
        if isinstance(exception, OperationalError):
            said = str(exception)
            if "locked" in said:
                return error_response(request, TooMany(BUSY, code="busy"))
            if any(words in said for words in NO_ROOM):
                return error_response(request, DiskFull(FULL, code="storage_full"))
        return None


def _without_nul(query: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        for value in values:
            if "\0" not in name + value:
                kept.appendlist(name, value)
    return kept
