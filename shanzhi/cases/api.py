"""Cases for programs: the same selectors, guards and services as the pages."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Query, Router, Status
from pydantic import StringConstraints

from shanzhi.access.actor import Actor
from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, Problem, actor_of, operation
from shanzhi.access.permissions import SELF
from shanzhi.areas.selectors import area_get, unit_get
from shanzhi.cases import permissions, schemas, services
from shanzhi.cases.catalogue import Source
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import (
    CaseFilter,
    Tab,
    case_get_for,
    case_list_for,
    report_area_get,
    steps_of,
)
from shanzhi.files.selectors import photo_strip
from shanzhi.lib.errors import DomainError, Invalid
from shanzhi.tenancy.keyset import page_of

router = Router()
Number = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{4,9}$")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
READ: dict[Any, Any] = {200: schemas.CaseDetailOut, **REFUSALS}
WRITE: dict[Any, Any] = {200: schemas.CaseDetailOut, **WRITE_REFUSALS}


def _detail(actor: Actor, case: Case, *, photos: bool = True) -> schemas.CaseDetailOut:
    """`photos` is False only where there can be none: then nobody looks for them."""
    steps = steps_of(case)
    strips = photo_strip("cases.step", [step.id for step in steps] if photos else [])
    return schemas.CaseDetailOut.detail(case, steps, strips, actor)


@router.get("/cases", response={200: schemas.CaseListOut, **REFUSALS, 422: Problem}, summary="List cases")
@operation(SELF)
def case_list(request: HttpRequest, county: Path[int], query: Query[schemas.ListQuery]) -> schemas.CaseListOut:
    """Cases of a tab in the caller's scope, 50 a page, in keyset order: follow `next` and `previous`."""
    actor = actor_of(request)
    actor.require(permissions.OWN if query.tab == Tab.REPORTED else permissions.VIEW)
    wanted = CaseFilter(
        tab=query.tab, query=query.q, states=query.state, categories=query.category, sources=query.source,
        area=_area_of(query.area, "area") if query.area else None, urgent=query.urgent,
        received_from=schemas.aware(query.received_from, "received_from"),
        received_before=schemas.aware(query.received_before, "received_before"), sort=query.sort,
    )  # fmt: skip
    rows = case_list_for(actor, wanted, now=timezone.now()).select_related("area", "turn_area", "turn_unit")
    page = page_of(rows, wanted.order, cursor=query.cursor, size=query.limit)
    items = [schemas.CaseOut.of(case) for case in page.rows]
    return schemas.CaseListOut(items=items, next=page.next_cursor or "", previous=page.previous_cursor or "")


@router.post("/cases", response={201: schemas.CaseDetailOut, **WRITE_REFUSALS}, summary="Report a case")
@operation(permissions.REPORT)
def case_report(request: HttpRequest, county: Path[int], body: schemas.ReportIn, key: Key = None) -> Any:
    """Report at an area of the caller's scope. The same `Idempotency-Key` gives the same case again."""
    actor = actor_of(request)
    report = services.Report(
        body=body.body, category=body.category, title=body.title, place=body.place, lon=schemas.degrees(body.lon),
        lat=schemas.degrees(body.lat), accuracy=body.accuracy, urgent=body.urgent, source=Source.API,
        solved=body.solved, occurred_at=schemas.aware(body.occurred_at, "occurred_at"),
        photo_ids=[int(number) for number in body.photos],
    )  # fmt: skip
    case = services.case_report(actor=actor, report=report, area=_report_area(actor, body.area), key=key)
    return Status(201, _detail(actor, case, photos=bool(body.photos) or case.version > 1))


@router.get("/cases/{number}", response=READ, summary="One case")
@operation(SELF, object=True)
def case_read(request: HttpRequest, county: Path[int], number: Number) -> schemas.CaseDetailOut:
    """A case with its steps and what the caller may do now."""
    actor = actor_of(request)
    return _detail(actor, case_get_for(actor, number))


@router.post("/cases/{number}/acceptances", response=WRITE, summary="Accept")
@operation(permissions.ACCEPT, object=True)
def case_accept(
    request: HttpRequest, county: Path[int], number: Number, body: schemas.ActIn, key: Key = None
) -> schemas.CaseDetailOut:
    """The level in charge takes the case on."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    services.case_accept(actor=actor, case=case, version=body.version, text=body.text, key=key)
    return _again(actor, number)


@router.post("/cases/{number}/rejections", response=WRITE, summary="Reject")
@operation(permissions.REJECT, object=True)
def case_reject(
    request: HttpRequest, county: Path[int], number: Number, body: schemas.ActIn, key: Key = None
) -> schemas.CaseDetailOut:
    """The level in charge does not take it on; `text` says why."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    services.case_reject(actor=actor, case=case, version=body.version, text=body.text, key=key)
    return _again(actor, number)


