"""Care groups, whole numbers for a purpose, looks and requests, for programs."""

from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Status

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.people import schemas_rights as schemas
from shanzhi.people import services
from shanzhi.people.operations import AreaCode, Key, Number, router
from shanzhi.people.permissions import CARE, REVEAL, RIGHTS, VIEW
from shanzhi.people.selectors import area_for, resident_get_for
from shanzhi.people.selectors.care import (
    group_counts,
    group_get_for,
    member_page,
    membership_get_for,
    memberships_of,
)
from shanzhi.people.selectors.rights import look_page, request_get_for, request_page

CARED: Final[dict[int, Any]] = {200: schemas.PeopleCareOut, **WRITE_REFUSALS}
ASKED: Final[dict[int, Any]] = {200: schemas.PeopleRequestOut, **WRITE_REFUSALS}


@router.get("people/care", response={200: schemas.PeopleGroupListOut, **REFUSALS}, operation_id="people_groups")
@operation(CARE)
def groups(request: HttpRequest, county: Path[int], area: AreaCode = "") -> Any:
    """The groups that the caller may see, with how many people there are and how many visits are late."""
    actor = actor_of(request)
    rows = group_counts(actor, area_for(actor, area, CARE), timezone.localdate())
    return schemas.PeopleGroupListOut(items=[schemas.PeopleGroupOut.of(one) for one in rows])


@router.get(
    "people/care/{slug:group}", response={200: schemas.PeopleGroupMemberListOut, **REFUSALS},
    operation_id="people_group",
)  # fmt: skip
@operation(CARE)
def group(
    request: HttpRequest, county: Path[int], group: str, area: AreaCode = "",
    state: Annotated[str, Query(max_length=10)] = "open", after: After = "",
) -> Any:  # fmt: skip
    """Who is in a group at a place: open, due (within a week) or ended; 50 a page."""
    actor = actor_of(request)
    known = group_get_for(actor, group)
    place = area_for(actor, area, CARE)
    page = member_page(actor, known, place, state=state, today=timezone.localdate(), cursor=after)
    items = [schemas.PeopleGroupMemberOut.of_row(one) for one in page.rows]
    return schemas.PeopleGroupMemberListOut(items=items, next=page.next_cursor)


@router.get(
    "people/residents/{int:resident_id}/memberships", response={200: list[schemas.PeopleCareOut], **REFUSALS},
    operation_id="people_memberships",
)  # fmt: skip
@operation(CARE, object=True)
def memberships(request: HttpRequest, county: Path[int], resident_id: Number) -> Any:
    """The groups of one person, as far as the caller may know of them."""
    actor = actor_of(request)
    row = resident_get_for(actor, resident_id, permission=CARE)
    return [schemas.PeopleCareOut.of(one) for one in memberships_of(actor, row)]


@router.post(
    "people/residents/{int:resident_id}/memberships", response={201: schemas.PeopleCareOut, **WRITE_REFUSALS},
    operation_id="people_care_begin",
)  # fmt: skip
@operation(CARE, object=True)
def care_begin(
    request: HttpRequest, county: Path[int], resident_id: Number, body: schemas.PeopleCareIn, key: Key = None
) -> Any:
    """Into a group, for a reason."""
    actor = actor_of(request)
    row = services.membership_begin(
        actor=actor, resident=resident_id, group=body.group, since=body.since, reason=body.reason, key=key
    )
    return Status(201, schemas.PeopleCareOut.of(membership_get_for(actor, row.id)))


@router.post("people/memberships/{int:membership_id}/ends", response=CARED, operation_id="people_care_end")
@operation(CARE, object=True)
def care_end(
    request: HttpRequest, county: Path[int], membership_id: Number, body: schemas.PeopleCareEndIn, key: Key = None
) -> Any:
    """Out of it again; it is deleted after the group's time."""
    actor = actor_of(request)
    services.membership_end(
        actor=actor, number=membership_id, version=body.version, until=body.until, reason=body.reason, key=key
    )
    return schemas.PeopleCareOut.of(membership_get_for(actor, membership_id))


