"""How an API operation declares who may call it, and how refusals look on the wire (RFC 9457 problem+json)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest, JsonResponse
from ninja import Query, Router, Schema
from ninja.utils import check_csrf
from pydantic import Field

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.access.permissions import PUBLIC, known
from shanzhi.lib.errors import DomainError
from shanzhi.tenancy import keyset

View = TypeVar("View", bound=Callable[..., Any])


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
REFUSALS: dict[int, Any] = {401: Problem, 403: Problem, 404: Problem, 422: Problem}
WRITE_REFUSALS: dict[int, Any] = {**REFUSALS, 400: Problem, 409: Problem, 413: Problem, 429: Problem}

After = Annotated[str, Query(max_length=keyset.LENGTH, description="`next` of the page before")]


def problem(status: int, code: str, detail: str, fields: dict[str, list[str]] | None = None) -> JsonResponse:
    """A refusal as problem+json."""
    body = Problem(title=TITLES.get(status, "Error"), status=status, code=code, detail=detail, fields=fields or {})
    return JsonResponse(body.dict(), status=status, content_type="application/problem+json")


def problem_of(error: DomainError) -> JsonResponse:
    """With the further members of the refusal, and when to come again."""
    body = Problem(
        title=TITLES.get(error.status, "Error"), status=error.status, code=error.code, detail=error.message,
        fields=error.fields,
    )  # fmt: skip
    content = {**error.more, **body.dict()}
    response = JsonResponse(content, status=error.status, content_type="application/problem+json")
    if error.wait:
        response["Retry-After"] = str(error.wait)
    return response


def actor_of(request: HttpRequest) -> Actor:
    """The person behind a request inside a county."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


class Unauthenticated(DomainError):
    """Nobody is signed in, and no valid token came along."""

    status = 401
    default_code = "unauthenticated"
    default_message = "请先登录，或在请求头里带上有效的访问令牌。"


class CsrfMissing(DomainError):
    """A browser's session without its CSRF token."""

    status = 403
    default_code = "csrf"
    default_message = "页面放得太久，请刷新后再试；程序请用访问令牌。"


def operation(permission: str, *, object: bool = False) -> Callable[[View], View]:
    """Declare what an operation needs (put it below the router's decorator); `guarded` makes the router ask for it.

    With `object=True` the permission is left to the service, after the object was looked up in the caller's scope.
    """
    known(permission)

    def decorate(view: View) -> View:
        view.permission, view.is_object = permission, object  # type: ignore[attr-defined]
        return view

    return decorate


@dataclass(frozen=True)
class Guard:
    """Runs before the request's body and query are looked at: 401, then 404 without a post in this county, then 403.

    A browser's session is taken too, with its CSRF token; a bearer token needs none.
    """

    permission: str
    is_object: bool

    def __call__(self, request: HttpRequest) -> bool:
        if self.permission == PUBLIC:
            return True
        actor = actor_of(request)
        if actor.user_id is None:
            raise Unauthenticated
        if "Authorization" not in request.headers and check_csrf(request) is not None:
            raise CsrfMissing
        if not actor.is_member:
            raise not_found()
        if not self.is_object:
            actor.require(self.permission)
        return True


def guarded(router: Router) -> Router:
    """Give every operation its guard; AttributeError for one that declares no permission."""
    for path_view in router.path_operations.values():
        for found in path_view.operations:
            view: Any = found.view_func
            found.auth_param = guard = Guard(view.permission, view.is_object)
            found.auth_callbacks = [guard]
    return router
