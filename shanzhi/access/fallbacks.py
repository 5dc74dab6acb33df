"""What Django itself refuses, in the same words and forms as what we refuse."""

import logging
from typing import Any, Final
from uuid import uuid4

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from shanzhi.access.api import problem
from shanzhi.access.middleware import error_response
from shanzhi.access.pages import not_found as not_found_error
from shanzhi.access.uploads import FilesTooBig
from shanzhi.lib.errors import DomainError, Forbidden

UNREADABLE: Final = "请求读不懂，请返回上一页重试。"
TOO_LONG: Final = "文字太多，没有收下，请返回上一页删减后再发一次。"
TOO_BIG: Final = "一次传的文件太大，没有收下，请返回上一页，分几次传或换小一点的文件。"


class BadRequest(DomainError):
    """Django could not read the request."""

    status = 400


class TooLong(DomainError):
    """More than DATA_UPLOAD_MAX_MEMORY_SIZE beside the files: no person typed that."""

    status = 413


logger = logging.getLogger("shanzhi.errors")


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if isinstance(exception, FilesTooBig):
        return error_response(request, TooLong(TOO_BIG, code="too_big"))
    if isinstance(exception, RequestDataTooBig):
        return error_response(request, TooLong(TOO_LONG, code="too_long"))
    return error_response(request, BadRequest(UNREADABLE, code="bad_request"))


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return error_response(request, Forbidden("你不能打开这一页，要看请找本级的安全管理员。", code="forbidden"))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return error_response(request, not_found_error())


def server_error(request: HttpRequest) -> HttpResponse:
    """Without a query and without a context processor: whatever broke may be what they need."""
    number = uuid4().hex[:8].upper()
    logger.error("error %s on %s %s", number, request.method, request.path_info)
    if request.path_info.startswith("/api/"):
        return problem(500, "server_error", f"系统出了问题，请稍后再试，或把编号 {number} 告诉管理员。")
    return HttpResponse(render_to_string("500.html", {"number": number}), status=500)
