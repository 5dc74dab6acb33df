"""One entrance for every act on a case: a decision that only reads, and one commit that writes.

`case_act` asks the guards, lets the act's decision say what changes, and writes it: one compare-and-swap of the case,
one row, one trail entry, one event. `acts_on_many` takes many decisions and writes them together; each case is refused
or changed by itself. Decisions live in the modules beside this one and are registered with `@decides(Act.…)`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final, Protocol

from django.db.models import Model
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.cases import clocks
from shanzhi.cases.acts import BESIDE, Act, require
from shanzhi.cases.catalogue import ENDED, STATE_CLOCK, Clock, State
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.models import Assignment, Case, Extension, Supervision
from shanzhi.cases.services.measuring import measured
from shanzhi.cases.services.writing import Done, write
from shanzhi.lib.clocks import Calendar, Span
from shanzhi.lib.errors import DomainError, Invalid, Stale
from shanzhi.packs.calendars import calendar_now
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id

TEXT_LENGTH: Final = 1000
STALE: Final = "刚刚有人办了这件事，请看最新的“经过”再决定，你写的内容还在。"
CALLER: Final = 160


@dataclass
class Moment:
    """Who decides what about which case, when, and in which post: all that a decision may read."""

    actor: Actor
    case: Case
    act: Act
    at: datetime
    post: ActorPost | None
    step_id: int
    done_at: datetime | None = None
    _calendar: list[Calendar] = field(default_factory=list)

    @cached_property
    def kind(self) -> KindBody:
        """The kind as it was when the case began."""
        return kind_of(self.case)

    @property
    def calendar(self) -> Calendar:
        """Looked up once, however many cases a batch has."""
        if not self._calendar:
            self._calendar.append(calendar_now())
        return self._calendar[0]

    @property
    def signature(self) -> str:
        """Name and post, as side rows keep them."""
        return f"{self.actor.name}，{self.post.title}"[:CALLER] if self.post else self.actor.name

    def span(self, clock: Clock) -> Span:
        return self.kind.span(clock, urgent=self.case.urgent)

    def clock_for(self, state: State) -> dict[str, Any]:
        """The clock of the step that `state` waits for, started now."""
        return clocks.started(self.span(STATE_CLOCK[state]), self.at, self.calendar)

    def to_owner(self) -> dict[str, Any]:
        return {"turn_area_id": self.case.owner_id, "turn_unit_id": None}

    def to_handler(self) -> dict[str, Any]:
        return {"turn_area_id": self.case.handler_area_id, "turn_unit_id": self.case.handler_unit_id}


@dataclass
class Change:
    """What a decision says: the next state (None: it stays), the clock's columns, the words, and the rows beside.

    `act` is what the step is called, if not the act that was asked for. `then` runs in the transaction after the case
    was changed, with the step's id at hand in the moment.
    """

    state: State | None = None
    clock: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    target: str = ""
    act: Act | None = None
    satisfied: bool | None = None
    photo_ids: Sequence[int] = ()
    changes: dict[str, Any] = field(default_factory=dict)
    creates: Sequence[Model] = ()
    then: Sequence[Callable[[], object]] = ()
    data: dict[str, int | str] = field(default_factory=dict)


Decision = Callable[..., Change]
DECISIONS: Final[dict[Act, Decision]] = {}
WHEN_ENDED: Final[list[Callable[[Moment], object]]] = []
WHEN_BACK: Final[list[Callable[[Moment], object]]] = []


def decides(act: Act) -> Callable[[Decision], Decision]:
    """Register the decision of an act; a second one is a programming error."""

    def register(decision: Decision) -> Decision:
        if act in DECISIONS:
            raise ValueError(f"{act} is decided twice")
        DECISIONS[act] = decision
        return decision

    return register


def when_ended(hook: Callable[[Moment], object]) -> Callable[[Moment], object]:
    """Register what else happens, in the transaction, when a case has ended."""
    WHEN_ENDED.append(hook)
    return hook


def when_back(hook: Callable[[Moment], object]) -> Callable[[Moment], object]:
    """Register what else happens, in the transaction, when a case that had ended goes on."""
    WHEN_BACK.append(hook)
    return hook


def case_act(
    *, actor: Actor, case: Case, act: Act, version: int | None = None, key: str | None = None,
    at: datetime | None = None, done_at: datetime | None = None, **args: Any,
) -> Case:  # fmt: skip
    """Do an act. Order of refusal: 403, then 409, then the caller's 422; the same key does it once.

    `done_at` is when it was done on a phone without signal; clocks and order go by `at`, when it arrived.

    `version` is the one that the decision was taken on; acts that stand beside the turn (`BESIDE`) take none: they
    wait for the case's row and then hold for whatever it has become, if it is still possible.
    """
    at = at or timezone.now()
    step_id = new_id()
    with atomic():
        operation = f"cases.{act}:{case.id}"
        body = {"version": version or 0, **{name: _plain(value) for name, value in args.items()}}
        if claim(key=key, actor=actor, operation=operation, body=body, result_id=step_id) is not None:
            return case
        moment = moment_of(actor, case, act, version, at=at, step_id=step_id, done_at=done_at)
        done = _done(moment, DECISIONS[act](moment, **args))
        _hold_parents([done])
        if write([done]):
            raise Stale(STALE, code="stale")
        _after(done, moment)
    return case


def moment_of(
    actor: Actor, case: Case, act: Act, version: int | None, *, at: datetime, step_id: int,
    done_at: datetime | None = None, calendar: list[Calendar] | None = None,
) -> Moment:  # fmt: skip
    """The guards, in their order; Forbidden, Stale or Conflict."""
    actor.require(act.permission)
    if version is None and act in BESIDE:
        _locked(case)
    elif case.version != version:
        raise Stale(STALE, code="stale")
    post = require(actor, case, act)
    return Moment(actor, case, act, at, post, step_id, done_at, [] if calendar is None else calendar)


def _locked(case: Case) -> None:
    """Wait for whoever is writing this case, then see it as it is (SQLite: writers queue for the database)."""
    seen_as(case, Case.objects.select_for_update().get(id=case.id))


def seen_as(case: Case, fresh: Case) -> None:
    """Take over every column of a row that was read again."""
    for column in Case._meta.concrete_fields:
        setattr(case, column.attname, getattr(fresh, column.attname))


def held(*case_ids: int | None) -> dict[int, Case]:
    """These cases as they are now, locked until the transaction ends, the lower id first.

    Whoever writes several cases in one transaction holds them all by this before the first of them is written: then
    nobody waits for somebody who waits for them. A part has a higher id than what it was split from.
    """
    wanted = {case_id for case_id in case_ids if case_id is not None}
    return {case.id: case for case in Case.objects.select_for_update().filter(id__in=wanted).order_by("id")}


def _hold_parents(decided: Sequence[Done]) -> None:
    """A part that ends or goes on is counted where it was split from: that row is locked before the part's own."""
    parents = [done.case.parent_id for done in decided if done.turns]
    if any(parents):
        held(*parents, *(done.case.id for done in decided))


