"""Who asks: `request.actor`, the life of a session, and what must come first (a new password, a second factor)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from shanzhi.access.actor import Actor
from shanzhi.access.api import problem
from shanzhi.access.permissions import PUBLIC
from shanzhi.accounts import lockout, selectors, services

BEGAN, SEEN, NEXT = "accounts_began", "accounts_seen", "accounts_next"
SEEN_EVERY: Final = 600
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class ActorMiddleware:
    """Sets `request.actor`, computed when first asked for; stands below the county's middleware.

    A session lives twelve hours after its last use (noted every ten minutes) and never longer than seven days. A
    bearer token acts in its own county only, in any other it is a stranger; beside a token a session does not count.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            _age(request, timezone.now())
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Before a page that needs a person: the first password is changed, an administrator has the second factor."""
        api = request.path_info.startswith("/api/")
        if not api and getattr(view, "permission", PUBLIC) == PUBLIC:
            return None
        if bearer(request) is not None or not _signed_in(request) or not request.actor.is_member:
            return None
        if request.user.must_change_password:
            return _first(
                request, api, "account_change_password", "password_change_required", "请先登录网页修改初始密码。"
            )
        if not settings.SHANZHI_REQUIRE_TOTP or not selectors.is_administrator(request.actor):
            return None
        if selectors.has_totp(request.user):
            return None
        return _first(request, api, "mfa_activate_totp", "totp_required", "请先登录网页开启动态口令。")


def _signed_in(request: Any) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES and bool(request.user.is_authenticated)


def _first(request: Any, api: bool, url_name: str, code: str, sentence: str) -> HttpResponseBase:
    """Lead to what must come first, and remember where the person wanted to go."""
    if api:
        return problem(403, code, sentence)
    wanted = request.get_full_path() if request.method in SAFE else f"/{request.county.id}/"
    request.session[NEXT] = wanted
    return HttpResponseRedirect(f"{reverse(url_name)}?{urlencode({'next': wanted})}")


def bearer(request: HttpRequest) -> str | None:
    """The token of `Authorization: Bearer …`, on the API only: pages are for people. Empty for any other scheme."""
    header = request.headers.get("Authorization")
    if header is None or not request.path_info.startswith("/api/"):
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _actor(request: Any) -> Actor:
    row = getattr(request, "county", None)
    number: int = row.id if row is not None else 0
    token = bearer(request)
    if token is not None:
        found = selectors.token_user(token, at=timezone.now())
        if found is None:
            return Actor.anonymous(number)
        user, own = found
        if own != number:
            return Actor(user_id=user.pk, name=user.name, county_id=number)
    elif _signed_in(request):
        user = request.user
    else:
        return Actor.anonymous(number)
    if row is None:
        return Actor(user_id=user.pk, name=user.name, county_id=0)
    return selectors.actor_for(user=user, county_id=number, at=timezone.now())


def _age(request: Any, at: datetime) -> None:
    session, now = request.session, int(at.timestamp())
    began = session.get(BEGAN)
    if began is None:
        session[BEGAN] = session[SEEN] = now
    elif now - int(began) > settings.SHANZHI_SESSION_DAYS * 86_400:
        logout(request)
    elif now - int(session.get(SEEN, 0)) > SEEN_EVERY:
        session[SEEN] = now
        services.session_seen(session_key=session.session_key, at=at, ip=lockout.client_ip(request))
