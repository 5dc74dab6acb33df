"""Clues for programs, by the services of the pages. Each act on a clue is an operation of its own."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Query, Router, Status
from pydantic import StringConstraints

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, Problem, actor_of, operation, problem_of
from shanzhi.access.permissions import PUBLIC
from shanzhi.accounts.lockout import counted_ip
from shanzhi.clues import presenters, schemas, services
from shanzhi.clues.models import Clue
from shanzhi.clues.permissions import APPOINT, DESK
from shanzhi.clues.selectors import (
    NEWEST,
    OFFICERS,
    Desk,
    assignees_of,
    clues_for,
    desk_of,
    listed,
    narrowed,
    officer_get_for,
    officers_for,
    officers_now,
    steps_of,
)
from shanzhi.clues.specs import SPECS, Spec
from shanzhi.clues.verifying import clues_verify
from shanzhi.lib.errors import Forbidden, NotFound, TooMany
from shanzhi.lib.receipts import secret_shown
from shanzhi.tenancy.ids import id_of
from shanzhi.tenancy.keyset import page_of

router = Router()
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
Id = Annotated[str, StringConstraints(max_length=20)]
BY_HAND = "令牌是管理员发的，不能用来看线索，请本人登录网页。"
WRONG: dict[Any, Any] = dict.fromkeys((400, 404, 409, 413, 422, 429), Problem)
FOLLOWED: dict[Any, Any] = {200: schemas.ClueFollowedOut, **WRONG}


def _address(request: HttpRequest) -> str:
    return counted_ip(request) or ""


@router.get("/clue-desk", response={200: schemas.ClueDeskOut, **WRONG}, summary="Who reads clues")
@operation(PUBLIC)
def desk_read(request: HttpRequest, county: Path[int]) -> schemas.ClueDeskOut:
    """Names of the officers, for the form of those who hand something in."""
    return schemas.ClueDeskOut.of(officers_now(at=timezone.now()))


@router.post("/public/clues", response={201: schemas.ClueReceiptOut, **WRONG}, summary="Hand in a clue")
@operation(PUBLIC)
def clue_give(request: HttpRequest, county: Path[int], body: schemas.ClueIn, key: Key = None) -> Any:
    """Without an account, and nothing is kept of one. The same `Idempotency-Key` gives the same receipt."""
    clue = services.clue_give(given=body.given(), address=_address(request), key=key, at=timezone.now())
    return Status(201, schemas.ClueReceiptOut(number=clue.shown_number, secret=secret_shown(clue.secret)))


def _desk(request: HttpRequest) -> Desk:
    """The officer's place, for a browser's session alone: a token is issued, and so known, by an administrator."""
    desk = desk_of(actor_of(request))
    if "Authorization" in request.headers:
        raise Forbidden(BY_HAND, code="token_refused")
    return desk


def _followed(do: Callable[[], Clue]) -> Any:
    """Answered, not raised: a wrong secret has to stay counted."""
    try:
        return schemas.ClueFollowedOut.of(services.followed(do()))
    except (NotFound, TooMany) as error:
        return problem_of(error)


@router.post("/public/clue-states", response=FOLLOWED, summary="How a clue is doing, by its receipt")
@operation(PUBLIC)
def clue_follow(request: HttpRequest, county: Path[int], body: schemas.ClueSecretIn) -> Any:
    """A POST although it only reads: the secret stands in no address."""
    return _followed(lambda: services.clue_of(secret=body.secret, address=_address(request)))


@router.post("/public/clue-additions", response=FOLLOWED, summary="Add to a clue, by its receipt")
@operation(PUBLIC)
def clue_add(request: HttpRequest, county: Path[int], body: schemas.ClueAddIn, key: Key = None) -> Any:
    """In any state."""
    return _followed(lambda: services.clue_add(secret=body.secret, text=body.text, address=_address(request), key=key))


@router.post("/public/clue-bars", response=FOLLOWED, summary="Bar officers from a clue, by its receipt")
@operation(PUBLIC)
def clue_bar(request: HttpRequest, county: Path[int], body: schemas.ClueBarIn, key: Key = None) -> Any:
    """More people who may not know of it; not to be taken back."""
    return _followed(
        lambda: services.clue_bar(secret=body.secret, barred=body.barred, address=_address(request), key=key)
    )


@router.get("/clue-officers", response={200: schemas.ClueOfficerListOut, **REFUSALS}, summary="Officers of the desk")
@operation(APPOINT)
def officer_list(
    request: HttpRequest, county: Path[int], ended: bool = False, after: After = ""
) -> schemas.ClueOfficerListOut:
    """Those on the desk now, or those who were."""
    found = page_of(officers_for(actor_of(request), ended=ended), OFFICERS, cursor=after)
    items = [schemas.ClueOfficerOut.of(row) for row in found.rows]
    return schemas.ClueOfficerListOut(items=items, next=found.next_cursor)


@router.post("/clue-officers", response={201: schemas.ClueOfficerOut, **WRITE_REFUSALS}, summary="Name an officer")
@operation(APPOINT)
def officer_appoint(request: HttpRequest, county: Path[int], body: schemas.ClueOfficerIn, key: Key = None) -> Any:
    """Never an administrator, never oneself."""
    row = services.officer_appoint(
        actor=actor_of(request), login=body.login, lead=body.lead, key=key, at=timezone.now()
    )
    return Status(201, schemas.ClueOfficerOut.of(row))


@router.post(
    "/clue-officers/{officer_id}/ends", response={200: schemas.ClueOfficerOut, **WRITE_REFUSALS},
    summary="End an officer's time",
)  # fmt: skip
@operation(APPOINT, object=True)
def officer_end(
    request: HttpRequest, county: Path[int], officer_id: Id, body: schemas.ClueOfficerEndIn
) -> schemas.ClueOfficerOut:
    """At once."""
    actor = actor_of(request)
    row = officer_get_for(actor, id_of(officer_id) or 0)
    return schemas.ClueOfficerOut.of(
        services.officer_end(
            actor=actor, officer_id=row.id, version=body.version, reason=body.reason, at=timezone.now()
        )
    )


@router.get("/clues", response={200: schemas.ClueListOut, **REFUSALS}, summary="Clues that an officer may see")
@operation(DESK, object=True)
def clue_list(
    request: HttpRequest, county: Path[int],
    tab: Annotated[str, Query(pattern="^(waiting|mine|open|transferred|concluded)$")] = "mine", after: After = "",
) -> schemas.ClueListOut:  # fmt: skip
    """The newest first, 50 a page, without any text; 404 for everybody who is not on the desk."""
    desk, at = _desk(request), timezone.now()
    rows = narrowed(clues_for(desk, at=at), desk, tab=tab)
    found = page_of(listed(rows), NEWEST, cursor=after)
    assigned = assignees_of(found.rows)
    items = [schemas.ClueRowOut.of(row, [name for _, name in assigned.get(row.id, [])]) for row in found.rows]
    return schemas.ClueListOut(items=items, next=found.next_cursor)


@router.get("/clues/checks", response={200: schemas.ClueCheckOut, **REFUSALS}, summary="Whether the record is whole")
@operation(DESK, object=True)
def clue_verify(request: HttpRequest, county: Path[int]) -> schemas.ClueCheckOut:
    """For leads: whether anything was altered or taken out behind the product's back."""
    return schemas.ClueCheckOut.of(clues_verify(desk=_desk(request), at=timezone.now()))


