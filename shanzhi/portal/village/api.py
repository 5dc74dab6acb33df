"""Villages and their public cases for programs; open to everybody, the same selectors as the pages."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from shanzhi.access.api import Problem, operation
from shanzhi.access.permissions import PUBLIC
from shanzhi.areas.selectors import grids_of
from shanzhi.cases.selectors import capped_counts
from shanzhi.portal.village import schemas
from shanzhi.portal.village.cases import CLOSED, OPEN, Wanted, public_case, public_cases
from shanzhi.portal.village.listing import public_kinds, wanted_of
from shanzhi.portal.village.places import staff_of, village_get
from shanzhi.tenancy.keyset import page_of

router = Router()
Code = Annotated[str, Path(pattern=r"^\d{12}$")]
Number = Annotated[str, Path(pattern=r"^\d{4}-\d{4,9}$")]
REFUSALS = {404: Problem, 422: Problem}


@router.get(
    "public/villages/{code}", response={200: schemas.PublicVillageOut, **REFUSALS}, auth=None,
    operation_id="public_village", summary="A village",
)  # fmt: skip
@operation(PUBLIC)
def village(request: HttpRequest, county: Path[int], code: Code) -> schemas.PublicVillageOut:
    """Who works in its grids, and how many public cases there are."""
    area, at = village_get(code), timezone.now()
    counts = capped_counts({state: public_cases(area, Wanted(state=state)) for state in (OPEN, CLOSED)})
    return schemas.PublicVillageOut.of(area, staff_of(area, at=at), counts, at)


@router.get(
    "public/villages/{code}/cases", response={200: schemas.PublicCaseListOut, **REFUSALS}, auth=None,
    operation_id="public_village_cases", summary="Public cases of a village",
)  # fmt: skip
@operation(PUBLIC)
def village_cases(
    request: HttpRequest, county: Path[int], code: Code, query: Query[schemas.PublicListQuery]
) -> schemas.PublicCaseListOut:
    """What is public of a village, in keyset order: follow `next` and `previous`. Rejected ones are not listed."""
    area = village_get(code)
    wanted = wanted_of(
        area, public_kinds(), list(grids_of(area)), timezone.now(), state=query.state, kind=query.kind,
        grid=query.grid, month=query.month, text=query.q, sort=query.sort,
    )  # fmt: skip
    page = page_of(public_cases(area, wanted), wanted.order, cursor=query.cursor, size=query.limit)
    items = [schemas.PublicCaseOut.of(case) for case in page.rows]
    return schemas.PublicCaseListOut(items=items, next=page.next_cursor or "", previous=page.previous_cursor or "")


@router.get(
    "public/cases/{number}", response={200: schemas.PublicCaseDetailOut, **REFUSALS}, auth=None,
    operation_id="public_case", summary="One public case",
)  # fmt: skip
@operation(PUBLIC)
def case(request: HttpRequest, county: Path[int], number: Number) -> schemas.PublicCaseDetailOut:
    """A merged one answers as the case that it went into, whose `number` it then has; private kinds do not exist."""
    return schemas.PublicCaseDetailOut.detail(public_case(number))
