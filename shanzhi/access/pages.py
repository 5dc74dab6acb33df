"""How a page declares who may open it. Every page declares one permission, or PUBLIC; the matrix test reads them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from shanzhi.access.actor import Actor
from shanzhi.access.permissions import PUBLIC, known
from shanzhi.lib.errors import NotFound
from shanzhi.tenancy.keyset import CursorInvalid
from shanzhi.ui.pages import CURSORS, first_page

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
NOT_FOUND = "没有找到这个页面，可能是地址写错了，请从首页重新进入。"


class CountyRequest(HttpRequest):
    """A request inside a county: `county` and `actor` are there, put by the middleware."""

    county: Any
    actor: Actor


def not_found() -> NotFound:
    """The one answer for what does not exist and for what this person may not know of."""
    return NotFound(NOT_FOUND, code="not_found")


def page(permission: str, *, object: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Guard a view. Order of refusal: anonymous → login; no post in this county → 404; permission missing → 403.

    With `object=True` the permission is left to the service that the view calls, after the object was looked up in
    the actor's scope: a stranger gets 404 before anybody gets 403.

    A list whose place can't be found again is shown from its first page: an old link still opens.
    """
    known(permission)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            if permission != PUBLIC:
                actor: Actor = request.actor
                if actor.user_id is None:
                    return redirect_to_login(request.get_full_path())
                if not actor.is_member:
                    raise not_found()
                if not object:
                    actor.require(permission)
            try:
                return view(request, *args, **kwargs)
            except CursorInvalid:
                if not request.GET.keys() & set(CURSORS):
                    raise
                return HttpResponseRedirect(first_page(request))

        guarded.permission, guarded.is_object = permission, object  # type: ignore[attr-defined]
        return guarded

    return decorate
