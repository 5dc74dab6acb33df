"""The addresses of GeoReport v2. The county is named by an argument, so each request enters it here."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from shanzhi.access.fallbacks import TOO_LONG, UNREADABLE, BadRequest, TooLong
from shanzhi.access.middleware import BUSY
from shanzhi.access.pages import page
from shanzhi.access.permissions import PUBLIC
from shanzhi.exchange.open311 import catalogue, requests
from shanzhi.exchange.open311.jurisdictions import discovery, jurisdiction_of
from shanzhi.exchange.open311.questions import attributes_of
from shanzhi.exchange.open311.submitting import Said, Submitted, request_submit, token_number
from shanzhi.exchange.open311.wire import Answer, refused, rendered
from shanzhi.lib.errors import DomainError, Invalid, TooMany
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.tenancy.selectors import county_list

P = ParamSpec("P")
ROOT: Final = "/open311/v2"
ARGUMENTS: Final = (
    "service_code", "lat", "long", "address_string", "address_id", "description", "first_name", "last_name", "phone",
    "device_id", "account_id", "media_url",
)  # fmt: skip
LONGEST: Final = 4000  # of one argument, as the standard has it for the description
logger = logging.getLogger("shanzhi.exchange")


class NotAllowed(DomainError):
    """This address is not asked in that way."""

    status = 405
    default_code = "method_not_allowed"
    default_message = "这个地址不能这样请求，查询用 GET，上报用 POST 到 requests。"


View = Callable[Concatenate[HttpRequest, P], Answer]


def endpoint(*methods: str) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """A view that answers in JSON or XML, refusals too; `form` is the end of the address.

    Open to everybody without a session, so there is nothing that a forged request could use: no CSRF token.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @page(PUBLIC)
        @wraps(view)
        def answer(request: HttpRequest, form: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise NotAllowed
                return rendered(view(request, *args, **kwargs), form)
            except DomainError as error:
                refusal = refused(error, form)
                if isinstance(error, NotAllowed):
                    refusal["Allow"] = ", ".join(methods)
                if isinstance(error, TooMany):
                    refusal["Retry-After"] = "60"
                return refusal
            except RequestDataTooBig:
                return refused(TooLong(TOO_LONG, code="too_long"), form)
            except (SuspiciousOperation, MultiPartParserError):
                return refused(BadRequest(UNREADABLE, code="bad_request"), form)
            except OperationalError as error:
                if "locked" not in str(error):
                    raise
                return refused(TooMany(BUSY, code="busy"), form)

        return answer

    return decorate


def _asked(request: HttpRequest, name: str) -> str:
    """An argument of the address; one that came several times is one list, as with commas."""
    return ",".join(request.GET.getlist(name)).strip()[:LONGEST]


def _words(request: HttpRequest, name: str) -> list[str]:
    return [word for part in _asked(request, name).split(",") if (word := part.strip())]


def _here(request: HttpRequest) -> County:
    return jurisdiction_of(request.GET.get("jurisdiction_id", "").strip()[:20])


READ: Final = ("GET", "HEAD")


@endpoint(*READ)
def discover(request: HttpRequest) -> Answer:
    """Of one county, or of all that are here."""
    named = request.GET.get("jurisdiction_id", "").strip()
    base = f"{settings.MESSAGES['site'] or request.build_absolute_uri('/').rstrip('/')}{ROOT}"
    return Answer("discovery", discovery(base, [jurisdiction_of(named)] if named else county_list()))


@endpoint(*READ)
def services(request: HttpRequest) -> Answer:
    with county(_here(request).id):
        return Answer("services", catalogue.service_rows())


@endpoint(*READ)
def definition(request: HttpRequest, service_code: str) -> Answer:
    with county(_here(request).id):
        return Answer("service_definition", catalogue.definition_of(catalogue.service_get(service_code)))


@endpoint(*READ)
def one_request(request: HttpRequest, request_id: str) -> Answer:
    with county(_here(request).id) as number:
        return Answer("service_requests", [requests.request_get(request_id, county_id=number)])


@endpoint(*READ)
def token(request: HttpRequest, token: str) -> Answer:
    """A report gets its number at once, and the number serves as its token; only what is held in a flood gets a token
    of its own, which has no number until staff have looked at it."""
    with county(_here(request).id) as number:
        named = token_number(token)
        if named == "":
            return Answer("service_requests", [{"service_request_id": None, "token": token}])
        found = requests.request_get(named or token, county_id=number)
        if named:
            return Answer("service_requests", [{"service_request_id": named, "token": token}])
    row = {"service_request_id": found["service_request_id"], "token": found["service_request_id"]}
    return Answer("service_requests", [row])


@endpoint(*READ, "POST")
def many_requests(request: HttpRequest) -> Answer:
    return _submitted(request) if request.method == "POST" else _listed(request)


def _listed(request: HttpRequest) -> Answer:
    here, at = _here(request), timezone.now()
    wanted = requests.Wanted(
        numbers=_words(request, "service_request_id"),
        services=_words(request, "service_code"),
        statuses=_statuses(_words(request, "status")),
        since=_moment(request, "start_date"),
        until=_moment(request, "end_date"),
    )
    with county(here.id):
        return Answer("service_requests", requests.requests_of(wanted, county_id=here.id, at=at))


def _statuses(words: list[str]) -> list[str]:
    if any(word not in requests.STATUSES for word in words):
        raise Invalid("status 只有 open 和 closed。", code="status_invalid")
    return words


def _moment(request: HttpRequest, name: str) -> datetime | None:
    """A W3C datetime with its zone; a plus sign that a client forgot to escape came as a blank."""
    text = _asked(request, name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 2000 <= moment.year <= 2100:
        raise Invalid(f"{name} 要写成 2026-11-20T00:00:00Z 这样，带时区。", code="datetime_invalid")
    return moment


def _submitted(request: HttpRequest) -> Answer:
    """Arguments stand in the body; a key and a county may stand in the address too, because clients send them there."""
    sent = _sent(request.POST)
    here = jurisdiction_of(_one(sent, "jurisdiction_id") or request.GET.get("jurisdiction_id", "").strip()[:20])
    api_key = _one(sent, "api_key") or request.GET.get("api_key", "").strip()
    said = Said(**{name: _one(sent, name) for name in ARGUMENTS}, attributes=attributes_of(sent.items()))
    repeat_key = request.headers.get("Idempotency-Key", "").strip()
    with county(here.id):
        done = request_submit(api_key=api_key, said=said, repeat_key=repeat_key, at=timezone.now())
        follow = request.build_absolute_uri(reverse("cases:follow", args=[here.id]))
    named = {"service_request_id": done.case.number} if done.case is not None else {"token": done.token}
    logger.info("open311 report %s in %s", *named.values(), here.id)
    row = {
        **named,
        "service_notice": notice(done, follow, said),
        "account_id": said.account_id or None,
    }
    return Answer("service_requests", [row], secret=True)


def _sent(form: QueryDict) -> dict[str, list[str]]:
    """Every argument with its values; a NUL is in nothing that a person typed."""
    found = {name: [value.replace("\0", "") for value in values] for name, values in form.lists()}
    for name, values in found.items():
        if any(len(value) > LONGEST for value in values):
            raise Invalid(f"{name[:60]} 最多 {LONGEST} 字，请删减。", code="too_long")
    return found


def _one(sent: Mapping[str, list[str]], name: str) -> str:
    return sent.get(name, [""])[-1].strip()


def notice(done: Submitted, follow: str, said: Said) -> str:
    """What whoever reported needs to know; the secret stands nowhere else."""
    begun = f"已登记，编号 {done.case.number}" if done.case is not None else "收到了，来得太多，工作人员看过就受理"
    words = f"{begun}，查询码 {done.secret}。请把查询码交给反映人本人，凭查询码可以在 {follow} 看办到哪一步、补充情况。"
    if said.media_url:
        words += "平台不打开别人给的网址，media_url 没有取用，照片请由反映人凭查询码补交。"
    return words
