"""Cases for programs: the same selectors, guards and services as the pages."""

from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Query, Router, Status
from pydantic import StringConstraints

from shanzhi.access.actor import Actor
from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, Problem, actor_of, operation
from shanzhi.access.permissions import SELF
from shanzhi.cases import permissions, schemas, services
from shanzhi.cases.acts import Act, require
from shanzhi.cases.catalogue import Source
from shanzhi.cases.colleagues import colleagues
from shanzhi.cases.covering import story_of
from shanzhi.cases.forms import SPECS, ActSpec
from shanzhi.cases.forms.specs_deciding import area_of
from shanzhi.cases.models import Case
from shanzhi.cases.rates.periods import midnight
from shanzhi.cases.schemas_more import ColleagueOut
from shanzhi.cases.selectors import (
    CaseFilter,
    Tab,
    case_get_for,
    case_list_for,
    report_area_get,
)
from shanzhi.cases.services import case_act
from shanzhi.lib.errors import DomainError, Invalid
from shanzhi.tenancy.keyset import page_of

router = Router()
Number = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{4,9}$")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
READ: dict[Any, Any] = {200: schemas.CaseDetailOut, **REFUSALS}
WRITE: dict[Any, Any] = {200: schemas.CaseDetailOut, **WRITE_REFUSALS}


def _detail(actor: Actor, case: Case, *, photos: bool = True) -> schemas.CaseDetailOut:
    """`photos` is False only where there can be none: then nobody looks for them."""
    story = story_of(actor, case, photos=photos)
    return schemas.CaseDetailOut.detail(case, story.steps, story.photos, actor)


@router.get("/cases", response={200: schemas.CaseListOut, **REFUSALS, 422: Problem}, summary="List cases")
@operation(SELF)
def case_list(request: HttpRequest, county: Path[int], query: Query[schemas.ListQuery]) -> schemas.CaseListOut:
    """Cases of a tab in the caller's scope, 50 a page, in keyset order: follow `next` and `previous`."""
    actor = actor_of(request)
    actor.require(permissions.OWN if query.tab == Tab.REPORTED else permissions.VIEW)
    wanted = CaseFilter(
        tab=query.tab, query=query.q, states=query.state, kinds=query.kind, sources=query.source,
        area=area_of(query.area) if query.area else None, urgent=query.urgent,
        received_from=schemas.aware(query.received_from, "received_from"),
        received_before=schemas.aware(query.received_before, "received_before"), sort=query.sort, figure=query.figure,
        figure_from=midnight(query.figure_from) if query.figure_from else None,
        figure_before=midnight(query.figure_to + timedelta(days=1)) if query.figure_to else None,
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
        body=body.body, kind=body.kind, title=body.title, place=body.place, lon=schemas.degrees(body.lon),
        lat=schemas.degrees(body.lat), accuracy=body.accuracy, urgent=body.urgent, source=Source.API,
        solved=body.solved, occurred_at=schemas.aware(body.occurred_at, "occurred_at"),
        photo_ids=[int(number) for number in body.photos], answers=body.answers,
    )  # fmt: skip
    case = services.case_report(actor=actor, report=report, area=_report_area(actor, body.area), key=key)
    return Status(201, _detail(actor, case, photos=bool(body.photos) or case.version > 1))


@router.get("/cases/{number}", response=READ, summary="One case")
@operation(SELF, object=True)
def case_read(request: HttpRequest, county: Path[int], number: Number) -> schemas.CaseDetailOut:
    """A case with its steps and what the caller may do now."""
    actor = actor_of(request)
    return _detail(actor, case_get_for(actor, number))


def _act(spec: ActSpec) -> None:
    """The operation of one act, made from how it looks from outside."""
    body_type = spec.body

    def view(
        request: HttpRequest,
        county: Path[int],
        number: Number,
        body: body_type,  # type: ignore[valid-type]
        key: Key = None,
    ) -> schemas.CaseDetailOut:
        actor = actor_of(request)
        case = case_get_for(actor, number)
        actor.require(spec.act.permission)
        version = body.version if spec.takes_version else None  # type: ignore[attr-defined]
        try:
            arguments = spec.arguments_of(actor, case, body)
        except Invalid:
            require(actor, case, spec.act)  # nobody is told how to mend what they may not do
            raise
        case_act(actor=actor, case=case, act=spec.act, version=version, key=key, **arguments)
        return _again(actor, number)

    view.__name__ = f"case_{spec.act.value}"
    view.__doc__ = spec.summary
    guarded_view = operation(spec.act.permission, object=True)(view)
    router.post(f"/cases/{{number}}/{spec.resource}", response=WRITE, summary=spec.act.value.capitalize())(guarded_view)


for _spec in SPECS.values():
    _act(_spec)


@router.get(
    "/cases/{number}/colleagues", response={200: list[ColleagueOut], **REFUSALS}, summary="Colleagues for a note"
)
@operation(permissions.NOTE, object=True)
def case_colleagues(
    request: HttpRequest, county: Path[int], number: Number, who: Annotated[str, Query(max_length=40)] = ""
) -> list[ColleagueOut]:
    """At most ten colleagues who see the case and whose name holds `who`."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    actor.require(permissions.NOTE)
    require(actor, case, Act.NOTE)
    found = colleagues(actor, case, who.replace("\x00", ""), at=timezone.now())
    return [ColleagueOut(id=str(one.user_id), name=one.name, label=one.label) for one in found]


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
