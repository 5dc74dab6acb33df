"""One's own notices and settings through the API, and the system administrator's log of what left the house."""

from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Path, Query, Router

from shanzhi.access.actor import Actor
from shanzhi.access.api import WRITE_REFUSALS, After, actor_of, operation
from shanzhi.access.permissions import SELF
from shanzhi.notices.models import Preference
from shanzhi.notices.permissions import LOG
from shanzhi.notices.schemas import (
    DeliveryListOut,
    DeliveryOut,
    NoticeListOut,
    NoticeOut,
    PreferenceIn,
    PreferenceOut,
    ReadAllIn,
    ReadAllOut,
)
from shanzhi.notices.selectors import notice_page_for, unread_count
from shanzhi.notices.selectors.deliveries import LogFilter, delivery_page_for, line_of
from shanzhi.notices.selectors.preferences import addresses_of, preference_of
from shanzhi.notices.services import delivery_retry, notice_read, notice_read_all, preference_save

router = Router(tags=["notices"])
STATES_WORDS: Final = "queued, retrying, sending, sent, failed or skipped; without it everything but skipped"


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


def _preference_out(actor: Actor, preference: Preference) -> PreferenceOut:
    proved = {channel: row.masked for channel, row in addresses_of(actor=actor).items() if row.verified_at}
    return PreferenceOut.of(preference, proved)


@router.get(
    "notices/preferences", response={200: PreferenceOut, **WRITE_REFUSALS}, operation_id="notice_preference_get"
)
@operation(SELF)
def preference_get(request: HttpRequest, county: Path[int]) -> Any:
    """What reaches the caller through which channel, and when not."""
    actor = actor_of(request)
    return _preference_out(actor, preference_of(actor=actor))


@router.put(
    "notices/preferences", response={200: PreferenceOut, **WRITE_REFUSALS}, operation_id="notice_preference_put"
)
@operation(SELF)
def preference_put(request: HttpRequest, county: Path[int], body: PreferenceIn) -> Any:
    """Save it, at the version that was read (409 if it changed since). Topics that are not named stay as they are."""
    actor, (begins, ends) = actor_of(request), body.hours
    saved = preference_save(
        actor=actor, version=body.version, on=body.switches(), quiet=body.quiet, quiet_from=begins, quiet_to=ends
    )
    return _preference_out(actor, saved)


@router.get("notices/deliveries", response={200: DeliveryListOut, **WRITE_REFUSALS}, operation_id="delivery_list")
@operation(LOG)
def delivery_list(
    request: HttpRequest,
    county: Path[int],
    channel: Annotated[str, Query(max_length=12)] = "",
    state: Annotated[str, Query(max_length=12, description=STATES_WORDS)] = "",
    after: After = "",
    size: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Any:
    """What was sent through other channels, failed or was left out, newest first; no words, addresses masked."""
    wanted = LogFilter(channel=channel, state=state)
    return DeliveryListOut.of(delivery_page_for(actor=actor_of(request), wanted=wanted, cursor=after, size=size))


@router.post(
    "notices/deliveries/{int:delivery_id}/retries",
    response={200: DeliveryOut, **WRITE_REFUSALS},
    operation_id="delivery_retry",
)
@operation(LOG, object=True)
def retry_create(request: HttpRequest, county: Path[int], delivery_id: int) -> Any:
    """Try once more what was given up; 409 for anything else."""
    return DeliveryOut.of(line_of(delivery_retry(actor=actor_of(request), delivery_id=delivery_id)))