def _plain(value: Any) -> Any:
    """An argument as the idempotency key compares it."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Span):
        return value.text()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _done(moment: Moment, change: Change) -> Done:
    """The columns of the case and the step, before they are written."""
    case = moment.case
    state = change.state or State(case.state)
    changes = {**change.clock, **change.changes, "state": state, "version": case.version + 1}
    if state in ENDED and case.state not in ENDED:
        changes |= {"ended_at": moment.at, "turn_area_id": None, "turn_unit_id": None, **clocks.STOPPED}
        changes |= {"supervised": 0, "asking": 0}
    elif state not in ENDED and case.state in ENDED:
        changes["ended_at"] = None
    act = change.act or moment.act
    changes |= measured(
        case, act, state, change.clock, at=moment.at, kind=moment.kind, calendar=lambda: moment.calendar,
        satisfied=change.satisfied,
    )  # fmt: skip
    if case.asking and (state in ENDED or clocks.is_new(change.clock) or state == State.SUSPENDED):
        changes["asking"] = 0  # it moves on: what was asked for is without object
    return Done(
        actor=moment.actor, post=moment.post, at=moment.at, step_id=moment.step_id, case=case,
        act=act, changes=changes, text=change.text, target=change.target,
        satisfied=change.satisfied, photo_ids=change.photo_ids, creates=change.creates, then=change.then,
        data=change.data, done_at=moment.done_at, was_due_at=None if case.state == State.SUSPENDED else case.due_at,
    )  # fmt: skip


def _after(done: Done, moment: Moment) -> None:
    """What moves on forgets who asked for time; what has ended lets go of all who were called or want an answer."""
    if done.was_asking and not done.case.asking:
        lapsed = Extension.objects.filter(case_id=moment.case.id, state=Extension.State.ASKED)
        lapsed.update(state=Extension.State.LAPSED, decided_at=moment.at)
    if not done.turns:
        return
    if moment.case.is_open:
        for hook in WHEN_BACK:
            hook(moment)
        return
    Assignment.objects.filter(case_id=moment.case.id, ended_at=None).update(
        state=Assignment.State.LEFT, ended_at=moment.at, watch_at=None, running_since=None
    )
    if done.was_supervised:
        Supervision.objects.filter(case_id=moment.case.id, answered_at=None).update(
            answered_at=moment.at, answered_by=moment.signature, answer=moment.act.done, watch_at=None,
            running_since=None,
        )  # fmt: skip
    for hook in WHEN_ENDED:
        hook(moment)


def follows(moment: Moment, case: Case, act: Act, change: Change, *, actor: Actor | None = None) -> None:
    """An act on another case that follows from this one, in its transaction, by the same person or by `actor`.

    Nobody does it by itself, so nobody is asked for a permission; the other case is held already.
    """
    post = moment.post if actor is None else None
    other = Moment(actor or moment.actor, case, act, moment.at, post, new_id(), _calendar=moment._calendar)
    if write([_done(other, change)]):
        raise Stale(STALE, code="stale")


@dataclass(frozen=True)
class Outcome:
    """What became of one case of a batch: `sentence` says why it was refused, empty if it was done."""

    case: Case
    sentence: str = ""

    @property
    def is_done(self) -> bool:
        return not self.sentence


def acts_on_many(
    *, actor: Actor, rows: Sequence[tuple[Case, int]], act: Act, at: datetime | None = None,
    arguments: Callable[[Case], dict[str, Any]],
) -> list[Outcome]:  # fmt: skip
    """Do one act to many cases, each with the version that was seen; the outcomes stand in the order of the rows.

    A case that refuses leaves the others alone, and each stands once. That a batch is done once is its owner's matter.
    """
    at = at or timezone.now()
    calendar: list[Calendar] = []
    outcomes: dict[int, Outcome] = {}
    with atomic():
        decided: list[tuple[Done, Moment]] = []
        for case, version in rows:
            try:
                moment = moment_of(actor, case, act, version, at=at, step_id=new_id(), calendar=calendar)
                decided.append((_done(moment, DECISIONS[act](moment, **arguments(case))), moment))
            except DomainError as error:
                outcomes[case.id] = Outcome(case, error.message)
        decided.sort(key=lambda pair: pair[0].case.id)
        _hold_parents([done for done, _ in decided])
        lost = {done.case.id for done in write([done for done, _ in decided])}
        for done, moment in decided:
            if done.case.id in lost:
                outcomes[done.case.id] = Outcome(done.case, STALE)
            else:
                outcomes[done.case.id] = Outcome(done.case)
                _after(done, moment)
    return [outcomes[case.id] for case, _ in rows]


def required(text: str, sentence: str) -> str:
    """The text without blanks around it; Invalid on `text` when it is empty or longer than 1,000 characters."""
    text = text.strip()
    if not text:
        raise Invalid(sentence, code="text_required", fields={"text": [sentence]})
    return limited(text)


def limited(text: str) -> str:
    text = text.strip()
    if len(text) > TEXT_LENGTH:
        sentence = f"最多写 {TEXT_LENGTH} 字，现在 {len(text)} 字，请删减。"
        raise Invalid(sentence, code="text_too_long", fields={"text": [sentence]})
    return text


class ActService(Protocol):
    """`case_<act>(actor=, case=, version=, key=, at=, …)`: `case_act` with the act filled in."""

    def __call__(
        self, *, actor: Actor, case: Case, version: int | None = None, key: str | None = None,
        at: datetime | None = None, done_at: datetime | None = None, **args: Any,
    ) -> Case: ...  # fmt: skip


def service(act: Act) -> ActService:
    def do(
        *, actor: Actor, case: Case, version: int | None = None, key: str | None = None, at: datetime | None = None,
        done_at: datetime | None = None, **args: Any,
    ) -> Case:  # fmt: skip
        return case_act(actor=actor, case=case, act=act, version=version, key=key, at=at, done_at=done_at, **args)

    return do
