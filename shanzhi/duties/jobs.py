"""Recurring work: receivers are told the day before the limit, and when it was passed."""

from datetime import datetime

from django.db.transaction import atomic

from shanzhi.duties.models import Line
from shanzhi.duties.selectors import to_watch
from shanzhi.duties.services import next_watch
from shanzhi.duties.telling import remind
from shanzhi.jobs.registry import every

BATCH = 200


@every(5, title="提醒交办的时限")
def watch(at: datetime) -> int:
    """Whoever moves `watch_at` on by compare-and-swap tells, so of two workers one does."""
    told = 0
    while True:
        with atomic():
            rows = to_watch(at, BATCH)
            moved = [row for row in sorted(rows, key=lambda row: row.id) if _move_on(row, at)]
            for row in moved:
                remind(row, at)
        told += len(moved)
        if len(rows) < BATCH or not moved:
            return told


def _move_on(row: Line, at: datetime) -> bool:
    following = next_watch(row.state, row.due_at, at)
    return bool(Line.objects.filter(id=row.id, watch_at=row.watch_at).update(watch_at=following))
