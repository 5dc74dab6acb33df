"""Call-backs for programs, by the services of the pages."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header, Path, Query, Router, Status
from pydantic import StringConstraints

from shanzhi.access.actor import Actor
from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, actor_of, operation
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.callbacks import schemas
from shanzhi.cases.callbacks.selectors import Wanted, callback_of, callbacks_for, case_get, draws_for
from shanzhi.cases.callbacks.services import Answers, callback_open, callback_record, draw_make
from shanzhi.cases.rates.periods import Period
from shanzhi.lib.errors import Invalid
from shanzhi.tenancy.ids import id_of
from shanzhi.tenancy.keyset import page_of

router = Router()
Number = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{4,9}$")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
NOWHERE = "没有这个地方，或它不在你回访的范围内。"


@router.get("/call-backs", response={200: schemas.CallBackListOut, **REFUSALS}, summary="List call-backs")
@operation(permissions.CALLBACKS)
def callback_list(
    request: HttpRequest, county: Path[int], query: Query[schemas.CallBackQuery]
) -> schemas.CallBackListOut:
    """Where the caller calls back, 50 a page: follow `next` and `previous`."""
    actor = actor_of(request)
    wanted = Wanted(
        state=query.state or "", answer=query.answer, draw_id=id_of(query.draw), query=query.q,
        area=_area(actor, query.place, "place") if query.place else None,
        called_from=Period("", query.called_from, query.called_from).start if query.called_from else None,
        called_before=Period("", query.called_to, query.called_to).end if query.called_to else None,
        sort=query.sort,
    )  # fmt: skip
    page = page_of(callbacks_for(actor, wanted), wanted.order, cursor=query.cursor)
    items = [schemas.CallBackOut.of(row) for row in page.rows]
    return schemas.CallBackListOut(items=items, next=page.next_cursor or "", previous=page.previous_cursor or "")


def _area(actor: Actor, code: str, name: str) -> Area:
    mine = actor.scope(permissions.CALLBACKS).q("path")
    area = Area.objects.filter(mine, code=code, valid_to=None).first()
    if area is None:
        raise Invalid(NOWHERE, code="area_unknown", fields={name: [NOWHERE]})
    return area


@router.get("/call-back-draws", response={200: list[schemas.DrawOut], **REFUSALS}, summary="Draws")
@operation(permissions.CALLBACKS)
def draw_list(request: HttpRequest, county: Path[int]) -> list[schemas.DrawOut]:
    """The newest 200."""
    return [schemas.DrawOut.of(draw) for draw in draws_for(actor_of(request))[:200]]


@router.post("/call-back-draws", response={201: schemas.DrawOut, **WRITE_REFUSALS}, summary="Draw a sample")
@operation(permissions.CALLBACKS)
def draw_create(request: HttpRequest, county: Path[int], body: schemas.DrawIn, key: Key = None) -> Any:
    """By lot, from the cases closed in these days that have somebody to call and were never on the list."""
    actor = actor_of(request)
    draw = draw_make(
        actor=actor, area=_area(actor, body.area, "area"), first=body.first, last=body.last, count=body.count,
        percent=body.percent, key=key,
    )  # fmt: skip
    return Status(201, schemas.DrawOut.of(draw))


@router.get(
    "/cases/{number}/call-back", response={200: schemas.CallBackOut, **REFUSALS}, summary="The call-back of a case"
)
@operation(permissions.CALLBACKS, object=True)
def callback_read(request: HttpRequest, county: Path[int], number: Number) -> schemas.CallBackOut:
    """404 for a case that is not on the list."""
    actor = actor_of(request)
    case = case_get(actor, number)
    actor.require(permissions.CALLBACKS)
    row = callback_of(case)
    if row is None:
        raise not_found()
    return schemas.CallBackOut.of(row)


@router.post(
    "/cases/{number}/call-back/listing", response={200: schemas.CallBackOut, **WRITE_REFUSALS},
    summary="Put a case on the list",
)  # fmt: skip
@operation(permissions.CALLBACKS, object=True)
def callback_listing(request: HttpRequest, county: Path[int], number: Number, key: Key = None) -> schemas.CallBackOut:
    """Without a draw; for whoever had no part in it."""
    actor = actor_of(request)
    return schemas.CallBackOut.of(callback_open(actor=actor, case=case_get(actor, number), key=key))


@router.post(
    "/cases/{number}/call-back", response={200: schemas.CallBackOut, **WRITE_REFUSALS}, summary="Write down a call"
)
@operation(permissions.CALLBACKS, object=True)
def callback_call(
    request: HttpRequest, county: Path[int], number: Number, body: schemas.CallIn, key: Key = None
) -> schemas.CallBackOut:
    """The third call in vain ends it; so do answers and a refusal."""
    actor = actor_of(request)
    said = body.dict(exclude={"version"})
    row = callback_record(
        actor=actor, case=case_get(actor, number), version=body.version, answers=Answers(**said), key=key
    )
    return schemas.CallBackOut.of(row)
