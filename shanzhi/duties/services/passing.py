"""Open lines and instructions of a place that is merged go on at its successor."""

from datetime import datetime

from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.duties.catalogue import OPEN, Act
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.offices import receiver_name
from shanzhi.duties.services.steps import write
from shanzhi.trail.services import record_bulk


def lines_pass_on(*, actor: Actor, old: Area, new: Area, at: datetime) -> int:
    """Every open line of `old` goes on at `new`; where `new` has a line of its own, the old one is withdrawn.

    Instructions that `old` issued are struck off by the same office of `new` from now on. A second call finds nothing.
    """
    with atomic():
        issued = list(Duty.objects.filter(area_id=old.id).order_by("id"))
        for duty in issued:
            duty.area, duty.area_path = new, new.path
        Duty.objects.filter(area_id=old.id).update(area_id=new.id, area_path=new.path)
        record_bulk(actor=actor, code="duties.duty.passed", objs=issued, at=at)
        rows = list(Line.objects.filter(area_id=old.id, state__in=OPEN).select_related("duty").order_by("id"))
        taken = set(Line.objects.filter(area_id=new.id).values_list("duty_id", "role"))
        for line in rows:
            words = f"{old.name}已并入{new.name}，由{new.name}接着办。"
            if (line.duty_id, line.role) in taken:
                changes = {"state": "withdrawn", "ended_at": at, "asked_until": None, "watch_at": None}
                write(line, Act.WITHDRAW, actor=actor, post=None, at=at, changes=changes, text=words)
            else:
                changes = {
                    "area_id": new.id, "area_path": new.path, "name": receiver_name(new, None, line.role)
                }  # fmt: skip
                write(line, Act.PASS, actor=actor, post=None, at=at, changes=changes, text=words)
        return len(rows)
