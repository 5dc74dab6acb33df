"""Relatives and whom to call, for programs."""

from typing import Any, Final

from django.http import HttpRequest
from ninja import Path, Status

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, actor_of, operation
from shanzhi.people import services
from shanzhi.people.operations import Key, Number, router
from shanzhi.people.permissions import EDIT, REVEAL, VIEW
from shanzhi.people.schemas_kin import PeopleKinEndIn, PeopleKinIn, PeopleKinOut, PeopleKinRevealIn
from shanzhi.people.schemas_rights import PeopleRevealOut
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.selectors.kin import kin_of
from shanzhi.people.services.kinship import kin_add, kin_end, kin_phone_show

KIN: Final[dict[int, Any]] = {200: list[PeopleKinOut], **WRITE_REFUSALS}


@router.get(
    "people/residents/{int:resident_id}/kin", response={200: list[PeopleKinOut], **REFUSALS}, operation_id="people_kin"
)
@operation(VIEW, object=True)
def kin(request: HttpRequest, county: Path[int], resident_id: Number) -> Any:
    """Who is related to a person and whom to call, from both sides; names out of reach and phones masked."""
    actor = actor_of(request)
    return [PeopleKinOut.of(one) for one in kin_of(actor, resident_get_for(actor, resident_id))]


@router.post(
    "people/residents/{int:resident_id}/kin", response={201: list[PeopleKinOut], **WRITE_REFUSALS},
    operation_id="people_kin_add",
)  # fmt: skip
@operation(EDIT, object=True)
def kin_new(
    request: HttpRequest, county: Path[int], resident_id: Number, body: PeopleKinIn, key: Key = None
) -> Any:  # fmt: skip
    """Another one; answers with all of them."""
    actor = actor_of(request)
    kin_add(actor=actor, resident=resident_id, relative=body.relative(), key=key)
    return Status(201, [PeopleKinOut.of(one) for one in kin_of(actor, resident_get_for(actor, resident_id))])


@router.post("people/kin/{int:kin_id}/ends", response=KIN, operation_id="people_kin_end")
@operation(EDIT, object=True)
def kin_finish(request: HttpRequest, county: Path[int], kin_id: Number, body: PeopleKinEndIn, key: Key = None) -> Any:
    """It holds no longer; answers with those that are left."""
    actor = actor_of(request)
    row = kin_end(actor=actor, number=kin_id, version=body.version, until=body.until, key=key)
    return [PeopleKinOut.of(one) for one in kin_of(actor, resident_get_for(actor, row.resident_id))]


@router.post(
    "people/kin/{int:kin_id}/reveals", response={200: PeopleRevealOut, **WRITE_REFUSALS},
    operation_id="people_kin_reveal",
)  # fmt: skip
@operation(REVEAL, object=True)
def kin_reveal(
    request: HttpRequest, county: Path[int], kin_id: Number, body: PeopleKinRevealIn, key: Key = None
) -> Any:  # fmt: skip
    """A whole number, for a purpose that stays written down."""
    _, value = kin_phone_show(
        actor=actor_of(request), number=kin_id, purpose=body.purpose, text=body.text, key=key
    )  # fmt: skip
    return PeopleRevealOut(value=value, seconds=services.SECONDS)
