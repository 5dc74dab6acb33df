"""Programs take down, read a number for a purpose, and follow a receipt, by the services of the pages."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Router, Status
from pydantic import StringConstraints

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, Problem, actor_of, operation, problem_of
from shanzhi.access.pages import not_found
from shanzhi.access.permissions import PUBLIC
from shanzhi.accounts.lockout import counted_ip
from shanzhi.cases import permissions, schemas, services
from shanzhi.cases.covering import story_of
from shanzhi.cases.selectors import case_get_for, report_area_get
from shanzhi.cases.taking import schemas as own
from shanzhi.cases.taking.contacts import ContactIn, caller_of, earlier_cases, reveals_of
from shanzhi.cases.taking.following import followed
from shanzhi.cases.taking.paper import follow_page, paper_filled, receipt_of
from shanzhi.cases.taking.revealing import SECONDS, contact_reveal, handler_post, reveal_post
from shanzhi.cases.taking.secrets import secret_shown
from shanzhi.lib.errors import DomainError, Invalid, NotFound, TooMany

router = Router()
Number = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{4,9}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
CREATED: dict[Any, Any] = {201: schemas.CaseDetailOut, **WRITE_REFUSALS}


@router.post("/take-downs", response=CREATED, summary="Take a report down for somebody")
@operation(permissions.TAKE_DOWN)
def take_down(request: HttpRequest, county: Path[int], body: own.TakeDownIn, key: Key = None) -> Any:
    """Report for somebody without an account. The same `Idempotency-Key` gives the same case; see /receipt too."""
    actor = actor_of(request)
    report = services.Report(
        body=body.body, kind=body.kind, title=body.title, place=body.place, lon=schemas.degrees(body.lon),
        lat=schemas.degrees(body.lat), accuracy=body.accuracy, urgent=body.urgent,
        source=own.source_of(body.source), solved=body.solved,
        occurred_at=schemas.aware(body.occurred_at, "occurred_at"), photo_ids=[int(one) for one in body.photos],
        answers=body.answers,
    )  # fmt: skip
    given = ContactIn(**body.contact.dict()) if body.contact is not None else None
    try:
        case = services.case_report(
            actor=actor, report=report, area=_area(actor, body.area), key=key,
            contact=given if given is not None and given.is_given else None,
        )  # fmt: skip
    except Invalid as error:
        raise _as_sent(error) from None
    story = story_of(actor, case, photos=bool(body.photos))
    return Status(201, schemas.CaseDetailOut.detail(case, story.steps, story.photos, actor))


def _area(actor: Any, code: str) -> Any:
    try:
        return report_area_get(actor, code)
    except DomainError as error:
        if error.code != "area_unknown":
            raise
        raise Invalid(error.message, code="area_unknown", fields={"area": [error.message]}) from None


def _as_sent(error: Invalid) -> Invalid:
    """The fields by their names on the wire."""
    names = {"caller": "contact.name", "phone": "contact.phone"}
    fields = {names.get(name, name): list(rows) for name, rows in error.fields.items()}
    return Invalid(error.message, code=error.code, fields=fields)


@router.post(
    "/earlier-cases", response={200: own.EarlierListOut, **WRITE_REFUSALS}, summary="Earlier cases of a number"
)
@operation(permissions.TAKE_DOWN)
def earlier_find(request: HttpRequest, county: Path[int], body: own.PhoneIn) -> own.EarlierListOut:
    """A POST although it only reads: a number stands in no address."""
    cases, total = earlier_cases(actor_of(request), body.phone)
    return own.EarlierListOut(items=[own.EarlierOut.of(case) for case in cases], total=total)


@router.get("/cases/{number}/contact", response={200: own.CallerOut, **REFUSALS}, summary="Who called")
@operation(permissions.VIEW, object=True)
def contact_read(request: HttpRequest, county: Path[int], number: Number) -> own.CallerOut:
    """Masked; 404 where nobody was taken down."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    actor.require(permissions.VIEW)
    caller = caller_of(actor, case)
    if caller is None:
        raise not_found()
    return own.CallerOut.of(caller)


@router.post(
    "/cases/{number}/reveals", response={200: own.RevealedOut, **WRITE_REFUSALS}, summary="Read a caller's number"
)
@operation(permissions.CONTACT, object=True)
def reveal_make(
    request: HttpRequest, county: Path[int], number: Number, body: own.RevealIn, key: Key = None
) -> own.RevealedOut:
    """For a purpose, which is kept with who asked; only for those who deal with the case now."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    found = contact_reveal(actor=actor, case=case, purpose=body.purpose, text=body.text, key=key)
    return own.RevealedOut(name=found.name, phone=found.phone, seconds=SECONDS)


@router.get("/cases/{number}/reveals", response={200: list[own.RevealOut], **REFUSALS}, summary="Who read the number")
@operation(permissions.CONTACT, object=True)
def reveal_list(request: HttpRequest, county: Path[int], number: Number) -> list[own.RevealOut]:
    """The newest 200, for those who deal with the case."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    reveal_post(actor, case)
    return [own.RevealOut.of(row) for row in reveals_of(case)]


@router.get("/cases/{number}/receipt", response={200: own.ReceiptOut, **REFUSALS}, summary="The receipt of a case")
@operation(permissions.TAKE_DOWN, object=True)
def receipt_read(request: HttpRequest, county: Path[int], number: Number) -> own.ReceiptOut:
    """For who took it down and for those who deal with it; 404 where there is none."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    actor.require(permissions.TAKE_DOWN)
    found = receipt_of(actor, case)
    return own.ReceiptOut(
        number=case.number, secret=secret_shown(found.secret), page=follow_page(request, case.county_id)
    )


@router.get("/cases/{number}/papers/{code}", response={200: own.PaperOut, **REFUSALS}, summary="A paper of the kind")
@operation(permissions.CONTACT, object=True)
def paper_read(request: HttpRequest, county: Path[int], number: Number, code: Code) -> own.PaperOut:
    """Filled in, with names whole: for those who deal with the case now."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    handler_post(actor, case)
    filled = paper_filled(actor, case, code, story_of(actor, case, photos=False), timezone.now())
    return own.PaperOut(code=filled.code, label=filled.label, paragraphs=list(filled.paragraphs))


@router.post(
    "/follow",
    response={200: own.FollowedOut, **dict.fromkeys((400, 404, 409, 413, 422, 429), Problem)},
    summary="Follow a receipt",
)
@operation(PUBLIC)
def follow_read(request: HttpRequest, county: Path[int], body: own.FollowIn) -> Any:
    """For everybody who holds a receipt. Ten wrong secrets from one address, and it waits ten minutes."""
    try:
        found = followed(number=body.number, secret=body.secret, address=counted_ip(request) or "", at=timezone.now())
    except (NotFound, TooMany) as error:  # answered, not raised: what was counted has to stay
        return problem_of(error)
    return own.FollowedOut.of(found)
