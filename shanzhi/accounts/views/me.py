"""我的: who I am here, my posts, my devices, my password."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import SELF
from shanzhi.accounts import selectors


@page(SELF)
@require_safe
def me(request: CountyRequest, county: int) -> HttpResponse:
    at, user = timezone.now(), request.user
    assert user.is_authenticated
    posts = [row for row in selectors.posts_of(request.actor, user.pk, at=at) if row.may_end]
    context = {
        "posts": posts,
        "handed": {row.id for row in posts if row.state == "live" and selectors.may_be_handed(row.role)},
        "stand_ins": selectors.standins_now(request.actor, at=at),
        "sessions": selectors.sessions_of(user, at=at, current_key=request.session.session_key),
        "has_totp": selectors.has_totp(user),
        "username": user.username,
    }
    return render(request, "accounts/me.html", context)