@router.post(
    "people/residents/{int:resident_id}/reveals", response={200: schemas.PeopleRevealOut, **WRITE_REFUSALS},
    operation_id="people_reveal",
)  # fmt: skip
@operation(REVEAL, object=True)
def reveal(
    request: HttpRequest, county: Path[int], resident_id: Number, body: schemas.PeopleRevealIn, key: Key = None
) -> Any:
    """A whole number, for a purpose that stays written down."""
    _, value = services.number_show(
        actor=actor_of(request), number=resident_id, field=body.field, purpose=body.purpose, text=body.text, key=key
    )
    return schemas.PeopleRevealOut(value=value, seconds=services.SECONDS)


@router.get(
    "people/residents/{int:resident_id}/looks", response={200: schemas.PeopleLookListOut, **REFUSALS},
    operation_id="people_looks",
)  # fmt: skip
@operation(VIEW, object=True)
def looks(request: HttpRequest, county: Path[int], resident_id: Number, after: After = "") -> Any:
    """Who looked at the person's data, the newest first."""
    page = look_page(resident_get_for(actor_of(request), resident_id), cursor=after)
    items = [schemas.PeopleLookOut.of(row) for row in page.rows]
    return schemas.PeopleLookListOut(items=items, next=page.next_cursor)


@router.get("people/requests", response={200: schemas.PeopleRequestListOut, **REFUSALS}, operation_id="people_requests")
@operation(RIGHTS)
def requests(
    request: HttpRequest, county: Path[int], state: Annotated[str, Query(max_length=10)] = "", after: After = ""
) -> Any:
    """What residents asked about their data."""
    page = request_page(actor_of(request), state=state, cursor=after)
    items = [schemas.PeopleRequestOut.of(row) for row in page.rows]
    return schemas.PeopleRequestListOut(items=items, next=page.next_cursor)


@router.post(
    "people/residents/{int:resident_id}/requests", response={201: schemas.PeopleRequestOut, **WRITE_REFUSALS},
    operation_id="people_request_take",
)  # fmt: skip
@operation(RIGHTS, object=True)
def request_take(
    request: HttpRequest, county: Path[int], resident_id: Number, body: schemas.PeopleRequestIn, key: Key = None
) -> Any:
    """Taken down: a copy, who looked, a correction, an erasure, an explanation."""
    row = services.request_take(
        actor=actor_of(request), resident=resident_id, kind=body.kind, text=body.text, key=key
    )  # fmt: skip
    return Status(201, schemas.PeopleRequestOut.of(row))


@router.get(
    "people/requests/{int:request_id}", response={200: schemas.PeopleRequestOut, **REFUSALS},
    operation_id="people_request",
)  # fmt: skip
@operation(RIGHTS, object=True)
def request_read(request: HttpRequest, county: Path[int], request_id: Number) -> Any:
    """One request."""
    return schemas.PeopleRequestOut.of(request_get_for(actor_of(request), request_id))


@router.post("people/requests/{int:request_id}/decisions", response=ASKED, operation_id="people_request_decide")
@operation(RIGHTS, object=True)
def decide(
    request: HttpRequest, county: Path[int], request_id: Number, body: schemas.PeopleDecisionIn, key: Key = None
) -> Any:
    """Done or refused, with words for the resident."""
    row = services.request_decide(
        actor=actor_of(request), number=request_id, version=body.version, done=body.done, answer=body.answer, key=key
    )
    return schemas.PeopleRequestOut.of(row)


@router.post(
    "people/residents/{int:resident_id}/erasures", response={204: None, **WRITE_REFUSALS},
    operation_id="people_erase",
)  # fmt: skip
@operation(RIGHTS, object=True)
def erase(
    request: HttpRequest, county: Path[int], resident_id: Number, body: schemas.PeopleErasureIn, key: Key = None
) -> Any:
    """Deleted for good; 409 `must_keep` says why somebody has to be kept."""
    answered = (int(body.request), body.request_version) if body.request else None
    services.resident_erase(
        actor=actor_of(request), number=resident_id, version=body.version, mistaken=body.mistaken, request=answered,
        key=key,
    )  # fmt: skip
    return Status(204, None)
