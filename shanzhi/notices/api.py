"""One's own notices through the API."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from shanzhi.access.api import WRITE_REFUSALS, After, actor_of, operation
from shanzhi.access.permissions import SELF
from shanzhi.notices.schemas import NoticeListOut, NoticeOut, ReadAllIn, ReadAllOut
from shanzhi.notices.selectors import notice_page_for, unread_count
from shanzhi.notices.services import notice_read, notice_read_all

router = Router(tags=["notices"])


@router.get("notices", response={200: NoticeListOut, **WRITE_REFUSALS}, operation_id="notice_list")
@operation(SELF)
def notice_list(
    request: HttpRequest,
    county: Path[int],
    unread: bool = False,
    after: After = "",
    size: Annotated[int, Query(ge=1, le=100)] = 30,
) -> Any:
    """One's own notices, newest first."""
    actor = actor_of(request)
    page = notice_page_for(actor=actor, unread=unread, cursor=after, size=size)
    return NoticeListOut.of(page, unread_count(actor=actor))


@router.post("notices/{int:notice_id}/reads", response={200: NoticeOut, **WRITE_REFUSALS}, operation_id="notice_read")
@operation(SELF, object=True)
def read_create(request: HttpRequest, county: Path[int], notice_id: int) -> Any:
    """Mark one of one's own notices as read; once more does no harm."""
    return NoticeOut.of(notice_read(actor=actor_of(request), notice_id=notice_id))


@router.post("notices/reads", response={200: ReadAllOut, **WRITE_REFUSALS}, operation_id="notice_read_all")
@operation(SELF)
def read_all_create(request: HttpRequest, county: Path[int], body: ReadAllIn) -> Any:
    """Mark everything up to the newest notice that the person saw as read."""
    return ReadAllOut(read=notice_read_all(actor=actor_of(request), up_to=int(body.up_to)))
