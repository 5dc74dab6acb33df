"""通知设置: which topic reaches a person through which channel, and when not; and the addresses for that."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shanzhi.access.pages import CountyRequest, not_found, page
from shanzhi.access.permissions import SELF
from shanzhi.lib.errors import DomainError
from shanzhi.notices import services
from shanzhi.notices.channels.kinds import KINDS, Kind
from shanzhi.notices.channels.registry import open_channels
from shanzhi.notices.forms import AddressForm, CodeForm, PreferenceForm
from shanzhi.notices.models import Address, Preference
from shanzhi.notices.selectors.preferences import address_of, addresses_of, preference_of
from shanzhi.notices.services.addresses import TRIES, open_kind
from shanzhi.notices.topics import Topic, listed


@dataclass(frozen=True)
class Switch:
    value: str
    kind: Kind
    on: bool


@dataclass(frozen=True)
class Row:
    """A topic with a switch for each open channel."""

    topic: Topic
    switches: tuple[Switch, ...]


@dataclass(frozen=True)
class Place:
    """An open channel with one's own address there, if any."""

    kind: Kind
    address: Address | None

    @property
    def proved(self) -> str:
        return self.address.masked if self.address is not None and self.address.verified_at else ""


def _rows(preference: Preference, chosen: set[str] | None) -> list[Row]:
    def switch(topic: Topic, channel: str) -> Switch:
        value = f"{topic.code}:{channel}"
        on = preference.wants(topic, channel) if chosen is None else value in chosen
        return Switch(value, KINDS[channel], on)

    return [Row(topic, tuple(switch(topic, channel) for channel in open_channels())) for topic in listed()]


@page(SELF)
@never_cache
@require_http_methods(["GET", "POST"])
def preferences(request: CountyRequest, county: int) -> HttpResponse:
    preference = preference_of(actor=request.actor)
    form, status = PreferenceForm(request.POST if request.method == "POST" else None, preference=preference), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                services.preference_save(
                    actor=request.actor,
                    version=given["version"],
                    on=form.switches(),
                    quiet=given["quiet"],
                    quiet_from=given["quiet_from"],
                    quiet_to=given["quiet_to"],
                )
                messages.success(request, "通知设置已保存。")
                return HttpResponseRedirect(reverse("notices:settings", args=[county]))
            except DomainError as error:
                form.add_error(None, error.message)
                status = error.status
    mine = addresses_of(actor=request.actor)
    context = {
        "form": form,
        "rows": _rows(preference, set(request.POST.getlist("on")) if form.is_bound else None),
        "places": [Place(KINDS[channel], mine.get(channel)) for channel in open_channels()],
    }
    return render(request, "notices/settings.html", context, status=status)


def _kind(channel: str) -> Kind:
    if channel not in KINDS:
        raise not_found()
    return open_kind(channel)


def _address_page(
    request: CountyRequest, kind: Kind, *, form: AddressForm | None = None, code: CodeForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    address, at = address_of(actor=request.actor, channel=kind.code), timezone.now()
    waits = bool(address and address.pending and address.code_until and at <= address.code_until)
    waits = waits and address is not None and address.tries < TRIES
    again = form is not None or "again" in request.GET
    context = {
        "kind": kind,
        "place": Place(kind, address),
        "pending": kind.mask(address.pending) if waits and address and address.pending else "",
        "form": form or AddressForm(kind=kind),
        "code": (code or CodeForm()) if waits and not again else None,
    }
    return render(request, "notices/address.html", context, status=status)


@page(SELF)
@never_cache
@require_http_methods(["GET", "POST"])
def address(request: CountyRequest, county: int, channel: str) -> HttpResponse:
    """Give an address: a code is sent there, and the same page then asks for it."""
    kind = _kind(channel)
    if request.method == "GET":
        return _address_page(request, kind)
    form, status = AddressForm(request.POST, kind=kind), 422
    if form.is_valid():
        try:
            services.address_send_code(actor=request.actor, channel=channel, value=form.cleaned_data["value"])
            messages.success(request, f"验证码已发到这个{kind.address}，请在 10 分钟内填写。")
            return HttpResponseRedirect(reverse("notices:address", args=[county, channel]))
        except DomainError as error:
            form.add_error("value", error.message)
            status = error.status
    return _address_page(request, kind, form=form, status=status)


@page(SELF)
@never_cache
@require_POST
def address_verification_create(request: CountyRequest, county: int, channel: str) -> HttpResponseBase:
    """The refusal is made into a page here, so that a wrong code stays counted."""
    kind = _kind(channel)
    form, status = CodeForm(request.POST), 422
    if form.is_valid():
        try:
            services.address_verify(actor=request.actor, channel=channel, code=form.cleaned_data["code"])
            messages.success(request, f"{kind.address}已核实，可以收{kind.label}通知了。")
            return HttpResponseRedirect(reverse("notices:settings", args=[county]))
        except DomainError as error:
            form.add_error("code", error.message)
            status = error.status
    return _address_page(request, kind, code=form, status=status)


@page(SELF)
@require_POST
def address_removal_create(request: CountyRequest, county: int, channel: str) -> HttpResponseBase:
    """Also for a channel that was closed since: one's own address can always be taken away."""
    if channel not in KINDS:
        raise not_found()
    removed = services.address_remove(actor=request.actor, channel=channel)
    kind = KINDS[channel]
    messages.success(
        request, f"{kind.address}已删除，不再收{kind.label}通知。" if removed else f"{kind.address}没有填写。"
    )
    return HttpResponseRedirect(reverse("notices:settings", args=[county]))
