"""Granting and revoking posts, and tokens for programs."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import ROLES
from shanzhi.accounts import selectors, services
from shanzhi.accounts.forms import PostForm, ReasonForm, RoleForm, TokenForm, VersionForm
from shanzhi.accounts.fresh import unconfirmed
from shanzhi.accounts.models import User
from shanzhi.accounts.permissions import GRANT, TOKENS
from shanzhi.accounts.views.users import crumbs, secret_page, user_crumb
from shanzhi.lib.errors import DomainError
from shanzhi.lib.times import local
from shanzhi.ui.parts import Crumb


@page(GRANT, object=True)
@require_http_methods(["GET", "POST"])
def post_create(request: CountyRequest, county: int, user_id: int) -> HttpResponse:
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
    status = 422
    if second.is_valid():
        area, unit = selectors.place_of(second.cleaned_data["place"])
        try:
            services.post_grant(
                actor=request.actor,
                user_id=user_id,
                role=role,
                area=area,
                unit=unit,
                valid_from=second.cleaned_data["valid_from"],
                valid_to=second.cleaned_data["valid_to"],
                key=request.POST.get("idempotency_key"),
            )
            messages.success(request, f"已授予{user.name}“{ROLES[role].label}”岗位。")
            return HttpResponseRedirect(reverse("accounts:user", args=[county, user_id]))
        except DomainError as error:
            second.take(error)
            status = error.status
    return _post_page(request, user, first=first, second=second, status=status)


def _post_page(
    request: CountyRequest, user: User, *, first: RoleForm, second: PostForm | None = None, status: int = 200
) -> HttpResponse:
    role = ROLES.get(str(first["role"].value() or ""))
    context = {"person": user, "first": first, "second": second, "role": role}
    context["crumbs"] = crumbs(request, user_crumb(request, user), Crumb("授予岗位"))
    return render(request, "accounts/post_form.html", context, status=status)


@page(GRANT, object=True)
@require_http_methods(["GET", "POST"])
def post_revocation_create(request: CountyRequest, county: int, post_id: int) -> HttpResponse:
    post = selectors.post_get_for(request.actor, post_id, permission=GRANT)
    stop = unconfirmed(request)
    if stop is not None:
        return stop
    row = selectors.post_row(post, at=timezone.now())
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"version": post.version})
    back, status = reverse("accounts:user", args=[county, post.user_id]), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.post_revoke(
                    actor=request.actor,
                    post_id=post_id,
                    version=form.cleaned_data["version"],
                    reason=form.cleaned_data["reason"],
                    key=request.POST.get("idempotency_key"),
                )
                messages.success(request, f"已撤销{row.user_name}的“{row.title}”岗位。")
                return HttpResponseRedirect(back)
            except DomainError as error:
                form.take(error)
                status = error.status
    context = {"form": form, "row": row, "back": back}
    context["crumbs"] = crumbs(request, user_crumb(request, post.user), Crumb("撤销岗位"))
    return render(request, "accounts/post_revoke.html", context, status=status)


@page(TOKENS, object=True)
@never_cache
@require_http_methods(["GET", "POST"])
def token_create(request: CountyRequest, county: int, user_id: int) -> HttpResponse:
    user = selectors.user_get_for(request.actor, user_id, permission=TOKENS)
    stop = unconfirmed(request)
    if stop is not None:
        return stop
    form, status = TokenForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = services.token_issue(
                    actor=request.actor,
                    user_id=user_id,
                    name=form.cleaned_data["name"],
                    days=form.cleaned_data["days"],
                    key=request.POST.get("idempotency_key"),
                )
                return secret_page(request, done, title="接口令牌已发放", what="接口令牌")
            except DomainError as error:
                form.take(error)
                status = error.status
    trail = crumbs(request, user_crumb(request, user), Crumb("发放接口令牌"))
    return render(request, "accounts/token_form.html", {"form": form, "person": user, "crumbs": trail}, status=status)


@page(TOKENS, object=True)
@require_http_methods(["GET", "POST"])
def token_revocation_create(request: CountyRequest, county: int, token_id: int) -> HttpResponse:
    token = selectors.token_get_for(request.actor, token_id, permission=TOKENS)
    stop = unconfirmed(request)
    if stop is not None:
        return stop
    form = VersionForm(request.POST if request.method == "POST" else None)
    back, status = reverse("accounts:user", args=[county, token.user_id]), 200
    if request.method == "POST":
        try:
            services.token_revoke(actor=request.actor, token_id=token_id, key=request.POST.get("idempotency_key"))
            messages.success(request, f"令牌“{token.name}”已撤销。")
            return HttpResponseRedirect(back)
        except DomainError as error:
            form.take(error)
            status = error.status
    trail = crumbs(request, user_crumb(request, token.user), Crumb("撤销接口令牌"))
    context = {"form": form, "token": token, "back": back, "crumbs": trail}
    return render(request, "accounts/token_revoke.html", context, status=status)
