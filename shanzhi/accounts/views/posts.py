"""Granting and revoking posts, and tokens for programs."""

from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shanzhi.access.forms import form_view, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import ROLES
from shanzhi.accounts import selectors, services
from shanzhi.accounts.forms import PostForm, ReasonForm, RoleForm, TokenForm, VersionForm
from shanzhi.accounts.fresh import unconfirmed
from shanzhi.accounts.models import User
from shanzhi.accounts.permissions import GRANT, TOKENS
from shanzhi.accounts.views.users import crumbs, secret_page, user_crumb
from shanzhi.lib.times import local
from shanzhi.ui.parts import Crumb

POST_FORM: Final = "accounts/post_form.html"


@page(GRANT, object=True)
@require_http_methods(["GET", "POST"])
def post_create(request: CountyRequest, county: int, user_id: int) -> HttpResponseBase:
    """Two steps without scripts: the role (and township) in the address, then place and term in a POST."""
    user = selectors.user_get_for(request.actor, user_id, permission=GRANT)
    stop = unconfirmed(request)
    if stop is not None:
        return stop
    source = request.POST if request.method == "POST" else request.GET
    role, town = source.get("role", ""), source.get("town", "")
    first = RoleForm(source if role else None, towns=selectors.township_choices())
    if not role or not first.is_valid():
        return _post_page(request, user, first=first)
    if selectors.needs_township(role) and selectors.area_of(town) is None:
        first.add_error("town", f"{ROLES[role].label}设在村或网格，请先选镇街。")
        return _post_page(request, user, first=first, status=422)
    today = local(timezone.now()).date()
    if request.method == "GET":
        second = PostForm(initial={"role": role, "town": town, "valid_from": today}, role=role, town=town)
        return _post_page(request, user, first=first, second=second)
    second = PostForm(request.POST, role=role, town=town)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        area, unit = selectors.place_of(data["place"])
        services.post_grant(
            actor=request.actor,
            user_id=user_id,
            role=role,
            area=area,
            unit=unit,
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            key=key,
        )
        return f"已授予{user.name}“{ROLES[role].label}”岗位。", reverse("accounts:user", args=[county, user_id])

    context = _post_context(request, user, first=first, second=second)
    return form_view(request, second, call, template=POST_FORM, context=context)


def _post_page(
    request: CountyRequest, user: User, *, first: RoleForm, second: PostForm | None = None, status: int = 200
) -> HttpResponse:
    return render(request, POST_FORM, _post_context(request, user, first=first, second=second), status=status)


def _post_context(
    request: CountyRequest, user: User, *, first: RoleForm, second: PostForm | None = None
) -> dict[str, Any]:
    role = ROLES.get(str(first["role"].value() or ""))
    trail = crumbs(request, user_crumb(request, user), Crumb("授予岗位"))
    return {"person": user, "first": first, "second": second, "role": role, "crumbs": trail}


@page(GRANT, object=True)
@require_http_methods(["GET", "POST"])
def post_revocation_create(request: CountyRequest, county: int, post_id: int) -> HttpResponseBase:
    post = selectors.post_get_for(request.actor, post_id, permission=GRANT)
    stop = unconfirmed(request)
    if stop is not None:
        return stop
    row = selectors.post_row(post, at=timezone.now())
    form = ReasonForm(sent(request), initial={"version": post.version})
    back = reverse("accounts:user", args=[county, post.user_id])

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.post_revoke(actor=request.actor, post_id=post_id, key=key, **data)
        return f"已撤销{row.user_name}的“{row.title}”岗位。", back

    context: dict[str, Any] = {"row": row, "back": back}
    context["crumbs"] = crumbs(request, user_crumb(request, post.user), Crumb("撤销岗位"))
    return form_view(request, form, call, template="accounts/post_revoke.html", context=context)


@page(TOKENS, object=True)
@never_cache
@require_http_methods(["GET", "POST"])
def token_create(request: CountyRequest, county: int, user_id: int) -> HttpResponseBase:
    user = selectors.user_get_for(request.actor, user_id, permission=TOKENS)
    stop = unconfirmed(request)
    if stop is not None:
        return stop

    def call(data: dict[str, Any], key: str) -> HttpResponse:
        done = services.token_issue(actor=request.actor, user_id=user_id, key=key, **data)
        return secret_page(request, done, title="接口令牌已发放", what="接口令牌")

    context = {"person": user, "crumbs": crumbs(request, user_crumb(request, user), Crumb("发放接口令牌"))}
    return form_view(request, TokenForm(sent(request)), call, template="accounts/token_form.html", context=context)


@page(TOKENS, object=True)
@require_http_methods(["GET", "POST"])
def token_revocation_create(request: CountyRequest, county: int, token_id: int) -> HttpResponseBase:
    token = selectors.token_get_for(request.actor, token_id, permission=TOKENS)
    stop = unconfirmed(request)
    if stop is not None:
        return stop
    back = reverse("accounts:user", args=[county, token.user_id])

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.token_revoke(actor=request.actor, token_id=token_id, key=key)
        return f"令牌“{token.name}”已撤销。", back

    context: dict[str, Any] = {"token": token, "back": back}
    context["crumbs"] = crumbs(request, user_crumb(request, token.user), Crumb("撤销接口令牌"))
    form = VersionForm(sent(request))
    return form_view(request, form, call, template="accounts/token_revoke.html", context=context)
