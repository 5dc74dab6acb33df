"""What every write on a line does: the row by compare-and-swap, one step, one trail entry, one event."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.duties.catalogue import WITH_RECEIVER, Act
from shanzhi.duties.events import EVENTS
from shanzhi.duties.history import chained
from shanzhi.duties.models import Line, LineStep
from shanzhi.lib.clocks import DAY_END
from shanzhi.lib.errors import Stale
from shanzhi.lib.times import SHANGHAI, local
from shanzhi.tenancy.outbox import emit
from shanzhi.trail.services import record

STALE: Final = "刚刚有人更新了这一行，请看最新的经过再决定，你写的内容还在。"
MORNING: Final = time(9)


def day_end(day: date) -> datetime:
    """The last second of a day in China, as all limits in days end."""
    return datetime.combine(day, DAY_END, SHANGHAI)


def next_watch(state: str, due_at: datetime, at: datetime) -> datetime | None:
    """When the receiver is to be told next: at nine on the day before the limit, and the second after it."""
    if state not in WITH_RECEIVER:
        return None
    eve = datetime.combine(local(due_at).date() - timedelta(days=1), MORNING, SHANGHAI)
    if eve > at:
        return eve
    late = due_at + timedelta(seconds=1)
    return late if late > at else None


def first_step(line: Line, actor: Actor, post: ActorPost | None, at: datetime) -> LineStep:
    """The step with which a line begins; sets the line's history."""
    step = _step(line, Act.ISSUE, actor, post, at, from_state="")
    line.history = chained("", step)
    return step


def _step(
    line: Line, act: Act, actor: Actor, post: ActorPost | None, at: datetime, *, from_state: str, **said: Any
) -> LineStep:
    return LineStep(
        line_id=line.id, version=line.version, act=act, at=at, actor_id=actor.user_id or None,
        post_id=post.id if post is not None else None, actor_name=actor.name,
        actor_title=post.title if post is not None else "", from_state=from_state, to_state=line.state,
        due_at=line.due_at, **said,
    )  # fmt: skip


def write(
    line: Line, act: Act, *, actor: Actor, post: ActorPost | None, at: datetime, changes: dict[str, Any],
    **said: Any,
) -> LineStep:  # fmt: skip
    """Change the line as it was read, or Stale; call it inside a transaction. `said` is what the step keeps."""
    seen, before = line.version, line.state
    changes = {**changes, "version": seen + 1}
    for name, value in changes.items():
        setattr(line, name, value)
    step = _step(line, act, actor, post, at, from_state=before, **said)
    changes["history"] = line.history = chained(line.history, step)
    if not Line.objects.filter(id=line.id, version=seen).update(**changes):
        raise Stale(STALE, code="stale")
    step.save(force_insert=True)
    record(actor=actor, code=f"duties.line.{act.value}", obj=line, at=at, post=post)
    emit(EVENTS[act], subject_id=line.id, at=at, step=step.id)
    return step
