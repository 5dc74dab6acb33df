"""Visits for programs, by the services of the pages."""

from datetime import date
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Status

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.lib.errors import Invalid
from shanzhi.people.operations import AreaCode, Key, Number
from shanzhi.people.selectors import area_for
from shanzhi.visits import schemas
from shanzhi.visits.permissions import COUNTS, MAKE
from shanzhi.visits.planning import person_page
from shanzhi.visits.selectors import MadeFilter, counts_of, made_page, period, visit_get_for
from shanzhi.visits.services import visit_make

router = Router()
WRONG: Final = "日期要在 2000 年到 2099 年之间，开始的不晚于结束的，请核对。"
Text = Annotated[str, Query(max_length=20)]


@router.get("/visits/planned", response={200: schemas.VisitPersonListOut, **REFUSALS}, operation_id="visit_planned")
@operation(MAKE)
def planned(request: HttpRequest, county: Path[int], state: Text = "due", after: After = "") -> Any:
    """Whom the caller is to visit: due (within a week) or all; the most urgent first, 50 a page."""
    page = person_page(actor_of(request), state=state, today=timezone.localdate(), cursor=after)
    return schemas.VisitPersonListOut(
        items=[schemas.VisitPersonOut.of(one) for one in page.rows], next=page.next_cursor
    )  # fmt: skip


@router.get("/visits", response={200: schemas.VisitListOut, **REFUSALS}, operation_id="visit_list")
@operation(MAKE)
def made(
    request: HttpRequest, county: Path[int], outcome: Text = "", first: date | None = None, last: date | None = None,
    mine: bool = False, after: After = "",
) -> Any:  # fmt: skip
    """Visits of groups that the caller may see, the newest first, 50 a page."""
    page = made_page(actor_of(request), MadeFilter(None, outcome, first, last, mine), cursor=after)
    return schemas.VisitListOut(items=[schemas.VisitOut.of(one) for one in page.rows], next=page.next_cursor)


@router.post(
    "/visits/planned/{int:visited_id}", response={201: schemas.VisitOut, **WRITE_REFUSALS}, operation_id="visit_make"
)
@operation(MAKE, object=True)
def make(request: HttpRequest, county: Path[int], visited_id: Number, body: schemas.VisitIn, key: Key = None) -> Any:
    """Write a visit to this resident down, for every group for which the caller is to see them."""
    actor = actor_of(request)
    row = visit_make(actor=actor, resident=visited_id, found=body.found(), key=key, at=timezone.now())
    return Status(201, schemas.VisitOut.of(visit_get_for(actor, row.id)))


@router.get("/visits/counts", response={200: schemas.VisitCountsOut, **REFUSALS, 422: WRITE_REFUSALS[422]},
            operation_id="visit_counts")  # fmt: skip
@operation(COUNTS)
def counts(
    request: HttpRequest, county: Path[int], area: AreaCode = "", first: date | None = None, last: date | None = None
) -> Any:
    """Of a place and those directly below it; without days, the last thirty."""
    actor, today = actor_of(request), timezone.localdate()
    days = period(first, last, today)
    if days is None:
        raise Invalid(WRONG, code="days", fields={"first": [WRONG]})
    found = counts_of(actor, area_for(actor, area, COUNTS), *days, today)
    return schemas.VisitCountsOut.of(found, *days)
