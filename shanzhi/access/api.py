"""How an API operation declares who may call it, and how refusals look on the wire (RFC 9457 problem+json)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import Schema
from ninja.utils import check_csrf
from pydantic import Field

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.access.permissions import PUBLIC, known
from shanzhi.lib.errors import DomainError


class Problem(Schema):
    """application/problem+json: `code` is stable and for programs, `detail` one Chinese sentence for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    fields: dict[str, list[str]] = Field(default_factory=dict)


TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}
TITLES |= {409: "Conflict", 413: "Content Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Content"}
TITLES |= {429: "Too Many Requests", 500: "Internal Server Error"}
REFUSALS: dict[int, Any] = {401: Problem, 403: Problem, 404: Problem}
WRITE_REFUSALS: dict[int, Any] = {**REFUSALS, 400: Problem, 409: Problem, 422: Problem, 429: Problem}


def problem(status: int, code: str, detail: str, fields: dict[str, list[str]] | None = None) -> JsonResponse:
    """A refusal as problem+json."""
    body = Problem(title=TITLES.get(status, "Error"), status=status, code=code, detail=detail, fields=fields or {})
    return JsonResponse(body.dict(), status=status, content_type="application/problem+json")


def problem_of(error: DomainError) -> JsonResponse:
    return problem(error.status, error.code, error.message, error.fields)


def actor_of(request: HttpRequest) -> Actor:
    """The person behind a request inside a county."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def operation(permission: str, *, object: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:  # noqa: A002
    """Guard an operation (put it below the router's decorator): 401, then 404, then 403; see `pages.page`.

    A browser's session is taken too, with its CSRF token; a bearer token needs none."""
    known(permission)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if permission != PUBLIC:
                actor = actor_of(request)
                if actor.user_id is None:
                    return problem(401, "unauthenticated", "请先登录，或在请求头里带上有效的访问令牌。")
                if "Authorization" not in request.headers and check_csrf(request) is not None:
                    return problem(403, "csrf", "页面放得太久，请刷新后再试；程序请用访问令牌。")
                if not actor.is_member:
                    raise not_found()
                if not object:
                    actor.require(permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
