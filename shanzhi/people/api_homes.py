"""Dwellings and households for programs."""

from typing import Any, Final

from django.http import HttpRequest
from ninja import Path, Status

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.people import schemas, services
from shanzhi.people.operations import AreaCode, Key, Number, router
from shanzhi.people.permissions import EDIT, VIEW
from shanzhi.people.selectors import area_for, dwelling_get_for, household_get_for
from shanzhi.people.selectors.homes import dwellers, dwelling_page, household_members, household_page

DWELLING: Final[dict[int, Any]] = {200: schemas.PeopleDwellingOut, **WRITE_REFUSALS}
HOUSEHOLD: Final[dict[int, Any]] = {200: schemas.PeopleHouseholdOut, **WRITE_REFUSALS}


@router.get(
    "people/dwellings", response={200: schemas.PeopleDwellingListOut, **REFUSALS}, operation_id="people_dwellings"
)
@operation(VIEW)
def dwellings(
    request: HttpRequest, county: Path[int], area: AreaCode = "", gone: bool = False, after: After = ""
) -> Any:
    """Standing dwellings of a place, or those torn down; 50 a page."""
    actor = actor_of(request)
    page = dwelling_page(actor, area_for(actor, area), gone=gone, cursor=after)
    items = [schemas.PeopleDwellingOut.of(row) for row, _ in page.rows]
    return schemas.PeopleDwellingListOut(items=items, next=page.next_cursor)


@router.post(
    "people/dwellings", response={201: schemas.PeopleDwellingOut, **WRITE_REFUSALS}, operation_id="people_dwelling_add"
)
@operation(EDIT)
def dwelling_add(request: HttpRequest, county: Path[int], body: schemas.PeopleDwellingIn, key: Key = None) -> Any:
    """A home with its address and position. 409 `dwelling_known` for an address that is there."""
    row = services.dwelling_add(actor=actor_of(request), home=body.home(), photos=body.photos, key=key)
    return Status(201, schemas.PeopleDwellingOut.of(row))


@router.get(
    "people/dwellings/{int:dwelling_id}", response={200: schemas.PeopleDwellingFullOut, **REFUSALS},
    operation_id="people_dwelling",
)  # fmt: skip
@operation(VIEW, object=True)
def dwelling(request: HttpRequest, county: Path[int], dwelling_id: Number) -> Any:
    """A dwelling and who lives there."""
    actor = actor_of(request)
    row = dwelling_get_for(actor, dwelling_id)
    people = [schemas.PeopleMemberOut.of(one) for one in dwellers(actor, row)]
    return schemas.PeopleDwellingFullOut(**schemas.PeopleDwellingOut.of(row).dict(), people=people)


@router.post("people/dwellings/{int:dwelling_id}/changes", response=DWELLING, operation_id="people_dwelling_change")
@operation(EDIT, object=True)
def dwelling_change(
    request: HttpRequest, county: Path[int], dwelling_id: Number, body: schemas.PeopleDwellingChangeIn, key: Key = None
) -> Any:
    """Mend what is written of it."""
    row = services.dwelling_change(
        actor=actor_of(request), number=dwelling_id, version=body.version, home=body.home(), photos=body.photos,
        keep_door=body.keep_door, key=key,
    )  # fmt: skip
    return schemas.PeopleDwellingOut.of(row)


@router.post("people/dwellings/{int:dwelling_id}/demolitions", response=DWELLING, operation_id="people_dwelling_gone")
@operation(EDIT, object=True)
def dwelling_gone(
    request: HttpRequest, county: Path[int], dwelling_id: Number, body: schemas.PeopleDayIn, key: Key = None
) -> Any:
    """Torn down; 409 while somebody lives there."""
    row = services.dwelling_gone(
        actor=actor_of(request), number=dwelling_id, version=body.version, on=body.on, key=key
    )  # fmt: skip
    return schemas.PeopleDwellingOut.of(row)


@router.get(
    "people/households", response={200: schemas.PeopleHouseholdListOut, **REFUSALS}, operation_id="people_households"
)
@operation(VIEW)
def households(
    request: HttpRequest, county: Path[int], area: AreaCode = "", closed: bool = False, after: After = ""
) -> Any:
    """Households of a place with head and number of people; 50 a page."""
    actor = actor_of(request)
    page = household_page(actor, area_for(actor, area), closed=closed, cursor=after)
    items = [schemas.PeopleHouseholdRowOut.of_row(one) for one in page.rows]
    return schemas.PeopleHouseholdListOut(items=items, next=page.next_cursor)


