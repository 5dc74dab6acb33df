"""Handing in and following, by anybody. The receipt is the answer itself: nothing is put into a cookie or an address.

Sent again (a reloaded page) the form has the same key, and the answer is the same receipt.
"""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from shanzhi.access.forms import TakingForm
from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import PUBLIC
from shanzhi.accounts.lockout import counted_ip
from shanzhi.clues.forms import AddForm, BarForm, FollowForm, GiveForm, named
from shanzhi.clues.models import Clue
from shanzhi.clues.selectors import officers_now
from shanzhi.clues.services import clue_add, clue_bar, clue_give, clue_of, followed
from shanzhi.lib.errors import DomainError
from shanzhi.lib.receipts import secret_shown

BOTH = require_http_methods(["GET", "HEAD", "POST"])


def _address(request: CountyRequest) -> str:
    return counted_ip(request) or ""


def _key(request: CountyRequest) -> str | None:
    return request.POST.get("idempotency_key") or None


@page(PUBLIC)
@BOTH
def give(request: CountyRequest, county: int) -> HttpResponseBase:
    """The form, or the receipt. Whoever is signed in is not asked for."""
    at = timezone.now()
    officers = officers_now(at=at)
    form = GiveForm(request.POST if request.method == "POST" else None, officers=officers)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                clue = clue_give(given=form.given(), address=_address(request), key=_key(request), at=at)
            except DomainError as error:
                form.take(error)
                status = error.status
            else:
                return render(request, "clues/receipt.html", {"clue": clue, "secret": secret_shown(clue.secret)})
    context = {
        "form": form,
        "officers": officers,
        "names": [name for _, name in named(officers)],
        "is_open": any(one.lead for one in officers),
    }
    return render(request, "clues/new.html", context, status=status)


@page(PUBLIC)
@BOTH
def follow(request: CountyRequest, county: int) -> HttpResponseBase:
    """With the secret in the body: look; and with `step` add to it, or bar somebody."""
    form = FollowForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "clues/follow.html", {"form": form})
    if not form.is_valid():
        return render(request, "clues/follow.html", {"form": form}, status=422)
    try:
        clue = clue_of(secret=form.cleaned_data["secret"], address=_address(request))
    except DomainError as error:
        form.take(error)
        return render(request, "clues/follow.html", {"form": form}, status=error.status)
    return _followed(request, clue, form.cleaned_data["secret"])


def _followed(request: CountyRequest, clue: Clue, secret: str) -> HttpResponse:
    step, found = request.POST.get("step", ""), followed(clue)
    add = AddForm(request.POST if step == "add" else None)
    bar = BarForm(request.POST if step == "bar" else None, officers=found.free)
    more: dict[str, Any] = {"secret": secret, "address": _address(request), "key": _key(request)}
    said, status = "", 200
    used: TakingForm = add if step == "add" else bar
    if step in ("add", "bar"):
        status = 422
        if used.is_valid():
            try:
                if step == "add":
                    clue, said = clue_add(text=add.cleaned_data["text"], **more), "已补充，专办员会看到。"
                else:
                    clue, said = clue_bar(barred=bar.cleaned_data["barred"], **more), "已记下，这些人看不到了。"
            except DomainError as error:
                used.take(error)
                status = error.status
            else:
                found, status, step = followed(clue), 200, ""
                add, bar = AddForm(), BarForm(officers=found.free)
    # What was done has used its key up; what was refused is the same act when it is sent again.
    keys = {f"{name}_key": more["key"] if name == step else uuid4().hex for name in ("add", "bar")}
    context = {"found": found, "clue": clue, "secret": secret, "add": add, "bar": bar, "said": said, **keys}
    return render(request, "clues/followed.html", context, status=status)
