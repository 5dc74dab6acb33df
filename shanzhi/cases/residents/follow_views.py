"""Following a receipt, and what its holder does: adds, rates, says that it is not solved, complains."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanzhi.access.pages import CountyRequest, not_found, page
from shanzhi.access.permissions import PUBLIC
from shanzhi.accounts.lockout import counted_ip
from shanzhi.areas.models import Area
from shanzhi.cases.acts import Act
from shanzhi.cases.covering import covers_of
from shanzhi.cases.gate.told import HeldTold, told_of
from shanzhi.cases.residents import services
from shanzhi.cases.residents.by_wechat import inside
from shanzhi.cases.residents.forms import AddForm, ComplainForm, HolderForm, RateForm, ReopenForm
from shanzhi.cases.residents.gate import Gate, say
from shanzhi.cases.residents.holding import Holder, hold, holder_of, let_go, waiting_of
from shanzhi.cases.residents.places import village_get
from shanzhi.cases.selectors import steps_of
from shanzhi.cases.taking.following import StillHeld, photos_of, receipt_found, told, waiting
from shanzhi.cases.taking.forms import FollowForm
from shanzhi.cases.taking.paper import receipt_context, secret_context
from shanzhi.files.serving import file_response
from shanzhi.lib.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, TooMany
from shanzhi.lib.times import show_full
from shanzhi.notices.channels.openid import offered

LOOK_AGAIN: Final = "刚刚有人办了这件事，请先看最新的进度，再点一次。您写的还在。"
NO_CASE_YET: Final = "这件事还没有正式登记，工作人员看过以后才能补充、评价。急事请打 12345。"
BUTTONS: Final = {
    Act.CLOSE: ("public-rate", "评价：满意不满意", "thumb-up"),
    Act.REOPEN: ("public-reopen", "没有解决，要求重新办理", "refresh"),
    Act.ADD: ("public-add", "补充情况", "message-plus"),
}


@page(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: CountyRequest, county: int) -> HttpResponseBase:
    """How a matter is doing, by its receipt. The secret comes in a body: it is in no address, no log and no answer."""
    gate = Gate(request)
    if request.method != "POST":
        holder, waits = holder_of(request, county), waiting_of(request, county)
        if holder is None and waits is not None:
            return gate.seal(_waits(request, told_of(waits.held)))
        return gate.seal(_followed(request, holder, FollowForm()))
    form = FollowForm(request.POST)
    if not form.is_valid():
        return gate.seal(_followed(request, None, form, status=422))
    try:
        receipt = receipt_found(
            number=form.cleaned_data["number"], secret=form.cleaned_data["secret"], address=counted_ip(request) or "",
            at=timezone.now(),
        )  # fmt: skip
    except StillHeld as error:  # there is a report, and no case yet
        response = _waits(request, error.held)
        hold(response, error.held.held)
        return gate.seal(response)
    except (NotFound, TooMany) as error:  # not raised: what was counted has to stay
        form.add_error(None, error.message)
        response = _followed(request, None, form, status=error.status)
        let_go(response, county)
        return gate.seal(response)
    response = _followed(request, Holder(receipt), FollowForm())
    hold(response, receipt)
    return gate.seal(response)


def _waits(request: CountyRequest, held: HeldTold) -> HttpResponse:
    """What is told while there is no case; whoever holds it goes on with the case that becomes of it."""
    context = {"form": FollowForm(), "holder": None, "found": waiting(held)}
    return render(request, "cases/residents/follow.html", context)


def _followed(request: CountyRequest, holder: Holder | None, form: FollowForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "holder": holder}
    if holder is not None:
        found = told(holder.case, own=holder.is_reporter)
        county = holder.case.county_id
        context |= {
            "found": found,
            "buttons": [(reverse(f"cases:{name}", args=[county]), words, icon) for name, words, icon in
                        (BUTTONS[act] for act in holder.acts)],
            "photos": [reverse("cases:public-held-photo", args=[county, file.id]) for file in found.own.files]
            if found.own else [],
            "wechat": {"inside": inside(request)} if offered() and holder.now.is_open else None,
        }  # fmt: skip
    return render(request, "cases/residents/follow.html", context, status=status)


@page(PUBLIC)
@require_POST
def leave(request: CountyRequest, county: int) -> HttpResponseBase:
    """Nobody who takes up this phone afterwards sees the matter."""
    response = _to_follow(county)
    let_go(response, county)
    return Gate(request).seal(response)


def _to_follow(county: int) -> HttpResponseRedirect:
    response = HttpResponseRedirect(reverse("cases:follow", args=[county]))
    response.status_code = 303
    return response


@page(PUBLIC)
@require_safe
def held_photo(request: CountyRequest, county: int, file_id: int) -> HttpResponseBase:
    """A photo of the matter whose receipt this browser holds; absent for everybody else."""
    holder = holder_of(request, county)
    if holder is None or not holder.is_reporter:
        raise not_found()
    steps = steps_of(holder.case)
    photos = photos_of(steps, covers_of(holder.case, steps))
    file = next((file for files in photos.values() for file in files if file.id == file_id), None)
    if file is None:
        raise not_found()
    try:
        response = file_response(request, file, request.GET.get("size", ""))
    except FileNotFoundError:
        raise not_found() from None
    response.headers["Cache-Control"] = "private, no-store"
    return response


@page(PUBLIC)
@require_safe
def receipt(request: CountyRequest, county: int) -> HttpResponseBase:
    """The receipt that this browser got just now; half an hour later it is shown to nobody."""
    gate, holder, waits = Gate(request), holder_of(request, county), waiting_of(request, county)
    if holder is not None and holder.fresh:
        found, joined = told(holder.case), not holder.is_reporter
        context = receipt_context(request, holder.case, holder.receipt)
    elif waits is not None and waits.fresh:
        found, joined = waiting(told_of(waits.held)), False
        context = {
            **secret_context(request, county, waits.held.secret), "kind": found.kind, "area_name": found.place,
            "received": show_full(found.received_at),
        }  # fmt: skip
    else:
        return gate.seal(_to_follow(county))
    return gate.seal(render(request, "cases/residents/receipt.html", {**context, "found": found, "joined": joined}))


Do = Callable[[Gate, Holder, Any, str | None], None]


def _add(gate: Gate, holder: Holder, form: AddForm, key: str | None) -> None:
    data = form.cleaned_data
    services.holder_add(
        gate=gate, holder=holder, text=data["text"], photo_ids=data["photo_ids"], key=key, at=timezone.now(),
        proof=form.proof(),
    )  # fmt: skip


def _rate(gate: Gate, holder: Holder, form: RateForm, key: str | None) -> None:
    data = form.cleaned_data
    services.holder_rate(
        gate=gate, holder=holder, satisfied=data["satisfied"] == "yes", text=data["text"], version=form.version_seen,
        key=key, at=timezone.now(), proof=form.proof(),
    )  # fmt: skip


def _reopen(gate: Gate, holder: Holder, form: ReopenForm, key: str | None) -> None:
    services.holder_reopen(
        gate=gate, holder=holder, text=form.cleaned_data["text"], version=form.version_seen, key=key,
        at=timezone.now(), proof=form.proof(),
    )  # fmt: skip


@page(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: CountyRequest, county: int) -> HttpResponseBase:
    """Something to add."""
    return _done(request, Act.ADD, AddForm, _add, "补充情况", "已补充，办事的人会看到")


@page(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: CountyRequest, county: int) -> HttpResponseBase:
    """Satisfied or not."""
    return _done(request, Act.CLOSE, RateForm, _rate, "评价", "已评价，谢谢您")


@page(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: CountyRequest, county: int) -> HttpResponseBase:
    """It is not solved."""
    return _done(request, Act.REOPEN, ReopenForm, _reopen, "要求重新办理", "已要求重新办理，会重新安排人处理")


def _done(
    request: CountyRequest, act: Act, form_type: type[HolderForm], do: Do, title: str, said: str
) -> HttpResponseBase:
    """Show the form of an act, or do it; whoever holds no receipt (any more) types the secret first."""
    gate, holder = Gate(request), holder_of(request, request.county.id)
    if holder is None:
        return gate.seal(_first_the_secret(request))
    actor = holder.actor(gate, act, holder.case)
    if request.method != "POST":
        return _act_page(request, gate, holder, form_type(actor=actor), act, title)
    form = form_type(request.POST, request.FILES, actor=actor)
    status = 422
    if form.is_valid():
        try:
            do(gate, holder, form, request.POST.get("idempotency_key") or None)
        except (Invalid, Conflict, Forbidden, TooMany, NotFound) as error:
            _say(form, error)
            status = error.status
        else:
            messages.success(request, said)
            response = _to_follow(request.county.id)
            hold(response, holder.receipt)
            return gate.seal(response)
    holder = holder_of(request, request.county.id) or holder  # as it stands now
    return _act_page(request, gate, holder, form, act, title, status=status)


def _first_the_secret(request: CountyRequest) -> HttpResponseRedirect:
    waits = waiting_of(request, request.county.id) is not None
    messages.warning(request, NO_CASE_YET if waits else "请先输入回执上的查询码。")
    return _to_follow(request.county.id)


def _say(form: forms.Form, error: DomainError) -> None:
    if error.code == "stale":
        form.add_error(None, LOOK_AGAIN)
    else:
        say(form, error)


def _act_page(
    request: CountyRequest, gate: Gate, holder: Holder, form: HolderForm, act: Act, title: str, *, status: int = 200
) -> HttpResponse:
    if isinstance(form, AddForm):
        form.show()
    gate.ask(form, services.GATE_ACTS[act], at=timezone.now())
    context = {
        "form": form, "holder": holder, "title": title, "found": told(holder.case), "version": holder.case.version,
        "allowed": act in holder.acts, "takes_photos": isinstance(form, AddForm),
    }  # fmt: skip
    return gate.seal(render(request, "cases/residents/act.html", context, status=status))


@page(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def complain_held(request: CountyRequest, county: int) -> HttpResponseBase:
    """About the people who handle the matter whose receipt is held."""
    holder = holder_of(request, county)
    if holder is None:
        return Gate(request).seal(_first_the_secret(request))
    return _complaint(request, [holder.now.owner], holder.case.number)


@page(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    """About the people of a village or of its township."""
    village = village_get(code)
    return _complaint(request, [village.area, village.township], "")


def _complaint(request: CountyRequest, levels: list[Area], about: str) -> HttpResponseBase:
    """It goes one level up; on success the receipt is shown as for any other report."""
    gate = Gate(request)
    choices = [(area.code, f"{area.name}的人或服务") for area in levels]
    form = ComplainForm(request.POST or None, choices=choices)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            against = next(area for area in levels if area.code == form.cleaned_data["whom"])
            try:
                made = services.public_complain(
                    gate=gate, against=against, text=form.cleaned_data["body"], about=about, contact=form.contact(),
                    key=request.POST.get("idempotency_key") or None, at=timezone.now(), proof=form.proof(),
                )  # fmt: skip
            except (Invalid, Conflict, Forbidden, TooMany) as error:
                say(form, error)
                status = error.status
            else:
                response = HttpResponseRedirect(reverse("cases:public-receipt", args=[request.county.id]))
                response.status_code = 303
                hold(response, made, fresh=True)
                return gate.seal(response)
    readers = [(area.name, (area.parent or area).name) for area in levels]
    context = {"form": form, "about": about, "readers": readers, "back": _back(request, levels, about)}
    gate.ask(form, "complain", at=timezone.now())
    return gate.seal(render(request, "cases/residents/complain.html", context, status=status))


def _back(request: CountyRequest, levels: list[Area], about: str) -> str:
    county = request.county.id
    return reverse("cases:follow", args=[county]) if about else reverse("cases:public-choose", args=[county])
