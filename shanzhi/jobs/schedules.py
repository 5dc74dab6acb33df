"""Keeping the queue's table of schedules equal to what the code declares."""

from datetime import datetime
from typing import Final

from django.db.transaction import atomic
from django_q.models import Schedule

from shanzhi.jobs.registry import PERIODICS

PREFIX: Final = "every:"
FUNCTION: Final = "shanzhi.jobs.runner.run_periodic"


def ensure_schedules(*, at: datetime) -> list[str]:
    """One schedule for each `@every`, none for what is no longer declared; done twice it changes nothing."""
    with atomic():
        for name, periodic in PERIODICS.items():
            rows = list(Schedule.objects.select_for_update().filter(name=PREFIX + name).order_by("id"))
            for double in rows[1:]:
                double.delete()
            wanted = {"func": FUNCTION, "args": repr((name,)), "minutes": periodic.minutes}
            wanted["schedule_type"] = Schedule.MINUTES
            if not rows:
                Schedule.objects.create(name=PREFIX + name, next_run=at, repeats=-1, **wanted)
            elif any(getattr(rows[0], field) != value for field, value in wanted.items()):
                Schedule.objects.filter(id=rows[0].id).update(**wanted)
        known = [PREFIX + name for name in PERIODICS]
        Schedule.objects.filter(name__startswith=PREFIX).exclude(name__in=known).delete()
    return sorted(PERIODICS)
