"""Writing what was decided: for one case or for many, in the same order and with the same rows."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import ENDED
from shanzhi.cases.events import EVENTS
from shanzhi.cases.history import chained
from shanzhi.cases.models import Case, Step
from shanzhi.files.services import files_attach
from shanzhi.tenancy.outbox import emit, emit_many
from shanzhi.trail.services import record, record_bulk


@dataclass
class Done:
    """One decided act: the columns that change, the step's words, and the rows that come with it."""

    actor: Actor
    post: ActorPost | None
    at: datetime
    step_id: int
    case: Case
    act: Act
    changes: dict[str, Any]
    text: str
    target: str
    satisfied: bool | None
    photo_ids: Sequence[int]
    creates: Sequence[Model]
    then: Sequence[Callable[[], object]]
    data: dict[str, int | str]
    was_due_at: datetime | None
    done_at: datetime | None = None

    def __post_init__(self) -> None:
        self.was_supervised = self.case.supervised > 0
        self.was_asking = self.case.asking > 0
        self.seen = self.case.version
        self.turns = (self.case.state in ENDED) != (self.changes["state"] in ENDED)

    def step(self) -> Step:
        """The row of this act, not linked yet."""
        case = self.case
        return Step(
            id=self.step_id, case_id=case.id, version=self.changes["version"], act=self.act, at=self.at,
            actor_id=self.actor.user_id or None, post_id=self.post.id if self.post else None,
            actor_name=self.actor.name, actor_title=self.post.title if self.post else "", text=self.text,
            target=self.target[:120], satisfied=self.satisfied, from_state=case.state, to_state=self.changes["state"],
            done_at=self.done_at, was_due_at=self.was_due_at, due_at=self.changes.get("due_at", case.due_at),
        )  # fmt: skip


def write(decided: Sequence[Done]) -> list[Done]:
    """Move each case on, if it is still the one that was seen; returns those that were not, untouched.

    All of them are of one actor, one act and one moment. Several cases cost one statement each for the
    compare-and-swap; their steps, side rows, trail entries and events are written together.
    """
    won: list[Done] = []
    lost: list[Done] = []
    steps: list[Step] = []
    for done in decided:
        step = done.step()
        done.changes["history"] = chained(done.case.history, [step])
        if not Case.objects.filter(id=done.case.id, version=done.seen).update(**done.changes):
            lost.append(done)
            continue
        for name, value in done.changes.items():
            setattr(done.case, name, value)
        steps.append(step)
        won.append(done)
    if won:
        _beside(won, steps)
    return lost


def _beside(won: Sequence[Done], steps: Sequence[Step]) -> None:
    Step.objects.bulk_create(steps)
    created: dict[type[Model], list[Model]] = defaultdict(list)
    for done, step in zip(won, steps, strict=True):
        files_attach(actor=done.actor, ids=list(done.photo_ids), owner=step, at=done.at)
        for row in done.creates:
            created[type(row)].append(row)
    for model, rows in created.items():
        model._default_manager.bulk_create(rows)
    for done in won:
        for call in done.then:
            call()
    first = won[0]
    code, event = f"cases.case.{first.act.past}", EVENTS[first.act]
    if len(won) == 1:
        record(actor=first.actor, code=code, obj=first.case, at=first.at, post=first.post)
        emit(event, subject_id=first.case.id, at=first.at, step=first.step_id, **first.data)
        return
    record_bulk(actor=first.actor, code=code, objs=[done.case for done in won], at=first.at, post=first.post)
    emit_many(event, at=first.at, rows=[(done.case.id, {"step": done.step_id, **done.data}) for done in won])
