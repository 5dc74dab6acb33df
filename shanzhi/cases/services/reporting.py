"""The first step of a case: somebody reports it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.areas.models import Area
from shanzhi.cases import clocks, permissions
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import STATE_CLOCK, Source, State
from shanzhi.cases.events import EVENTS
from shanzhi.cases.history import chained
from shanzhi.cases.kinds.answers import checked as checked_answers
from shanzhi.cases.kinds.answers import photo_ids
from shanzhi.cases.kinds.registry import KindVersion, with_calendar
from shanzhi.cases.kinds.showing import searchable
from shanzhi.cases.models import Case, CaseText, Step
from shanzhi.cases.seeing import kind_marks, level_that_sees, roles_text
from shanzhi.cases.services.measuring import round_end
from shanzhi.cases.services.numbering import next_number
from shanzhi.cases.taking.contacts import FOR_OTHERS, ContactIn, contact_faults, take_down
from shanzhi.files.services import PHOTO_LIMIT, files_attach
from shanzhi.lib.bigrams import tokens
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.errors import Conflict, Forbidden, Invalid
from shanzhi.lib.times import local
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.outbox import emit
from shanzhi.trail.services import record

TITLE_LENGTH: Final = 30
RESIDENT: Final = "resident"
BODY_LENGTH: Final = 2000
CHINA: Final = (73_0000000, 136_0000000, 3_0000000, 54_0000000)  # west, east, south, north in 1e-7 degree
OLDEST: Final = timedelta(days=90)
CLOCK_SLACK: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Report:
    """What a reporter says. Coordinates are 1e-7 degree; `solved` tells what was done on the spot, if it was.

    `kind` is the code of a kind that counts now, `answers` are raw answers to its questions; `from_form` says that
    they come from a page, which may have been opened under an older version of the kind.
    """

    body: str
    kind: str
    title: str = ""
    place: str = ""
    lon: int | None = None
    lat: int | None = None
    accuracy: int | None = None
    urgent: bool = False
    source: str = Source.SNAP
    solved: str = ""
    occurred_at: datetime | None = None
    photo_ids: Sequence[int] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    from_form: bool = False


def title_of(body: str) -> str:
    """The first clause of a report, at most 30 characters; what is cut ends with an ellipsis."""
    first = re.split(r"[，。；！？,;!?\n]", body.strip(), maxsplit=1)[0].strip() or body.strip()
    return first if len(first) <= TITLE_LENGTH else f"{first[: TITLE_LENGTH - 1]}…"


def checked(report: Report, at: datetime, kind: KindVersion | None, contact: ContactIn | None = None) -> dict[str, Any]:
    """The answers as they are kept. Raises Invalid with a sentence for each field that has to be mended."""
    faults: dict[str, list[str]] = contact_faults(contact)
    answers: dict[str, Any] = {}
    if kind is None:
        faults["kind"] = ["请选一个类别，拿不准就选“其他”。"]
    else:
        try:
            answers = dict(
                checked_answers(kind.body, report.answers, today=local(at).date(), strict=not report.from_form)
            )
        except Invalid as error:
            if not error.fields:
                raise
            faults |= {name: [*rows] for name, rows in error.fields.items()}
    if not report.body.strip():
        faults["body"] = ["请写明是什么情况。"]
    elif len(report.body) > BODY_LENGTH:
        faults["body"] = [f"最多写 {BODY_LENGTH} 字，现在 {len(report.body)} 字，请删减。"]
    if len(report.place) > 100:
        faults["place"] = ["地点最多写 100 字。"]
    if len(report.solved) > 1000:
        faults["solved"] = ["处理结果最多写 1000 字。"]
    if len(report.photo_ids) > PHOTO_LIMIT:
        faults["photos"] = [f"最多 {PHOTO_LIMIT} 张照片，请去掉 {len(report.photo_ids) - PHOTO_LIMIT} 张。"]
    if not _is_in_china(report):
        faults["lon"] = ["位置不在国内，请重新取位置，或只写地点。"]
    if report.occurred_at and not at - OLDEST <= report.occurred_at <= at + CLOCK_SLACK:
        faults["occurred_at"] = ["发生时间要在最近 90 天以内，不能晚于现在，请核对手机时间。"]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)
    return answers


def _is_in_china(report: Report) -> bool:
    if report.lon is None and report.lat is None:
        return True
    if report.lon is None or report.lat is None:
        return False
    west, east, south, north = CHINA
    return west <= report.lon <= east and south <= report.lat <= north


def case_report(
    *, actor: Actor, report: Report, area: Area, contact: ContactIn | None = None, key: str | None = None,
    at: datetime | None = None, secret: str = "",
) -> Case:  # fmt: skip
    """Open a case at an area of the actor's scope and give its first step to the level in charge.

    That level is the village of a grid, or the level of the desk that takes the report down; for a kind that its office
    may not see, the nearest one above whose office may. With `solved` the case
    begins as handled and waits for verification. The same key gives the same case again.

    What staff take down for somebody else needs TAKE_DOWN: `contact` says who it was, and there is a receipt for them.
    Somebody without an account reports by a public page that grants it (`Actor.public`), at any open place; there is a
    receipt too, and nobody's account is the reporter. `secret` is the receipt's, where it was given out before.
    """
    at = at or timezone.now()
    actor.require(permissions.REPORT)
    if actor.user_id is not None and (contact is not None or report.source in FOR_OTHERS):
        actor.require(permissions.TAKE_DOWN)
    post = actor.post_for(permissions.REPORT, path=area.path)
    if post is None and not actor.is_system and permissions.REPORT not in actor.granted:
        raise Forbidden("这个地方不在你的岗位范围内，请选自己负责的村或网格。", code="outside_scope")
    kinds, calendar = with_calendar()
    if not kinds:
        raise Conflict("本县还没有装入事项类别，请系统管理员先在“事项定义”里装入。", code="no_kinds")
    kind = kinds.get(report.kind)
    answers = checked(report, at, kind, contact)
    assert kind is not None
    if not area.is_open:
        raise Invalid(f"{area.name}已撤销，请选现在的村或网格。", code="area_closed", fields={"area": ["请重新选择。"]})
    case_id = new_id()
    with atomic():
        body = {**asdict(report), "area": area.id, **({"contact": asdict(contact)} if contact else {})}
        earlier = claim(key=key, actor=actor, operation="cases.report", body=body, result_id=case_id)
        if earlier is not None:
            return Case.objects.get(id=earlier)
        owner = level_that_sees(roles_text(kind.body.seen_by), _level_in_charge(area, post))
        case = _opened(case_id, report, area, owner, actor, post, at)
        case.reachable = bool(contact and contact.phone.strip()) or (post is not None and post.role == RESIDENT)
        _under(case, kind, answers, at, calendar)
        case.number = next_number(at)
        steps = _first_steps(case, report, actor, post, at)
        case.history = chained("", steps)
        case.save()
        Step.objects.bulk_create(steps)
        CaseText.objects.create(case=case, tokens=words_of(case, searchable(kind.body, answers)))
        photos = list(dict.fromkeys([*report.photo_ids, *photo_ids(kind.body, answers)]))
        files_attach(actor=actor, ids=photos, owner=steps[0], at=at)
        record(actor=actor, code=f"cases.case.{Act.REPORT.past}", obj=case, at=at, post=post)
        take_down(actor, case, contact, at=at, post=post, secret=secret)
        emit(EVENTS[Act.REPORT], subject_id=case.id, at=at, step=steps[-1].id)
    return case


def words_of(case: Case, answers: str) -> Any:
    """What the case is found by."""
    return tokens(f"{case.title} {case.body} {case.place} {case.number} {answers}")


def _under(case: Case, kind: KindVersion, answers: dict[str, Any], at: datetime, calendar: Calendar) -> None:
    """Begin under this version of the kind: its clock runs, and the case keeps it."""
    case.kind, case.definition_id, case.answers = kind.code, kind.version_id, answers
    for name, mark in kind_marks(kind.body).items():
        setattr(case, name, mark)
    if case.state == State.HANDLED:  # done on the spot: taken on and handled in one
        case.accepted_at = case.handled_at = at
        case.close_by = round_end(kind.body, case, at, calendar)
    span = kind.body.span(STATE_CLOCK[State(case.state)], urgent=case.urgent)
    for name, value in clocks.started(span, at, calendar).items():
        setattr(case, name, value)


def _level_in_charge(area: Area, post: ActorPost | None) -> Area:
    """The village of the place, unless the report is taken down at the desk of a higher level: then that level."""
    place = area
    if place.level == Area.Level.GRID and place.parent is not None:
        place = place.parent
    if post is None or post.unit_id is not None or post.area_id == place.id or len(post.area_path) >= len(place.path):
        return place
    if post.role in permissions.LEVEL_OFFICE:
        return Area.objects.get(id=post.area_id)
    return place


def _opened(
    case_id: int, report: Report, area: Area, owner: Area, actor: Actor, post: ActorPost | None, at: datetime
) -> Case:
    state = State.HANDLED if report.solved.strip() else State.REPORTED
    return Case(
        id=case_id,
        title=(report.title.strip() or title_of(report.body))[:60],
        body=report.body.strip(),
        place=report.place.strip(),
        lon=report.lon,
        lat=report.lat,
        accuracy=report.accuracy,
        urgent=report.urgent,
        source=report.source,
        area=area,
        area_path=area.path,
        owner=owner,
        owner_path=owner.path,
        turn_area=owner,
        handler_area_id=post.area_id if post and state == State.HANDLED else None,
        reporter_id=actor.user_id or None,
        reporter_post_id=post.id if post else None,
        reporter_name=actor.name,
        reporter_title=post.title if post else "",
        state=state,
        version=2 if state == State.HANDLED else 1,
        occurred_at=min(report.occurred_at or at, at),
        received_at=at,
    )


def _first_steps(case: Case, report: Report, actor: Actor, post: ActorPost | None, at: datetime) -> list[Step]:
    common = {
        "case": case, "at": at, "actor_id": actor.user_id or None, "post_id": post.id if post else None,
        "actor_name": actor.name, "actor_title": post.title if post else "", "due_at": case.due_at,
    }  # fmt: skip
    steps = [Step(version=1, act=Act.REPORT, to_state=State.REPORTED, **common)]
    if case.state == State.HANDLED:
        steps.append(
            Step(
                version=2,
                act=Act.HANDLE,
                from_state=State.REPORTED,
                to_state=State.HANDLED,
                text=report.solved.strip(),
                target="当场处理",
                **common,
            )
        )
    return steps
