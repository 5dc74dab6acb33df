"""Programs do for people without an account what the public pages do, by the same services and the same gate.

Photos are sent by the pages only: a draft belongs to a browser's mark.
"""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Router, Status

from shanzhi.access.api import Problem, operation, problem_of
from shanzhi.access.permissions import PUBLIC
from shanzhi.accounts.lockout import counted_ip
from shanzhi.areas.models import Area
from shanzhi.cases.catalogue import Source
from shanzhi.cases.gate.admitting import ProofNeeded
from shanzhi.cases.gate.challenges import Proof
from shanzhi.cases.gate.forms import proof_in
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.models import Held, Receipt
from shanzhi.cases.residents import schemas as own
from shanzhi.cases.residents import services
from shanzhi.cases.residents.alike import alike
from shanzhi.cases.residents.choosing import COMPLAINT, kind_for, offered
from shanzhi.cases.residents.gate import Gate
from shanzhi.cases.residents.holding import Holder
from shanzhi.cases.residents.places import Village, village_get
from shanzhi.cases.schemas import degrees
from shanzhi.cases.services import Report
from shanzhi.cases.suggesting.duplicates import Matter
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.cases.taking.following import StillHeld, receipt_found, told, waiting
from shanzhi.cases.taking.paper import follow_page
from shanzhi.cases.taking.secrets import secret_shown
from shanzhi.lib.errors import Invalid, NotFound, TooMany

router = Router()
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
WRONG: dict[Any, Any] = dict.fromkeys((400, 403, 404, 409, 413, 422, 429), Problem)
MADE: dict[Any, Any] = {201: own.PublicReceiptOut, **WRONG}
HELD: dict[Any, Any] = {200: own.HeldOut, **WRONG}


@router.post("/public/reports", response=MADE, summary="Report without an account")
@operation(PUBLIC)
def public_report(request: HttpRequest, county: Path[int], body: own.PublicReportIn, key: Key = None) -> Any:
    """A case and its receipt. The same `Idempotency-Key` gives the same receipt; without one each call is a case."""
    village = village_get(body.village)
    kinds = offered(kinds_now())
    if body.kind == COMPLAINT:
        raise Invalid("投诉请用投诉的接口。", code="invalid", fields={"kind": ["投诉请用投诉的接口。"]})
    report = Report(
        body=body.body, kind=body.kind or kind_for(body.body, kinds), place=body.place, lon=degrees(body.lon),
        lat=degrees(body.lat), accuracy=body.accuracy, urgent=body.urgent, source=Source.RESIDENT,
        answers=body.answers,
    )  # fmt: skip
    try:
        made = services.public_report(
            gate=Gate(request), report=report, area=_place(village, body.grid), contact=_contact(body.contact), key=key,
            at=timezone.now(), proof=_proof(body),
        )  # fmt: skip
    except ProofNeeded as error:  # answered, not raised: a proof that was wrong has to stay used up
        return problem_of(error)
    return Status(201, _receipt(request, made))


def _place(village: Village, code: str) -> Area:
    found = village.place(code)
    if found is None:
        sentence = "这个村没有这个网格，说不准就不填。"
        raise Invalid(sentence, code="area_unknown", fields={"grid": [sentence]})
    return found


def _contact(given: own.PublicContactIn | None) -> ContactIn | None:
    if given is None:
        return None
    contact = ContactIn(given.name, given.phone, given.wants_reply)
    return contact if contact.is_given else None


def _proof(body: own.ProvedIn) -> Proof:
    return proof_in(body.proof.dict() if body.proof is not None else None)


def _receipt(request: HttpRequest, made: Receipt | Held) -> own.PublicReceiptOut:
    number = made.case.number if made.case is not None else ""
    page = follow_page(request, made.county_id)
    return own.PublicReceiptOut(number=number, secret=secret_shown(made.secret), page=page)


@router.post(
    "/public/alike", response={200: list[own.PublicAlikeOut], **WRONG}, summary="What was probably reported before"
)
@operation(PUBLIC)
def public_alike(request: HttpRequest, county: Path[int], body: own.PublicAlikeIn) -> list[own.PublicAlikeOut]:
    """At most three open, public matters of the village. A POST although it only reads: no text in an address."""
    place = _place(village_get(body.village), body.grid)
    matter = Matter(body.body, place, body.kind, degrees(body.lon), degrees(body.lat))
    return [own.PublicAlikeOut.of(one) for one in alike(matter, at=timezone.now())]


