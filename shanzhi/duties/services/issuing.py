"""Issuing one instruction to many at once."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost, PathRange
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import case_get_for
from shanzhi.duties.catalogue import Act, State
from shanzhi.duties.choosing import MOST, NO_POST, Receiver, issuing_posts
from shanzhi.duties.events import EVENTS
from shanzhi.duties.models import Duty, DutyCounter, Line, LineStep
from shanzhi.duties.permissions import ISSUE
from shanzhi.duties.services.steps import day_end, first_step, next_watch
from shanzhi.files.services import files_attach
from shanzhi.lib.errors import Forbidden, Invalid, NotFound
from shanzhi.lib.times import SHANGHAI, local
from shanzhi.tenancy.context import current
from shanzhi.tenancy.counters import count_up
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.outbox import emit_many
from shanzhi.trail.services import record, record_bulk

TITLE: Final = 60
BODY: Final = 2000
SOURCE: Final = 200
LONGEST: Final = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done; without `due_time` until the end of that day in China. `case` is a number, YYMM-NNNN."""

    title: str
    body: str
    due_on: date
    due_time: time | None = None
    source: str = ""
    urgent: bool = False
    case: str = ""

    @property
    def due_at(self) -> datetime:
        if self.due_time is None:
            return day_end(self.due_on)
        return datetime.combine(self.due_on, self.due_time, SHANGHAI)


def duty_issue(
    *, actor: Actor, order: Order, receivers: Sequence[Receiver], photos: Collection[int] = (), key: str | None = None,
    at: datetime | None = None,
) -> Duty:  # fmt: skip
    """One line for each receiver, all in one transaction; the same key issues once.

    Forbidden without the post, NotFound for a receiver that is not below it, Invalid with a sentence for each field.
    """
    at = at or timezone.now()
    actor.require(ISSUE)
    duty_id = new_id()
    body = {**asdict(order), "receivers": sorted(str(one.key) for one in receivers), "photos": sorted(photos)}
    with atomic():
        # Before anything is looked at: sent again an hour later the limit may be over, and it was issued all the same.
        earlier = claim(key=key, actor=actor, operation="duties.issue", body=body, result_id=duty_id)
        if earlier is not None:
            return Duty.objects.get(id=earlier)
        post = _post(actor, receivers)
        case = _checked(actor, order, receivers, at)
        duty = Duty(
            id=duty_id, number=_next_number(at), title=order.title.strip(), body=order.body.strip(),
            source=order.source.strip(), urgent=order.urgent, due_at=order.due_at, case=case, role=post.role,
            area_id=post.area_id, area_path=post.area_path, office=post.title.removesuffix("（代）"),
            user_id=actor.user_id or 0, by=f"{actor.name}，{post.title}"[:160], issued_at=at, size=len(receivers),
        )  # fmt: skip
        duty.save(force_insert=True)
        files_attach(actor=actor, ids=photos, owner=duty, at=at)
        record(actor=actor, code="duties.duty.issued", obj=duty, at=at, post=post)
        _lines(duty, receivers, actor, post, at)
    return duty


def _lines(duty: Duty, receivers: Sequence[Receiver], actor: Actor, post: ActorPost, at: datetime) -> None:
    lines, steps = [], []
    for one in receivers:
        line = Line(
            id=new_id(), duty=duty, area=one.area, unit=one.unit, role=one.role, area_path=one.path, name=one.name,
            due_at=duty.due_at, watch_at=next_watch(State.ISSUED, duty.due_at, at),
        )  # fmt: skip
        step = first_step(line, actor, post, at)
        lines.append(line)
        steps.append(step)
    Line.objects.bulk_create(lines)
    LineStep.objects.bulk_create(steps)
    record_bulk(actor=actor, code=f"duties.line.{Act.ISSUE.value}", objs=lines, at=at, post=post)
    rows = [(line.id, {"step": step.id}) for line, step in zip(lines, steps, strict=True)]
    emit_many(EVENTS[Act.ISSUE], rows=rows, at=at)


def _post(actor: Actor, receivers: Sequence[Receiver]) -> ActorPost:
    """The issuing post nearest above all receivers; nobody issues upward, sideways or to the own office."""
    posts = issuing_posts(actor)
    if not posts:
        raise Forbidden(NO_POST, code="no_issuing_post")
    able = [post for post in posts if all(_below(post, one) for one in receivers)]
    if not able:
        raise NotFound("有的单位不在你能交办的范围内，请重新选。", code="receiver_out_of_scope")
    return max(able, key=lambda post: (not post.stand_in, len(post.area_path)))


def _below(post: ActorPost, one: Receiver) -> bool:
    if one.path not in PathRange.below(post.area_path):
        return False
    return one.unit is not None or one.area_id != post.area_id


def due_fault(order: Order, at: datetime) -> str:
    """What is wrong with the limit, empty if nothing; years are looked at first: some are no moment in China."""
    if order.due_on.year > 2100 or (order.due_on.year > 2000 and order.due_at > at + LONGEST):
        return "时限最长两年，请重新选日期。"
    if order.due_on.year <= 2000 or order.due_at <= at:
        return "时限要在现在以后，请重新选日期或时间。"
    return ""


def _checked(actor: Actor, order: Order, receivers: Sequence[Receiver], at: datetime) -> Case | None:
    faults: dict[str, list[str]] = {}
    for name, text, most, missing in (
        ("title", order.title, TITLE, "请写交办什么事。"), ("body", order.body, BODY, "请写清楚要做什么、做到什么程度。"),
        ("source", order.source, SOURCE, ""),
    ):  # fmt: skip
        if not text.strip() and missing:
            faults[name] = [missing]
        elif len(text.strip()) > most:
            faults[name] = [f"最多写 {most:,} 字，现在是 {len(text.strip()):,} 字，请删减。"]
    late = due_fault(order, at)
    if late:
        faults["due_on"] = [late]
    if not 1 <= len(receivers) <= MOST:
        faults["groups"] = [f"一次交给 1 到 {MOST:,} 家，请重新选。"]
    if len({one.key for one in receivers}) < len(receivers):
        faults["groups"] = ["同一家选了两次，请去掉一个。"]
    case = _case(actor, order.case, faults) if order.case.strip() else None
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)
    return case


def _case(actor: Actor, number: str, faults: dict[str, list[str]]) -> Case | None:
    try:
        return case_get_for(actor, number.strip().removeprefix(f"{current():06d}-"))
    except NotFound:
        faults["case"] = ["没有找到这个编号的事件，请核对编号，如 2611-0008。"]
        return None


def _next_number(at: datetime) -> str:
    """2026-0001 within county and year; none is skipped."""
    year = local(at).year
    return f"{year}-{count_up(DutyCounter, 'year', year):04d}"
