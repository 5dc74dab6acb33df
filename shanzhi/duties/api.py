"""Instructions for programs, by the services of the pages. Each act on a line is an operation of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Query, Router, Schema, Status

from shanzhi.access.actor import Actor
from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, actor_of, operation
from shanzhi.cases.rates.periods import midnight
from shanzhi.duties import permissions, schemas
from shanzhi.duties.acts import acts_for
from shanzhi.duties.catalogue import Act
from shanzhi.duties.choosing import reach_for, receivers_named
from shanzhi.duties.listing import places_of
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.selectors import (
    AREA,
    ISSUED,
    Sort,
    Wanted,
    case_of,
    counts_by_duty,
    counts_of,
    duties_for,
    duty_get_for,
    given_for,
    line_get_for,
    lines_for,
    lines_seen,
    narrowed_lines,
    steps_of,
)
from shanzhi.duties.services import Deed, Order, duty_issue, line_act, lines_act
from shanzhi.duties.specs import SPECS, Spec
from shanzhi.files.selectors import photo_strip
from shanzhi.lib.errors import Invalid
from shanzhi.tenancy.ids import id_of
from shanzhi.tenancy.keyset import page_of

router = Router()
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
ANOTHER = "没有这个地方，或它不在你能看的范围内。"
DAY = "请写 2000 年到 2100 年之间的日期。"
NOT_HERE = "这一行不在这件交办的清单里，请核对编号。"
TIME = "时间是北京时间，请写成 17:30:00 这样，不要带时区。"
PHOTOS = "照片编号不对，请先上传照片，再用返回的编号。"


@router.get("/duties", response={200: schemas.DutyListOut, **REFUSALS}, summary="List instructions")
@operation(permissions.VIEW)
def duty_list(request: HttpRequest, county: Path[int], query: Query[schemas.DutyQuery]) -> schemas.DutyListOut:
    """The ledger with its figures, 50 a page: follow `next` and `previous`."""
    actor, now = actor_of(request), timezone.now()
    wanted = _wanted(actor, query)
    found = page_of(duties_for(actor, wanted, at=now), Sort.DUTIES[wanted.sort], cursor=query.cursor)
    counts = counts_by_duty(actor, wanted, [duty.id for duty in found.rows], at=now)
    return schemas.DutyListOut(
        items=[schemas.DutyOut.of(duty, counts.get(duty.id)) for duty in found.rows],
        counts=schemas.DutyCountsOut.of(counts_of(lines_for(actor, wanted, at=now), at=now)),
        next=found.next_cursor or "", previous=found.previous_cursor or "",
    )  # fmt: skip


def _wanted(actor: Actor, query: schemas.DutyQuery) -> Wanted:
    area = next((one for one in places_of(actor) if one.code == query.place), None) if query.place else None
    if query.place and area is None:
        raise Invalid(ANOTHER, code="area_unknown", fields={"place": [ANOTHER]})
    for name, day in (("issued_from", query.issued_from), ("issued_to", query.issued_to)):
        if day is not None and not 2000 <= day.year <= 2100:
            raise Invalid(DAY, code="day_invalid", fields={name: [DAY]})
    first = ISSUED if actor.can(permissions.ISSUE) else AREA
    return Wanted(
        tab=query.tab or first, state=query.state, area=area, unit_id=id_of(query.unit), query=query.q,
        issued_from=midnight(query.issued_from) if query.issued_from else None,
        issued_before=midnight(query.issued_to + timedelta(days=1)) if query.issued_to else None,
        urgent=query.urgent, sort=query.sort or Sort.NEWEST,
    )  # fmt: skip


@router.post("/duties", response={201: schemas.DutyOut, **WRITE_REFUSALS}, summary="Issue an instruction")
@operation(permissions.ISSUE)
def duty_create(request: HttpRequest, county: Path[int], body: schemas.DutyIn, key: Key = None) -> Any:
    """One line for each receiver; only downward, inside the area of the issuing post."""
    actor = actor_of(request)
    if body.due_time is not None and body.due_time.tzinfo is not None:
        raise Invalid(TIME, code="time_invalid", fields={"due_time": [TIME]})
    reach = reach_for(actor)
    receivers = receivers_named(reach, groups=body.groups, names="\n".join(body.receivers), role=body.role)
    order = Order(
        title=body.title, body=body.body, due_on=body.due_on, due_time=body.due_time, source=body.source,
        urgent=body.urgent, case=body.case,
    )  # fmt: skip
    duty = duty_issue(actor=actor, order=order, receivers=receivers, photos=_photos(body.photos), key=key)
    return Status(201, _duty_out(actor, duty_get_for(actor, duty.id)))


def _photos(ids: list[str]) -> tuple[int, ...]:
    found = [id_of(text) for text in ids]
    if None in found:
        raise Invalid(PHOTOS, code="photo_unknown", fields={"photos": [PHOTOS]})
    return tuple(number for number in found if number is not None)


def _duty_out(actor: Actor, duty: Duty) -> schemas.DutyOut:
    case = case_of(actor, duty)
    photos = [photo.url for photo in photo_strip("duties.duty", [duty.id]).get(duty.id, [])]
    counts = counts_of(lines_seen(actor, duty), at=timezone.now())
    return schemas.DutyOut.of(duty, counts, case=case.number if case is not None else "", photos=photos)


@router.get("/duties/{duty_id}", response={200: schemas.DutyOut, **REFUSALS}, summary="One instruction")
@operation(permissions.VIEW, object=True)
def duty_read(request: HttpRequest, county: Path[int], duty_id: Path[int]) -> schemas.DutyOut:
    """Counted over the lines that the caller sees."""
    actor = actor_of(request)
    duty = duty_get_for(actor, duty_id)
    actor.require(permissions.VIEW)
    return _duty_out(actor, duty)


@router.get("/duties/{duty_id}/lines", response={200: schemas.LineListOut, **REFUSALS}, summary="Its lines")
@operation(permissions.VIEW, object=True)
def duty_lines(
    request: HttpRequest, county: Path[int], duty_id: Path[int], query: Query[schemas.LineQuery]
) -> schemas.LineListOut:
    """All of them for the issuing office, for others those in their area."""
    actor = actor_of(request)
    duty = duty_get_for(actor, duty_id)
    actor.require(permissions.VIEW)
    rows = narrowed_lines(
        lines_seen(actor, duty), at=timezone.now(), segment=query.state, query=query.q, late=query.late
    )
    return _line_page(actor, rows, Sort.DUE, query.cursor)


def _line_page(actor: Actor, rows: Any, sort: str, cursor: str) -> schemas.LineListOut:
    now = timezone.now()
    found = page_of(rows.select_related("duty", "area", "unit"), Sort.LINES[sort], cursor=cursor)
    items = [schemas.LineOut.of(line, now, acts_for(actor, line)) for line in found.rows]
    return schemas.LineListOut(items=items, next=found.next_cursor or "", previous=found.previous_cursor or "")


@router.post(
    "/duties/{duty_id}/acts", response={200: list[schemas.OutcomeOut], **WRITE_REFUSALS}, summary="Act on several lines"
)
@operation(permissions.ISSUE, object=True)
def duty_acts(
    request: HttpRequest, county: Path[int], duty_id: Path[int], body: schemas.LinesActIn, key: Key = None
) -> list[schemas.OutcomeOut]:
    """Strike off, send back or withdraw lines of one instruction; the answer says what became of each."""
    actor = actor_of(request)
    duty = duty_get_for(actor, duty_id)
    actor.require(permissions.ISSUE)
    names = dict(lines_seen(actor, duty).values_list("id", "name"))
    seen = [(int(one.id), one.version) for one in body.lines if int(one.id) in names]
    found = lines_act(
        actor=actor, act=Act(body.act), seen=seen, deed=Deed(text=body.text), key=key, names=names
    ) if seen else []  # fmt: skip
    others = sorted({int(one.id) for one in body.lines} - names.keys())
    return [
        *(schemas.OutcomeOut(id=str(one.line_id), name=one.name, error=one.error) for one in found),
        *(schemas.OutcomeOut(id=str(line_id), name="", error=NOT_HERE) for line_id in others),
    ]


@router.get("/duty-lines", response={200: schemas.LineListOut, **REFUSALS}, summary="Lines that were given to me")
@operation(permissions.RECEIVE)
def line_list(request: HttpRequest, county: Path[int], query: Query[schemas.LineQuery]) -> schemas.LineListOut:
    """Of the offices in which the caller works, what is due first coming first, 50 a page."""
    actor = actor_of(request)
    rows = given_for(actor, at=timezone.now(), segment=query.state, query=query.q, late=query.late)
    return _line_page(actor, rows, Sort.DUE, query.cursor)


@router.get("/duty-lines/{line_id}", response={200: schemas.LineDetailOut, **REFUSALS}, summary="One line")
@operation(permissions.VIEW, object=True)
def line_read(request: HttpRequest, county: Path[int], line_id: Path[int]) -> schemas.LineDetailOut:
    """What is to be done, and everything that happened, the newest first."""
    actor = actor_of(request)
    line = line_get_for(actor, line_id)
    actor.require(permissions.VIEW)
    return _line_out(actor, line)


def _line_out(actor: Actor, line: Line) -> schemas.LineDetailOut:
    steps = steps_of([line])
    strips = photo_strip("duties.linestep", [step.id for step in steps])
    out = schemas.LineOut.of(line, timezone.now(), acts_for(actor, line))
    told = [schemas.LineStepOut.of(step, [photo.url for photo in strips.get(step.id, [])]) for step in steps]
    return schemas.LineDetailOut(**out.dict(), body=line.duty.body, source=line.duty.source, steps=told)


def _body_of(spec: Spec) -> type[Schema]:
    special: dict[Act, type[Schema]] = {Act.DONE: schemas.LineDoneIn, Act.ASK: schemas.LineAskIn}
    return special.get(spec.act, schemas.LineProofIn if spec.takes_photos else schemas.LineActIn)


def _operation(spec: Spec) -> Callable[..., Any]:
    """The operation of one act: `POST duty-lines/{id}/<what it makes>`."""
    taken: Any = _body_of(spec)

    def act(request: HttpRequest, county: Path[int], line_id: Path[int], body: taken, key: Key = None) -> Any:
        actor = actor_of(request)
        deed = Deed(
            text=body.text, nothing=getattr(body, "nothing", False), until=getattr(body, "until", None),
            photos=_photos(getattr(body, "photos", [])),
        )  # fmt: skip
        line = line_act(actor=actor, line_id=line_id, act=spec.act, version=body.version, deed=deed, key=key)
        return _line_out(actor, line)

    act.__name__ = f"line_{spec.act.value}"
    act.__doc__ = "Refused in the order 404, 403, 409 (another was quicker, or the state does not allow it), 422."
    declared: Callable[..., Any] = operation(spec.permission, object=True)(act)
    return declared


for _spec in SPECS:
    router.post(
        f"/duty-lines/{{line_id}}/{_spec.slug}", response={200: schemas.LineDetailOut, **WRITE_REFUSALS},
        summary=_spec.api,
    )(_operation(_spec))  # fmt: skip
