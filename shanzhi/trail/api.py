"""The trail through the API, for the audit administrator. Starting a verification is `POST trail/checks` of jobs."""

from datetime import UTC, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import AwareDatetime

from shanzhi.access.api import REFUSALS, After, Problem, actor_of, operation
from shanzhi.access.pages import not_found
from shanzhi.trail.permissions import VIEW
from shanzhi.trail.schemas import CheckOut, EntryListOut, SealListOut, SealOut
from shanzhi.trail.selectors import EntryFilter, entry_page_for, last_check_for, seal_get_for, seal_page_for

router = Router(tags=["trail"])
READS: dict[int, Any] = {**REFUSALS, 422: Problem}
Moment = Annotated[
    AwareDatetime | None, Query(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))
]
Code = Annotated[str, Query(pattern=r"^[a-z0-9_.]{0,80}$")]
Id = Annotated[str | None, Query(pattern=r"^\d{1,19}$")]


@router.get("trail/entries", response={200: EntryListOut, **READS}, operation_id="trail_entry_list")
@operation(VIEW)
def entry_list(
    request: HttpRequest,
    county: Path[int],
    since: Moment = None,
    until: Moment = None,
    actor_id: Id = None,
    code: Code = "",
    object_type: Code = "",
    object_id: Id = None,
    after: After = "",
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """Entries, newest first: `since` ≤ time < `until`, by person, act or object."""
    wanted = EntryFilter(
        since=since,
        until=until,
        actor_id=int(actor_id) if actor_id else None,
        code=code,
        object_type=object_type,
        object_id=int(object_id) if object_id else None,
    )
    return EntryListOut.of(entry_page_for(actor_of(request), wanted, cursor=after, size=size))


@router.get("trail/seals", response={200: SealListOut, **READS}, operation_id="trail_seal_list")
@operation(VIEW)
def seal_list(
    request: HttpRequest,
    county: Path[int],
    after: After = "",
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """Seals, newest first."""
    return SealListOut.of(seal_page_for(actor_of(request), cursor=after, size=size))


@router.get("trail/seals/{int:number}", response={200: SealOut, **READS}, operation_id="trail_seal_get")
@operation(VIEW)
def seal_get(request: HttpRequest, county: Path[int], number: int) -> Any:
    """One seal by its number."""
    return SealOut.of(seal_get_for(actor_of(request), number))


@router.get("trail/checks/latest", response={200: CheckOut, **READS}, operation_id="trail_check_latest")
@operation(VIEW)
def check_latest(request: HttpRequest, county: Path[int]) -> Any:
    """The last finished verification; 404 before the first one."""
    check = last_check_for(actor_of(request))
    if check is None:
        raise not_found()
    return CheckOut.of(check)
