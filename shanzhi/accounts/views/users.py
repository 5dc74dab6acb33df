"""The list of accounts, one account, and making one."""

from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanzhi.access.forms import form_view, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import ROLES
from shanzhi.accounts import lockout, selectors, services
from shanzhi.accounts.forms import NameForm, SearchForm, UserForm
from shanzhi.accounts.fresh import unconfirmed
from shanzhi.accounts.models import User
from shanzhi.accounts.permissions import GRANT, MANAGE, TOKENS, VIEW
from shanzhi.accounts.selectors.people import STATES
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in
from shanzhi.ui.parts import Crumb, TimelineItem

SEARCH: Final = "accounts_search"


def crumbs(request: CountyRequest, *more: Crumb) -> list[Crumb]:
    first = Crumb("人员和岗位", reverse("accounts:user-list", args=[request.county.id]))
    return [first, *more]


def user_crumb(request: CountyRequest, user: User) -> Crumb:
    return Crumb(user.name, reverse("accounts:user", args=[request.county.id, user.pk]))


@page(VIEW)
@require_safe
def user_list(request: CountyRequest, county: int) -> HttpResponse:
    """Filters stand in the address; what was searched for is a name, so it stays in the session."""
    query, towns = request.GET, selectors.township_choices()
    text = request.session.get(SEARCH, {}).get(str(county), "")
    area = selectors.area_of(query.get("town", "")) if query.get("town") else None
    wanted = selectors.UserFilter(
        role=query.get("role", "") if query.get("role") in ROLES else "",
        path=area.path if area is not None else "",
        state=query.get("state", ""),
        text=text,
    )
    people = selectors.user_list_for(request.actor, wanted, at=timezone.now(), cursor=cursor_in(query))
    bar = filter_bar(
        query,
        [
            Choice("role", "岗位", [(code, role.label) for code, role in ROLES.items()]),
            Choice("town", "镇街", towns),
            Choice("state", "状态", list(STATES.items())),
        ],
    )
    context = {"page": people, "bar": bar, "text": text, "may_manage": request.actor.can(MANAGE)}
    return render(request, "accounts/user_list.html", context | {"crumbs": crumbs(request)})


@page(VIEW)
@require_POST
def user_search(request: CountyRequest, county: int) -> HttpResponse:
    """A search by name or login is a POST and leaves no name in an address or a log; an empty one clears it."""
    form = SearchForm(request.POST)
    text = form.cleaned_data["text"].strip() if form.is_valid() else ""
    request.session[SEARCH] = {str(county): text} if text else {}
    return HttpResponseRedirect(reverse("accounts:user-list", args=[county]))


@page(MANAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def user_create(request: CountyRequest, county: int) -> HttpResponseBase:
    stop = unconfirmed(request)
    if stop is not None:
        return stop

    def call(data: dict[str, Any], key: str) -> HttpResponse:
        done = services.user_create(actor=request.actor, username=data["username"], name=data["name"], key=key)
        return secret_page(request, done, title="账号已建立", what="初始密码")

    context = {"crumbs": crumbs(request, Crumb("新建账号"))}
    return form_view(request, UserForm(sent(request)), call, template="accounts/user_form.html", context=context)


@page(VIEW, object=True)
@require_safe
def user_detail(request: CountyRequest, county: int, user_id: int) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    user = selectors.user_get_for(actor, user_id)
    acts = selectors.acts_of(actor, user)
    locked_until = lockout.locked_until(user.username, at=at)
    own = user.pk == actor.user_id
    keeps = user.home_county == actor.county_id and not own
    context = {
        "person": user,
        "own": own,
        "keeps": keeps,
        "posts": selectors.posts_of(actor, user.pk, at=at),
        "sessions": selectors.sessions_of(user, at=at),
        "tokens": selectors.tokens_of(actor, user),
        "factors": selectors.factors_of(user),
        "locked_until": locked_until,
        "timeline": _timeline(acts),
        "may_manage": keeps and actor.can(MANAGE),
        "may_grant": not own and actor.can(GRANT),
        "may_token": keeps and actor.can(TOKENS),
        "crumbs": crumbs(request, Crumb(user.name)),
    }
    return render(request, "accounts/user_detail.html", context)


def _timeline(acts: list[Any]) -> list[TimelineItem]:
    names = selectors.names_of(act.actor_id for act in acts)
    return [
        TimelineItem(
            act.label, act.at, who=names.get(act.actor_id or 0, "已注销的账号"), note=act.reason, icon="user-cog"
        )
        for act in acts
    ]


@page(MANAGE, object=True)
@require_http_methods(["GET", "POST"])
def user_rename(request: CountyRequest, county: int, user_id: int) -> HttpResponseBase:
    user = selectors.user_get_for(request.actor, user_id, permission=MANAGE)
    form = NameForm(sent(request), initial={"name": user.name, "version": user.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.user_rename(actor=request.actor, user_id=user_id, key=key, **data)
        return "姓名已更正。", reverse("accounts:user", args=[county, user_id])

    context = {"person": user, "crumbs": crumbs(request, user_crumb(request, user), Crumb("更正姓名"))}
    return form_view(request, form, call, template="accounts/user_rename.html", context=context)


def secret_page(request: CountyRequest, done: services.Done, *, title: str, what: str) -> HttpResponse:
    """Shown in the answer to the POST itself and stored nowhere; sent again, it says that it was shown already."""
    back = reverse("accounts:user", args=[request.county.id, done.user.pk])
    context = {"done": done, "title": title, "what": what, "back": back}
    trail = crumbs(request, user_crumb(request, done.user), Crumb(title))
    return render(request, "accounts/secret.html", context | {"crumbs": trail})
