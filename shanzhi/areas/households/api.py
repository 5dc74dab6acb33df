"""Households of places through the API: the same selectors and service as the pages."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Header, Path, Query, Router, Status

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.areas.households import schemas
from shanzhi.areas.households.pasting import Row
from shanzhi.areas.households.selectors import household_page_for, lines_of
from shanzhi.areas.households.services import households_state
from shanzhi.areas.models import Area
from shanzhi.areas.permissions import MANAGE, VIEW
from shanzhi.areas.selectors import AreaFilter

router = Router(tags=["areas"])
READ: dict[int, Any] = {**REFUSALS, 422: WRITE_REFUSALS[422]}
County = Path[int]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
STATE = Literal["", "stated", "missing", "outdated"]


@router.get("areas/households", response={200: schemas.HouseholdsListOut, **READ}, operation_id="household_list")
@operation(VIEW)
def household_list(
    request: HttpRequest,
    county: County,
    level: Area.Level = Area.Level.GRID,
    township: Annotated[str, Query(pattern=r"^(\d{12})?$")] = "",
    q: Annotated[str, Query(max_length=60)] = "",
    state: STATE = "",
    after: After = "",
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """How many households the places of a level have, of those that the caller sees."""
    wanted = AreaFilter(text=q.strip(), level=level, township=township)
    page = household_page_for(actor_of(request), wanted, state, cursor=after, size=size)
    items = [schemas.HouseholdsOut.of(line) for line in lines_of(page.rows)]
    return schemas.HouseholdsListOut(items=items, next=page.next_cursor)


@router.post("areas/households", response={201: schemas.StatedOut, **WRITE_REFUSALS}, operation_id="household_state")
@operation(MANAGE)
def household_state(
    request: HttpRequest, county: County, body: schemas.StatementIn, key: Key = None
) -> Status[schemas.StatedOut]:
    """State the numbers of many places as of a day, all or none; each wrong row is named by its place in the list."""
    rows = [Row(number, row.code, row.number) for number, row in enumerate(body.rows, 1)]
    done = households_state(actor=actor_of(request), rows=rows, on=body.on, source=body.source, key=key)
    return Status(201, schemas.StatedOut(stated=len(done.rows), same=done.same))
