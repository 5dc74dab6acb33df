"""When the holiday table changes, every open clock that it counts by gets its new end: in batches, each on its own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.cases import clocks
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Assignment, Case, Supervision
from shanzhi.cases.services.engine import acts_on_many
from shanzhi.lib.clocks import Calendar, Unit
from shanzhi.packs.calendars import calendar_now
from shanzhi.packs.services import publish_lock
from shanzhi.tenancy.context import current

BATCH: Final = 500
JOB: Final = "cases.clocks"
COUNTED: Final = (Unit.WORKING_HOURS.value, Unit.WORKING_DAYS.value, Unit.DAYS.value)

Progress = Callable[[int, int], object]


def clocks_reckon(*, at: datetime, progress: Progress) -> dict[str, int]:
    """Recompute what runs in working time or in days; returns how many were looked at and how many moved.

    A case moves by a step of its own, as what is proved of it changes; a second run finds nothing to move. Each batch
    holds back publications and reads the table anew, so of two runs the later table wins.
    """
    models: tuple[Any, ...] = (Case, Assignment, Supervision)
    with atomic():
        total = sum(_running(model).count() for model in models)
    seen = moved = 0
    for model in models:
        last = 0
        while True:
            with atomic():
                publish_lock()
                rows = list(_running(model).filter(id__gt=last).order_by("id")[:BATCH])
                moved += _move(rows, at, calendar_now())
            if not rows:
                break
            last, seen = rows[-1].id, seen + len(rows)
            progress(min(seen, total), total)
    return {"seen": seen, "moved": moved}


def _running(model: Any) -> Any:
    """Open rows that move; those that stand still are computed when they go on."""
    return model.objects.filter(running_since__isnull=False, due_at__isnull=False, clock_unit__in=COUNTED)


def _move(rows: list[Any], at: datetime, calendar: Calendar) -> int:
    """How many ends moved; where only the half of the time moves, the watcher just looks at another moment."""
    changed = [(row, columns) for row in rows if (columns := clocks.recomputed(row, at, calendar))]
    moving = [row for row, columns in changed if columns["due_at"] != row.due_at]
    stepping = {row.id for row in moving if isinstance(row, Case)}
    for row, columns in changed:
        if row.id not in stepping:
            same = {"running_since": row.running_since, "allowed": row.allowed, "due_at": row.due_at}
            type(row).objects.filter(id=row.id, watch_at=row.watch_at, **same).update(**columns)
    if not stepping:
        return len(moving)
    outcomes = acts_on_many(
        actor=Actor.system(current()), rows=[(case, case.version) for case in moving], act=Act.RECKON, at=at,
        arguments=lambda case: {},
    )  # fmt: skip
    return sum(outcome.is_done for outcome in outcomes)