@router.post("/cases/{number}/dispatches", response=WRITE, summary="Dispatch")
@operation(permissions.DISPATCH, object=True)
def case_dispatch(
    request: HttpRequest, county: Path[int], number: Number, body: schemas.DispatchIn, key: Key = None
) -> schemas.CaseDetailOut:
    """Give it to a grid, a lower level or a unit of the level in charge, with a time limit."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    actor.require(permissions.DISPATCH)
    services.case_dispatch(
        actor=actor, case=case, version=body.version, area=_area_of(body.area, "area") if body.area else None,
        unit=_unit_of(body.unit) if body.unit else None, hours=body.hours, text=body.text, key=key,
    )  # fmt: skip
    return _again(actor, number)


@router.post("/cases/{number}/starts", response=WRITE, summary="Take up")
@operation(permissions.HANDLE, object=True)
def case_start(
    request: HttpRequest, county: Path[int], number: Number, body: schemas.ActIn, key: Key = None
) -> schemas.CaseDetailOut:
    """The handler takes it up; the time limit runs on."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    services.case_start(actor=actor, case=case, version=body.version, text=body.text, key=key)
    return _again(actor, number)


@router.post("/cases/{number}/handlings", response=WRITE, summary="Handled")
@operation(permissions.HANDLE, object=True)
def case_handle(
    request: HttpRequest, county: Path[int], number: Number, body: schemas.HandleIn, key: Key = None
) -> schemas.CaseDetailOut:
    """Whoever has the turn says what was done."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    photos = [int(photo) for photo in body.photos]
    services.case_handle(actor=actor, case=case, version=body.version, text=body.text, photo_ids=photos, key=key)
    return _again(actor, number)


@router.post("/cases/{number}/returns", response=WRITE, summary="Return one step")
@operation(permissions.RETURN, object=True)
def case_return(
    request: HttpRequest, county: Path[int], number: Number, body: schemas.ActIn, key: Key = None
) -> schemas.CaseDetailOut:
    """One step back, with a reason."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    services.case_return(actor=actor, case=case, version=body.version, text=body.text, key=key)
    return _again(actor, number)


@router.post("/cases/{number}/escalations", response=WRITE, summary="Escalate")
@operation(permissions.ESCALATE, object=True)
def case_escalate(
    request: HttpRequest, county: Path[int], number: Number, body: schemas.ActIn, key: Key = None
) -> schemas.CaseDetailOut:
    """Ask the level above to take over; `text` says why."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    services.case_escalate(actor=actor, case=case, version=body.version, text=body.text, key=key)
    return _again(actor, number)


@router.post("/cases/{number}/verifications", response=WRITE, summary="Verify")
@operation(permissions.VERIFY, object=True)
def case_verify(
    request: HttpRequest, county: Path[int], number: Number, body: schemas.ActIn, key: Key = None
) -> schemas.CaseDetailOut:
    """The level in charge finds it handled."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    services.case_verify(actor=actor, case=case, version=body.version, text=body.text, key=key)
    return _again(actor, number)


@router.post("/cases/{number}/closures", response=WRITE, summary="Close")
@operation(permissions.CLOSE, object=True)
def case_close(
    request: HttpRequest, county: Path[int], number: Number, body: schemas.CloseIn, key: Key = None
) -> schemas.CaseDetailOut:
    """Close it; the reporter may rate. Not satisfied sends it back to the level in charge, with a reason."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    services.case_close(actor=actor, case=case, version=body.version, satisfied=body.satisfied, text=body.text, key=key)
    return _again(actor, number)


def _again(actor: Actor, number: str) -> schemas.CaseDetailOut:
    """As it is now: names of a new owner or handler included."""
    return _detail(actor, case_get_for(actor, number))


def _report_area(actor: Actor, code: str) -> Any:
    try:
        return report_area_get(actor, code)
    except DomainError as error:
        if error.code != "area_unknown":
            raise
        raise Invalid(error.message, code="area_unknown", fields={"area": [error.message]}) from None


def _area_of(code: str, name: str) -> Any:
    try:
        return area_get(code)
    except DomainError as error:
        raise Invalid(error.message, code="area_unknown", fields={name: [error.message]}) from None


def _unit_of(code: str) -> Any:
    try:
        return unit_get(code)
    except DomainError as error:
        raise Invalid(error.message, code="unit_unknown", fields={"unit": [error.message]}) from None