@router.post(
    "people/households", response={201: schemas.PeopleHouseholdOut, **WRITE_REFUSALS},
    operation_id="people_household_open",
)  # fmt: skip
@operation(EDIT)
def household_open(request: HttpRequest, county: Path[int], body: schemas.PeopleHouseholdIn, key: Key = None) -> Any:
    """A household with people of the register."""
    row = services.household_open(
        actor=actor_of(request), place=body.place, on=body.on, kind=body.kind, members=schemas.ids_of(body.members),
        key=key,
    )  # fmt: skip
    return Status(201, schemas.PeopleHouseholdOut.of(row))


@router.get(
    "people/households/{int:household_id}", response={200: schemas.PeopleHouseholdFullOut, **REFUSALS},
    operation_id="people_household",
)  # fmt: skip
@operation(VIEW, object=True)
def household(request: HttpRequest, county: Path[int], household_id: Number) -> Any:
    """A household and its members."""
    actor = actor_of(request)
    row = household_get_for(actor, household_id)
    members = [schemas.PeopleMemberOut.of(one) for one in household_members(actor, row)]
    return schemas.PeopleHouseholdFullOut(**schemas.PeopleHouseholdOut.of(row).dict(), members=members)


@router.post(
    "people/households/{int:household_id}/members", response={200: schemas.PeopleResidentOut, **WRITE_REFUSALS},
    operation_id="people_household_join",
)  # fmt: skip
@operation(EDIT, object=True)
def join(
    request: HttpRequest, county: Path[int], household_id: Number, body: schemas.PeopleJoinIn, key: Key = None
) -> Any:
    """Somebody comes into it, or is something else to its head."""
    row = services.household_join(
        actor=actor_of(request), number=household_id, resident=int(body.resident), relation=body.relation, on=body.on,
        key=key,
    )  # fmt: skip
    return schemas.PeopleResidentOut.of(row)


@router.post("people/households/{int:household_id}/heads", response=HOUSEHOLD, operation_id="people_household_head")
@operation(EDIT, object=True)
def head(
    request: HttpRequest, county: Path[int], household_id: Number, body: schemas.PeopleHeadIn, key: Key = None
) -> Any:
    """Another head."""
    row = services.head_change(
        actor=actor_of(request), number=household_id, version=body.version, head=int(body.head),
        relations=schemas.ids_of(body.relations), on=body.on, key=key,
    )  # fmt: skip
    return schemas.PeopleHouseholdOut.of(row)


@router.post("people/households/{int:household_id}/splits", response=HOUSEHOLD, operation_id="people_household_split")
@operation(EDIT, object=True)
def split(
    request: HttpRequest, county: Path[int], household_id: Number, body: schemas.PeopleSplitIn, key: Key = None
) -> Any:
    """Some members become a household of their own, which is the answer."""
    row = services.household_split(
        actor=actor_of(request), number=household_id, version=body.version, members=schemas.ids_of(body.members),
        on=body.on, key=key,
    )  # fmt: skip
    return schemas.PeopleHouseholdOut.of(row)


@router.post("people/households/{int:household_id}/merges", response=HOUSEHOLD, operation_id="people_household_merge")
@operation(EDIT, object=True)
def merge(
    request: HttpRequest, county: Path[int], household_id: Number, body: schemas.PeopleMergeIn, key: Key = None
) -> Any:
    """All members come into another household, which is the answer."""
    row = services.household_merge(
        actor=actor_of(request), number=household_id, version=body.version, into=int(body.into),
        relations=schemas.ids_of(body.relations), on=body.on, key=key,
    )  # fmt: skip
    return schemas.PeopleHouseholdOut.of(row)


@router.post("people/households/{int:household_id}/closures", response=HOUSEHOLD, operation_id="people_household_close")
@operation(EDIT, object=True)
def close(
    request: HttpRequest, county: Path[int], household_id: Number, body: schemas.PeopleDayIn, key: Key = None
) -> Any:
    """Closed; 409 while it has members."""
    row = services.household_close(
        actor=actor_of(request), number=household_id, version=body.version, on=body.on, key=key
    )  # fmt: skip
    return schemas.PeopleHouseholdOut.of(row)


@router.post(
    "people/households/{int:household_id}/events", response={200: list[schemas.PeopleResidentOut], **WRITE_REFUSALS},
    operation_id="people_household_event",
)  # fmt: skip
@operation(EDIT, object=True)
def household_event(
    request: HttpRequest, county: Path[int], household_id: Number, body: schemas.PeopleEventIn, key: Key = None
) -> Any:
    """Moved, left, back or moved-out of everybody who lives where the head lives."""
    rows = services.household_event(
        actor=actor_of(request), number=household_id, version=body.version, event=body.event, on=body.on,
        whither=body.whither(), note=body.note, key=key,
    )  # fmt: skip
    return [schemas.PeopleResidentOut.of(row) for row in rows]
