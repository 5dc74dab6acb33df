"""The rates once more, by hand: from the steps of every case alone, in plain Python, for the tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shanzhi.cases import clocks
from shanzhi.cases.catalogue import Clock
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import CallBack, Case, Contact, Step
from shanzhi.packs.calendars import calendar_now

TAKEN = ("accepted", "dispatched", "handling", "handled", "verified", "closed")
UNDER_WAY = ("dispatched", "handling")


@dataclass
class Way:
    """What the steps of one case say."""

    accepted: datetime | None = None
    dispatched: datetime | None = None
    deadline: datetime | None = None
    round: int = 0
    again: bool = False
    back: bool = False
    handled: datetime | None = None
    closed: datetime | None = None
    contacted: datetime | None = None
    rated: datetime | None = None
    satisfied: bool | None = None
    reopened: bool = False


def way_of(case: Case, steps: Sequence[Step]) -> Way:
    way = Way()
    paused: dict[str, datetime | None] = {}
    kind, calendar = kind_of(case), calendar_now()

    def usual(at: datetime) -> datetime:
        due: datetime = clocks.started(kind.span(Clock.HANDLE, urgent=case.urgent), at, calendar)["due_at"]
        return due

    for step in steps:
        given = step.act in ("accept", "dispatch") and step.to_state == "dispatched"
        if way.accepted is None and step.to_state in TAKEN:
            way.accepted, way.deadline = step.at, usual(step.at)
        if given or step.act == "split":
            way.deadline = step.due_at if way.round == 0 else way.deadline
        if given:
            way.dispatched, way.again, way.round = way.dispatched or step.at, way.again or way.round > 0, way.round + 1
        if step.act == "return" and step.from_state in UNDER_WAY:
            way.back = True
        if step.act == "reopen" or step.satisfied is False:
            way.round, way.deadline = 0, usual(step.at)
        if step.act in ("suspend", "merge") and step.from_state != step.to_state:
            paused[step.act] = step.was_due_at
        before = {"grant": step.was_due_at, "resume": paused.get("suspend"), "unmerge": paused.get("merge")}
        moves = step.act == "grant" or (step.act in before and step.from_state in ("suspended", "merged"))
        old = before.get(step.act) if moves else None
        if way.deadline is not None and step.due_at is not None and old is not None:
            way.deadline += step.due_at - old
        if step.to_state == "handled" and step.from_state != "handled":
            way.handled = step.at
        if step.to_state in ("returned", "dispatched", "handling"):
            way.handled = None
        if step.to_state == "closed" and way.closed is None:
            way.closed = step.at
        if step.act == "contact" and not step.target.endswith("没联系上") and way.contacted is None:
            way.contacted = step.at
        if step.satisfied is not None:
            way.rated, way.satisfied = step.at, step.satisfied
        way.reopened = way.reopened or step.act == "reopen"
    return way


def recount(path: str, start: datetime, end: datetime) -> Mapping[str, int]:
    """Everything that `Counts` counts, at the place of this path and below it."""
    found: dict[str, int] = {}

    def add(**named: object) -> None:
        for name, holds in named.items():
            found[name] = found.get(name, 0) + bool(holds)

    def within(at: datetime | None) -> bool:
        return at is not None and start <= at < end

    for case in Case.objects.all():
        steps = list(Step.objects.filter(case=case).order_by("version"))
        if not case.area_path.startswith(path) or case.parent_id is not None:
            continue
        way, counts = way_of(case, steps), case.state not in ("rejected", "merged")
        if within(case.received_at):
            add(reported=True, accepted=counts and way.accepted)
        if not counts:
            continue
        contact = Contact.objects.filter(case=case).first()
        reachable = (contact is not None and contact.phone != "") or case.reporter_title.endswith("居民")
        if within(way.deadline) and case.state != "suspended":
            closed = case.state == "closed"
            soon = way.contacted is not None and way.contacted <= case.received_at + timedelta(hours=24)
            in_time = closed and way.handled is not None and way.deadline is not None and way.handled <= way.deadline
            add(due=True, finished=closed, in_time=in_time, to_contact=reachable, contacted=reachable and soon)
        if within(way.dispatched):
            add(dispatched=True, accurate=not way.again, returned=way.back)
        if within(way.closed):
            add(closed=True, reopened=way.reopened)
        call = CallBack.objects.filter(case=case, state="done").first()
        called = call is not None and within(call.at)
        if call is not None and called:
            add(called=True, solved=call.solved)
        if called or within(way.rated):
            add(rated=True, satisfied=call.satisfied if call is not None and called else way.satisfied)
    return found