@router.post("/public/joins", response=MADE, summary="Join what was reported already")
@operation(PUBLIC)
def public_join(request: HttpRequest, county: Path[int], body: own.PublicJoinIn, key: Key = None) -> Any:
    """A receipt of one's own, which follows and adds, but does not rate."""
    try:
        receipt = services.public_join(
            gate=Gate(request), village=village_get(body.village).area, number=body.number, phone=body.phone, key=key,
            at=timezone.now(), proof=_proof(body),
        )  # fmt: skip
    except ProofNeeded as error:
        return problem_of(error)
    return Status(201, _receipt(request, receipt))


@router.post("/public/complaints", response=MADE, summary="Complain about the service")
@operation(PUBLIC)
def public_complain(request: HttpRequest, county: Path[int], body: own.PublicComplaintIn, key: Key = None) -> Any:
    """A case at the level above, which those complained about don't see."""
    village = village_get(body.village)
    try:
        receipt = services.public_complain(
            gate=Gate(request), against=village.township if body.level == "township" else village.area, text=body.body,
            about="", contact=_contact(body.contact), key=key, at=timezone.now(), proof=_proof(body),
        )  # fmt: skip
    except ProofNeeded as error:
        return problem_of(error)
    return Status(201, _receipt(request, receipt))


def _held(request: HttpRequest, body: own.HolderIn) -> Holder:
    """The receipt of this secret; a wrong one is counted, and what was counted stays (see `_counted`)."""
    address = counted_ip(request) or ""
    return Holder(receipt_found(number=body.number, secret=body.secret, address=address, at=timezone.now()))


def _told(holder: Holder) -> own.HeldOut:
    fresh = Holder(holder.receipt)
    return own.HeldOut.held(fresh, told(fresh.case, own=fresh.is_reporter))


@router.post("/public/followed", response=HELD, summary="Follow a receipt and see what its holder may do")
@operation(PUBLIC)
def public_follow(request: HttpRequest, county: Path[int], body: own.HolderIn) -> Any:
    """As /follow, with the holder's own words, what staff wrote for them, and the version."""
    try:
        return _told(_held(request, body))
    except StillHeld as error:
        return own.HeldOut.waiting(waiting(error.held))
    except (NotFound, TooMany) as error:  # answered, not raised: what was counted has to stay
        return problem_of(error)


@router.post("/public/additions", response=HELD, summary="Add to a matter by its receipt")
@operation(PUBLIC)
def public_add(request: HttpRequest, county: Path[int], body: own.PublicAddIn, key: Key = None) -> Any:
    """Words beside the turn; refused after the end."""
    try:
        holder = _held(request, body)
        services.holder_add(
            gate=Gate(request), holder=holder, text=body.text, key=key, at=timezone.now(), proof=_proof(body)
        )
    except (NotFound, TooMany, ProofNeeded) as error:
        return problem_of(error)
    return _told(holder)


@router.post("/public/ratings", response=HELD, summary="Rate a matter by its receipt")
@operation(PUBLIC)
def public_rate(request: HttpRequest, county: Path[int], body: own.PublicRateIn, key: Key = None) -> Any:
    """Satisfied closes it; not satisfied, with a reason, sends it back."""
    try:
        holder = _held(request, body)
        services.holder_rate(
            gate=Gate(request), holder=holder, satisfied=body.satisfied, text=body.text, version=body.version, key=key,
            at=timezone.now(), proof=_proof(body),
        )  # fmt: skip
    except (NotFound, TooMany, ProofNeeded) as error:
        return problem_of(error)
    return _told(holder)


@router.post("/public/reopenings", response=HELD, summary="Say that it is not solved, once")
@operation(PUBLIC)
def public_reopen(request: HttpRequest, county: Path[int], body: own.PublicReopenIn, key: Key = None) -> Any:
    """After it was closed: it is arranged anew."""
    try:
        holder = _held(request, body)
        services.holder_reopen(
            gate=Gate(request), holder=holder, text=body.text, version=body.version, key=key, at=timezone.now(),
            proof=_proof(body),
        )  # fmt: skip
    except (NotFound, TooMany, ProofNeeded) as error:
        return problem_of(error)
    return _told(holder)
