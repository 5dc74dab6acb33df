"""What stands open now: by place, by when it is due and by how long it has waited, counted from the cases.

Parts of a split case count nowhere, as everywhere (`docs/domains/rates.md`); each class is what the list of cases
shows at its address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case
from shanzhi.cases.rates.counting import below, group_of
from shanzhi.cases.seeing import seen
from shanzhi.cases.selectors import Tab
from shanzhi.lib.times import local


@dataclass(frozen=True, slots=True)
class Class:
    """Open cases of one kind of waiting: name, colour, and the filters of the list that hold exactly them."""

    code: str
    name: str
    tone: str
    condition: Q
    query: Mapping[str, str]


def midnight(at: datetime) -> datetime:
    """The beginning of this day in China."""
    return local(at).replace(hour=0, minute=0, second=0, microsecond=0)


AHEAD: Final = (("soon", "1–2 天", 1, 2), ("week", "3–7 天", 3, 7), ("later", "7 天以后", 8, None))
AGES: Final = (("fresh", "3 天内", 0, 2), ("days", "4–7 天", 3, 6), ("weeks", "8–15 天", 7, 14),
               ("month", "16–30 天", 15, 29), ("old", "30 天以上", 30, None))  # fmt: skip


def limit_classes(at: datetime) -> tuple[Class, ...]:
    """By when the present step is due; each open case is in exactly one."""
    today = midnight(at)
    still = ~Q(state=State.SUSPENDED)

    def ahead(first: int, last: int | None) -> tuple[Q, dict[str, str]]:
        """From so many days after today to so many, both included."""
        start = today + timedelta(days=first)
        condition, query = Q(due_at__gte=start), {"until_from": str(start.date())}
        if last is not None:
            condition &= Q(due_at__lt=today + timedelta(days=last + 1))
            query["until_to"] = str((today + timedelta(days=last)).date())
        return condition & still, {"tab": Tab.OPEN, **query}

    until = today + timedelta(days=1)
    return (
        Class("overdue", "已超期", "bl", still & Q(due_at__lt=at), {"tab": Tab.OVERDUE}),
        Class("today", "今天", "bs", still & Q(due_at__gte=at, due_at__lt=until), {"tab": Tab.OPEN, "due": "today"}),
        *(Class(code, name, "bo", *ahead(first, last)) for code, name, first, last in AHEAD),
        Class("never", "不限时", "b2", still & Q(due_at=None), {"tab": Tab.OPEN, "due": "never"}),
        Class("paused", "挂账", "bp", Q(state=State.SUSPENDED), {"tab": Tab.SUSPENDED}),
    )


def age_classes(at: datetime) -> tuple[Class, ...]:
    """By how many days ago it came in, the day of receipt counted as the first; each open case is in exactly one."""
    today, found = midnight(at), []
    for code, name, least, most in AGES:
        end = today - timedelta(days=least)
        condition, query = Q(), {"tab": str(Tab.OPEN)}
        if least:
            condition, query["received_to"] = Q(received_at__lt=end + timedelta(days=1)), str(end.date())
        if most is not None:
            start = today - timedelta(days=most)
            condition &= Q(received_at__gte=start)
            query["received_from"] = str(start.date())
        found.append(Class(code, name, "bl" if most is None else "bo", condition, query))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Numbers of open cases of a place; `counts` by the code of a class."""

    open: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    def of(self, code: str) -> int:
        return self.counts.get(code, 0)

    def plus(self, other: "Backlog") -> "Backlog":
        codes = {**self.counts, **other.counts}
        return Backlog(self.open + other.open, {code: self.of(code) + other.of(code) for code in codes})


def counted(actor: Actor, area: Area, at: datetime) -> dict[str, Backlog]:
    """By the path of where it lies, one level below `area`; in a township by grid, from which villages follow. One
    statement over all that is open; `standing` says the same from the roll-ups.

    Cases of kinds that this person may not see are not counted.
    """
    group = place_column(area)
    classes = (*limit_classes(at), *age_classes(at))
    counts: dict[str, Any] = {one.code: Count("id", filter=one.condition) for one in classes if one.condition}
    rows: Any = Case.objects.filter(below(area), seen(actor), ended_at=None, parent=None).order_by()
    found = {}
    for row in rows.values(group).annotate(every=Count("id"), **counts):
        path, every = row.pop(group), row.pop("every")
        found[path] = Backlog(every, row)
    return found


def place_column(area: Area) -> str:
    """The column of a case by which what is open below `area` is told apart."""
    return "area_path" if area.level == Area.Level.TOWNSHIP else group_of(area)


def gathered(found: Mapping[str, Backlog], path: str) -> Backlog:
    """All of it at a place and below."""
    total = Backlog()
    for where, one in found.items():
        if where.startswith(path):
            total = total.plus(one)
    return total


def directly(found: Mapping[str, Backlog], area: Area) -> dict[str, Backlog]:
    """By the place directly below; under the area's own path what lies in none of them."""
    out: dict[str, Backlog] = {}
    for path, one in found.items():
        place = path[: len(area.path) + WIDTH]
        out[place] = out.get(place, Backlog()).plus(one)
    return out
