"""Looking at the clocks: who is warned at half of the time, when it is up, and at three times as much.

A row is looked at when its `watch_at` has come. Whoever moves `watch_at` on by compare-and-swap tells, so of two
workers one does; and the event's id follows from row, limit and warning, so a second telling adds nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from django.db.models import QuerySet
from django.db.transaction import atomic
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.cases import clocks
from shanzhi.cases.acts import Act
from shanzhi.cases.badge import moment_words
from shanzhi.cases.catalogue import State
from shanzhi.cases.clocks import DUE, HALF, TRIPLE
from shanzhi.cases.models import Assignment, Case, Supervision, Timed
from shanzhi.cases.seeing import told_among
from shanzhi.cases.services import case_act
from shanzhi.cases.topics import DUE as TOPIC
from shanzhi.cases.whom import People
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.errors import DomainError
from shanzhi.notices.services import notice_send
from shanzhi.packs.calendars import calendar_now
from shanzhi.tenancy.context import current

BATCH: Final = 500
TOGETHER: Final = 50  # rows of one transaction: nobody waits long behind it
AGAIN: Final = "挂账到期，自动恢复办理。"
STEPS: Final = {
    State.REPORTED: "受理", State.ACCEPTED: "分派", State.RETURNED: "重新安排", State.DISPATCHED: "处理",
    State.HANDLING: "处理", State.HANDLED: "核查",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What is said of one row to whom; nobody is told of what has no words."""

    case: Case
    what: str
    people: frozenset[int]


Says = Callable[[Any, int, People], Told | None]


def watch(at: datetime) -> int:
    """Everything whose moment has come in the present county; returns how many people's warnings were written."""
    people = People(at)
    told = resume_suspended(at)
    told += _rows(Case.objects.exclude(state=State.SUSPENDED).select_related("turn_area"), at, people, _of_case)
    given = Assignment.objects.select_related("case", "area", "unit")
    told += _rows(given, at, people, _of_assignment)
    told += _rows(Supervision.objects.select_related("case__turn_area", "area"), at, people, _of_supervision)
    return told


def due_rows(rows: QuerySet[Any], at: datetime) -> list[Any]:
    """The first of those whose moment has come; by the partial index over `watch_at`."""
    return list(rows.filter(watch_at__lte=at).order_by("watch_at")[:BATCH])


def resume_suspended(at: datetime) -> int:
    """Cases whose suspension ends go on, each in its own transaction; what is resumed by hand now is left alone."""
    with atomic():
        rows = list(
            Case.objects.filter(state=State.SUSPENDED, watch_at__lte=at).select_related("owner").order_by("watch_at")
        )
    done = 0
    for case in rows:
        try:
            case_act(actor=Actor.system(current()), case=case, act=Act.RESUME, version=case.version, at=at, text=AGAIN)
            done += 1
        except DomainError:
            continue
    return done


def _rows(rows: QuerySet[Any], at: datetime, people: People, says: Says) -> int:
    told = 0
    while True:
        with atomic():
            batch, calendar = due_rows(rows, at), calendar_now()
        moved = 0
        for start in range(0, len(batch), TOGETHER):
            with atomic():
                # The lower id first, as everybody does who writes several rows: nobody waits in a ring.
                for row in sorted(batch[start : start + TOGETHER], key=lambda row: row.id):
                    level = _move_on(row, at, calendar)
                    moved += level > 0
                    warning = says(row, level, people) if level else None
                    if warning is not None:
                        _tell(row, level, warning, at)
                        told += 1
        if len(batch) < BATCH or not moved:
            return told


def _move_on(row: Timed, at: datetime, calendar: Calendar) -> int:
    """The highest warning that is due now, 0 if another worker gives it or the clock has moved meanwhile."""
    level, following = row.warned, clocks.next_watch(row, row.warned, calendar)
    while following is not None and following <= at:
        level += 1
        following = clocks.next_watch(row, level, calendar)
    won = (
        type(row)
        ._default_manager.filter(id=row.id, watch_at=row.watch_at, warned=row.warned, running_since=row.running_since)
        .update(watch_at=following, warned=level)
    )
    return level if won and level > row.warned else 0


def _tell(row: Timed, level: int, warning: Told, at: datetime) -> None:
    case, due = warning.case, row.due_at
    assert due is not None
    by = moment_words(due, at)
    title, body = {
        HALF: ("快到期", f"{warning.what}的时间已用一半，请在 {by} 前办完。"),
        DUE: ("已到期", f"{warning.what}的时限 {by} 已到，还没有办完，请马上办。"),
        TRIPLE: ("严重超期", f"{warning.what}的时限是 {by}，已用到三倍的时间，请过问。"),
    }[level]
    notice_send(
        recipients=told_among(case, warning.people, at=at), title=f"{title}：{case.title}", body=body,
        path=reverse("cases:case", args=[case.county_id, case.number]), event_id=event_id(row, level), at=at,
        object_type="cases.case", object_id=case.id, topic=TOPIC, urgent=case.urgent,
    )  # fmt: skip


def event_id(row: Timed, level: int) -> int:
    """One number for one warning of one limit, whoever tells of it."""
    assert row.due_at is not None
    said = f"{type(row).__name__}:{row.id}:{row.due_at.timestamp():.0f}:{level}"
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big") >> 1


def _of_case(case: Case, level: int, people: People) -> Told | None:
    """What was verified waits for the reporter and closes by itself: nobody is late with that."""
    if case.state not in STEPS:
        return None
    told = _raised(level, people.turn(case), case, people)
    return Told(case, STEPS[State(case.state)], told)


def _of_assignment(row: Assignment, level: int, people: People) -> Told | None:
    """A called unit's own part. The time of the one that has the turn is the case's, which is told of already."""
    if row.role == Assignment.Role.LEAD and not row.whistled:
        return None
    own = people.unit(row.unit_id) if row.unit_id is not None else people.place(row.area.path if row.area else "")
    return Told(row.case, f"{row.who}配合", _raised(level, own, row.case, people))


def _of_supervision(row: Supervision, level: int, people: People) -> Told | None:
    """Whoever has to answer; whoever asked hears when there was no answer in time."""
    case = row.case
    answering = people.turn(case) | people.office(case.owner_path)
    asked: Iterable[int] = [row.by_user_id] if row.by_user_id is not None and level >= DUE else []
    return Told(case, "回复督办", _raised(level, answering, case, people) | frozenset(asked))


def _raised(level: int, first: frozenset[int], case: Case, people: People) -> frozenset[int]:
    """At half whoever does it; when it is due also the level in charge; at three times the level above it."""
    if level == HALF:
        return first
    return first | people.office(case.owner_path) if level == DUE else people.above(case.owner_path)
