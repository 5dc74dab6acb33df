"""代班: handing one's own list over while away, an office arranging it for a colleague, and taking it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanzhi.access.forms import form_view, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import SELF
from shanzhi.accounts import selectors, services
from shanzhi.accounts.forms import StandInForm, VersionForm
from shanzhi.accounts.permissions import STAND_INS
from shanzhi.accounts.selectors.stand_ins import STATES
from shanzhi.lib.errors import DomainError
from shanzhi.lib.times import local
from shanzhi.ui.filters import Choice, FilterBar, filter_bar
from shanzhi.ui.pages import cursor_in
from shanzhi.ui.parts import Crumb


def _crumbs(request: CountyRequest, *more: Crumb) -> list[Crumb]:
    return [Crumb("代班", reverse("accounts:stand-ins", args=[request.county.id])), *more]


def _narrowed(request: CountyRequest, *more: Choice) -> tuple[FilterBar, str]:
    """The filter bar, and the path of the place that was chosen."""
    places = selectors.standin_places(request.actor)
    choices = [Choice("place", "地点", places), *more] if places else list(more)
    code = request.GET.get("place", "")
    area = selectors.area_of(code) if code else None
    return filter_bar(request.GET, choices), area.path if area is not None else ""


@page(SELF)
@require_safe
def stand_in_list(request: CountyRequest, county: int) -> HttpResponse:
    """What the person gave away or took over; for an office also what is arranged where it stands."""
    bar, path = _narrowed(request, Choice("state", "状态", list(STATES.items())))
    rows = selectors.standin_list_for(
        request.actor, at=timezone.now(), path=path, state=request.GET.get("state", ""), cursor=cursor_in(request.GET)
    )
    context = {"page": rows, "bar": bar, "crumbs": _crumbs(request), "arranges": request.actor.own.can(STAND_INS)}
    return render(request, "accounts/stand_in_list.html", context)


@page(STAND_INS)
@require_safe
def stand_in_posts(request: CountyRequest, county: int) -> HttpResponse:
    """First step of an office: whose list."""
    bar, path = _narrowed(request)
    rows = selectors.handed_posts_for(request.actor, at=timezone.now(), path=path, cursor=cursor_in(request.GET))
    context = {"page": rows, "bar": bar, "crumbs": _crumbs(request, Crumb("选同事的岗位"))}
    return render(request, "accounts/stand_in_posts.html", context)


@page(SELF, object=True)
@require_http_methods(["GET", "POST"])
def stand_in_create(request: CountyRequest, county: int, post_id: int) -> HttpResponseBase:
    at = timezone.now()
    post = selectors.handed_post_get_for(request.actor, post_id)
    services.check_handed(post)
    people, today = selectors.substitutes_for(post, at=at), local(at).date()
    form = StandInForm(sent(request), people=people, initial={"valid_from": today, "valid_to": today})
    row, own = selectors.post_row(post, at=at), post.user_id == request.actor.user_id
    back = reverse("accounts:me" if own else "accounts:stand-ins", args=[county])

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.standin_set(actor=request.actor, post_id=post_id, key=key, **data)
        name = next(one.name for one in people if one.user_id == data["substitute_id"])
        return f"已请{name}代班，{row.title}的事两人都能办。", back

    title = "请人代班" if own else f"给{row.user_name}安排代班"
    context = {"row": row, "own": own, "back": back, "title": title, "people": people}
    return form_view(
        request,
        form,
        call,
        template="accounts/stand_in_form.html",
        context=context | {"crumbs": _crumbs(request, Crumb(title))},
    )


@page(SELF, object=True)
@require_POST
def stand_in_end(request: CountyRequest, county: int, stand_in_id: int) -> HttpResponse:
    """One tap; what speaks against it is said on the list."""
    selectors.standin_get_for(request.actor, stand_in_id)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else -1
    try:
        services.standin_end(
            actor=request.actor, standin_id=stand_in_id, version=version, key=request.POST.get("idempotency_key")
        )
    except DomainError as error:
        if error.status == 403:
            raise
        messages.error(request, error.message)
    else:
        messages.success(request, "代班已结束，已告诉两个人。")
    back = "accounts:me" if request.POST.get("back") == "me" else "accounts:stand-ins"
    return HttpResponseRedirect(reverse(back, args=[county]))
