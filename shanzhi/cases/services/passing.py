"""Open cases of a place that is merged into another pass on to it, as a step of their own."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases.acts import Act
from shanzhi.cases.events import EVENTS
from shanzhi.cases.history import chained
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.lib.errors import Stale
from shanzhi.tenancy.outbox import emit
from shanzhi.trail.services import record


def cases_pass_on(*, actor: Actor, old: Area, new: Area, at: datetime) -> int:
    """Every open case that `old` is in charge of or has to handle goes on at `new`; returns how many.

    Clocks run on. A second call finds nothing: it does no harm. Where the case is stays what it was, by its own area.
    """
    mine = Q(owner_id=old.id) | Q(handler_area_id=old.id) | Q(turn_area_id=old.id)
    with atomic():
        rows = list(Case.objects.filter(mine, ended_at=None))
        for case in rows:
            _pass_on(case, actor, old, new, at)
        return len(rows)


def _pass_on(case: Case, actor: Actor, old: Area, new: Area, at: datetime) -> None:
    changes: dict[str, Any] = {"version": case.version + 1}
    if case.owner_id == old.id:
        changes |= {"owner_id": new.id, "owner_path": new.path}
    for name in ("handler_area_id", "turn_area_id"):
        if getattr(case, name) == old.id:
            changes[name] = new.id
    step = Step(
        case_id=case.id, version=changes["version"], act=Act.PASS, at=at, actor_id=actor.user_id or None,
        actor_name=actor.name, target=new.name, text=f"{old.name}已并入{new.name}，由{new.name}接着办。",
        from_state=case.state, to_state=case.state, due_at=case.due_at,
    )  # fmt: skip
    changes["history"] = chained(case.history, [step])
    if not Case.objects.filter(id=case.id, version=case.version).update(**changes):
        raise Stale  # somebody acts on it in this moment: the event is delivered again
    for name, value in changes.items():
        setattr(case, name, value)
    step.save()
    Assignment.objects.filter(case_id=case.id, area_id=old.id, ended_at=None).update(area_id=new.id)
    record(actor=actor, code=f"cases.case.{Act.PASS.past}", obj=case, at=at)
    emit(EVENTS[Act.PASS], subject_id=case.id, at=at, step=step.id)
