"""Numbers for a purpose, who looked, and what residents ask about their own data."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.forms import TakingForm, form_page, form_view, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.lib.errors import DomainError
from shanzhi.people import services
from shanzhi.people.catalogue import Relation
from shanzhi.people.forms.rights import DecideForm, EraseForm, RequestForm, RevealForm
from shanzhi.people.models import Request, Resident
from shanzhi.people.permissions import REVEAL, RIGHTS, VIEW
from shanzhi.people.selectors import area_for, reach, resident_get_for
from shanzhi.people.selectors.care import memberships_of
from shanzhi.people.selectors.kin import kin_of
from shanzhi.people.selectors.residents import stays_shown
from shanzhi.people.selectors.rights import look_page, looks_of, request_get_for, request_page, requests_of
from shanzhi.people.services.erasing import why_not
from shanzhi.people.views.shared import (
    crumbs,
    day_words,
    link,
    numbers_of,
    resident_crumb,
    tabs,
    where_words,
    words,
)
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@page(REVEAL, object=True)
@BOTH
def reveal(request: CountyRequest, county: int, resident_id: int) -> HttpResponseBase:
    row = resident_get_for(request.actor, resident_id, permission=REVEAL)
    field = request.POST.get("field") or request.GET.get("field", "phone")
    label, masked = next(((label, mask) for name, label, mask in numbers_of(row) if name == field), ("号码", ""))

    def show(said: dict[str, Any], key: str | None) -> str:
        return services.number_show(actor=request.actor, number=row.id, key=key, **said)[1]

    return reveal_page(request, row, show, field=field, label=label, masked=masked)


def reveal_page(
    request: CountyRequest, row: Resident, show: Callable[[dict[str, Any], str | None], str], *, field: str, label: str,
    masked: str,
) -> HttpResponseBase:  # fmt: skip
    """GET asks what for; POST shows a number kept at this person for a minute, after `show` wrote it down."""
    form = RevealForm(sent(request), initial={"field": field})
    shown, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                shown = show(form.cleaned_data, request.POST.get("idempotency_key") or None)
                status = 200
            except DomainError as error:
                form.take(error)
                status = error.status
    back = link(row.county_id, "resident", row.id)
    context = {
        "row": row, "form": form, "shown": shown, "seconds": services.SECONDS, "label": label, "masked": masked,
        "is_phone": field == "phone", "back": back, "looks": look_page(row, size=10).rows, "now": timezone.now(),
        "crumbs": resident_crumb(request, row, Crumb("看号码")),
    }  # fmt: skip
    response = render(request, "people/reveal.html", context, status=status)
    response["Cache-Control"] = "no-store"
    if shown:
        response["Refresh"] = f"{services.SECONDS}; url={back}"
    return response


@page(VIEW, object=True)
@require_safe
def looks(request: CountyRequest, county: int, resident_id: int) -> HttpResponse:
    row = resident_get_for(request.actor, resident_id)
    found = look_page(row, cursor=cursor_in(request.GET))
    context = {
        "row": row, "page": found, "rows": found.rows, "now": timezone.now(), "may_print": request.actor.can(RIGHTS),
        "crumbs": resident_crumb(request, row, Crumb("谁看过")), **page_urls(found, request.GET),
    }  # fmt: skip
    return render(request, "people/looks.html", context)


@page(RIGHTS, object=True)
@require_safe
def looks_print(request: CountyRequest, county: int, resident_id: int) -> HttpResponse:
    """For the resident, on paper."""
    row = resident_get_for(request.actor, resident_id, permission=RIGHTS)
    context = {"row": row, "rows": looks_of(row), "printed": day_words(timezone.localdate()), "now": timezone.now()}
    return render(request, "people/sheets/looks.html", context)


@page(RIGHTS, object=True)
@BOTH
def copy(request: CountyRequest, county: int, resident_id: int) -> HttpResponseBase:
    """Everything kept on a person, whole, for themselves (个人信息保护法 45). A GET says what will be printed; the POST
    is written down and gives it out once."""
    row = resident_get_for(request.actor, resident_id, permission=RIGHTS)
    if request.method != "POST":
        page_words = words(
            f"{row.name}：打印全部资料", "打印给本人", link(county, "resident", row.id),
            resident_crumb(request, row, Crumb("全部资料")), "核对来人的身份证，确认是本人或者监护人再打印。",
            "证件号码、电话会完整打印，打印这件事会记下来。",
        )  # fmt: skip
        return form_page(request, page_words, TakingForm(), lambda data, key: ("", ""))
    services.copy_printed(actor=request.actor, resident=row)
    door = row.dwelling.door if row.dwelling is not None else ""
    context = {
        "row": row, "where": where_words(row), "door": door, "stays": [(s, *where_words(s)) for s in stays_shown(row)],
        "relation": Relation(row.relation).label if row.relation else "", "now": timezone.now(),
        "kin": kin_of(request.actor, row), "care": memberships_of(request.actor, row), "looks": looks_of(row),
        "requests": requests_of(row),
        "printed": day_words(timezone.localdate()),
    }  # fmt: skip
    response = render(request, "people/sheets/copy.html", context)
    response["Cache-Control"] = "no-store"
    return response


@page(RIGHTS)
@require_safe
def request_list(request: CountyRequest, county: int) -> HttpResponse:
    query = request.GET
    found = request_page(request.actor, state=query.get("state", ""), cursor=cursor_in(query))
    area = area_for(request.actor, permission=RIGHTS)
    context = {
        "page": found, "rows": found.rows, "now": timezone.now(), "tabs": tabs(request, "requests"),
        "bar": filter_bar(query, [Choice("state", "状态", Request.State.choices)]), "place": place_words(area),
        "crumbs": crumbs(request, Crumb("本人申请")), **page_urls(found, query),
    }  # fmt: skip
    return render(request, "people/requests.html", context)


@page(RIGHTS, object=True)
@BOTH
def request_new(request: CountyRequest, county: int, resident_id: int) -> HttpResponseBase:
    row = resident_get_for(request.actor, resident_id, permission=RIGHTS)
    form = RequestForm(sent(request))

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        made = services.request_take(
            actor=request.actor, resident=row.id, kind=data["kind"], text=data["text"], key=key
        )  # fmt: skip
        return "申请已受理。", link(county, "request", made.id)

    page_words = words(
        f"{row.name}：受理本人申请", "受理", link(county, "resident", row.id), resident_crumb(request, row, Crumb("受理申请")),
        "本人可以查阅、复制、更正、删除自己的信息，也可以要求解释（个人信息保护法第四十四条至第四十八条）。",
        "先核对来人的身份证；代办的要看委托书。",
    )  # fmt: skip
    return form_page(request, page_words, form, call)


@page(RIGHTS, object=True)
@BOTH
def request_show(request: CountyRequest, county: int, request_id: int) -> HttpResponseBase:
    """What was asked, where it is done, and the answer."""
    row = request_get_for(request.actor, request_id)
    form = DecideForm(sent(request), initial={"version": row.version})
    person = row.resident
    context = {
        "row": row, "person": person, "now": timezone.now(), "open": row.state == Request.State.OPEN,
        "seen": person is not None and reach(request.actor).covers(row.path), "act": _way(county, row),
        "crumbs": crumbs(request, Crumb("本人申请", link(county, "requests")), Crumb(row.get_kind_display())),
    }  # fmt: skip

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.request_decide(
            actor=request.actor, number=row.id, version=data["version"], done=data["done"] == "1",
            answer=data["answer"], key=key,
        )  # fmt: skip
        return "申请已办结。", link(county, "request", row.id)

    return form_view(request, form, call, template="people/request.html", context=context)


def _way(county: int, row: Request) -> tuple[str, str] | None:
    """The page on which what was asked is done."""
    if row.resident_id is None or row.state != Request.State.OPEN:
        return None
    kind, number = Request.Kind(row.kind), row.resident_id
    ways = {
        Request.Kind.COPY: ("打印全部资料", link(county, "copy", number)),
        Request.Kind.LOOKS: ("打印谁看过", link(county, "looks-print", number)),
        Request.Kind.CORRECT: ("更正资料", link(county, "facts", number)),
        Request.Kind.ERASE: ("删除资料", link(county, "erase", number, request=str(row.id))),
        Request.Kind.EXPLAIN: ("看资料", link(county, "resident", number)),
    }
    return ways[kind]


@page(RIGHTS, object=True)
@BOTH
def erase(request: CountyRequest, county: int, resident_id: int) -> HttpResponseBase:
    row = resident_get_for(request.actor, resident_id, permission=RIGHTS)
    asked = request.GET.get("request", "")
    found = request_get_for(request.actor, int(asked)) if asked.isdecimal() else None
    form = EraseForm(sent(request), initial={"version": row.version, "mistaken": "0"})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        answered = (found.id, found.version) if found is not None else None
        services.resident_erase(
            actor=request.actor, number=row.id, version=data["version"], mistaken=data["mistaken"] == "1",
            request=answered, key=key,
        )  # fmt: skip
        return "资料已删除。", link(county, "requests")

    said = why_not(row, timezone.localdate(), mistaken=False)
    page_words = words(
        f"{row.name}：删除资料", "删除，不能恢复", link(county, "resident", row.id), resident_crumb(request, row, Crumb("删除资料")),
        *([f"现在不能按申请删除：{said}"] if said else []), "姓名、证件、电话、住址、经过、关爱登记都会真正删除，不能恢复。",
        "谁看过、申请过什么只保留编号和时间，留痕记下谁在什么时候删除。", harms=True,
    )  # fmt: skip
    return form_page(request, page_words, form, call)