@router.get("/clues/{clue_id}", response={200: schemas.ClueOut, **REFUSALS}, summary="One clue")
@operation(DESK, object=True)
def clue_read(request: HttpRequest, county: Path[int], clue_id: Id) -> schemas.ClueOut:
    """Reading it is written down."""
    desk = _desk(request)
    return _out(desk, services.clue_look(desk=desk, clue_id=id_of(clue_id) or 0, at=timezone.now()))


def _out(desk: Desk, clue: Clue) -> schemas.ClueOut:
    steps, assigned = steps_of(clue), assignees_of([clue]).get(clue.id, [])
    names = presenters.names_in(steps)
    row = schemas.ClueRowOut.of(clue, [name for _, name in assigned])
    return schemas.ClueOut(
        **row.dict(), body=clue.body, place=clue.place, whom=clue.whom, name=clue.name, phone=clue.phone,
        barred=presenters.barred_names(steps, names),
        acts=[act.value for act in services.acts_for(desk, clue, {number for number, _ in assigned})],
        steps=[schemas.ClueStepOut.of(item) for item in presenters.timeline_of(steps, names)],
        looks=[schemas.ClueLookOut.of(look) for look in presenters.looks_of(steps, names)],
    )  # fmt: skip


def _operation(spec: Spec) -> Callable[..., Any]:
    """The operation of one act: `POST clues/{id}/<what it makes>`."""

    def act(
        request: HttpRequest, county: Path[int], clue_id: Id, body: schemas.ClueActIn, key: Key = None
    ) -> schemas.ClueOut:
        desk = _desk(request)
        clue = services.clue_act(
            desk=desk, clue_id=id_of(clue_id) or 0, act=spec.act, version=body.version, deed=body.deed(), key=key,
            at=timezone.now(),
        )  # fmt: skip
        return _out(desk, clue)

    act.__name__ = f"clue_{spec.act.value}"
    act.__doc__ = "Refused in the order 404, 403, 409 (another was quicker, or the state does not allow it), 422."
    declared: Callable[..., Any] = operation(DESK, object=True)(act)
    return declared


for _spec in SPECS:
    router.post(
        f"/clues/{{clue_id}}/{_spec.slug}", response={200: schemas.ClueOut, **WRITE_REFUSALS}, summary=_spec.api
    )(_operation(_spec))
