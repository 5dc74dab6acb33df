"""Facts counted from the cases themselves, for readers and moments that the roll-ups can't answer for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases.models import Case
from shanzhi.cases.rates.counting import below, counted, counted_by_day, group_of
from shanzhi.cases.rates.facts import MOMENTS, between, overdue, records
from shanzhi.cases.rates.periods import Period
from shanzhi.cases.seeing import seen
from shanzhi.lib.times import SHANGHAI

Facts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who looks at a place at a moment."""

    actor: Actor
    area: Area
    at: datetime

    @property
    def shown(self) -> Q:
        return seen(self.actor)

    @property
    def called(self) -> Q:
        return seen(self.actor, "case__")


def by_place(reader: Reader, period: Period) -> dict[str, Facts]:
    """Facts of each place directly below by its path, and under the area's own what lies in none of them."""
    counts = counted(reader.area, period.start, period.end, shown=reader.shown, called=reader.called)
    found: dict[str, Facts] = {path: asdict(one) for path, one in counts.items()}
    for path, many in standing(reader, period.end).items():
        found.setdefault(path, {})["open"] = many
    return found


def by_day(reader: Reader, period: Period) -> dict[date, Facts]:
    """Facts of each day of the period, each as if it were the period itself, with what stood open at its end."""
    area, start, end = reader.area, period.start, period.end
    counts = counted_by_day(area, start, end, shown=reader.shown, called=reader.called)
    found: dict[date, Facts] = {day: asdict(one) for day, one in counts.items()}
    rows: Any = Case.objects.filter(below(area), reader.shown, MOMENTS["ended_at"], between("ended_at", start, end))
    rows = rows.order_by().annotate(ended_on=TruncDate("ended_at", tzinfo=SHANGHAI)).values("ended_on")
    for row in rows.annotate(many=Count("id")):
        found.setdefault(row["ended_on"], {})["ended"] = row["many"]
    return standing_days(found, sum(standing(reader, start).values()), period)


def standing_days(days: dict[date, Facts], stood: int, period: Period) -> dict[date, Facts]:
    """Add what stands open at the end of each day, from what stood open before the first."""
    for number in range((period.last - period.first).days + 1):
        facts = days.setdefault(period.first + timedelta(days=number), {})
        stood += facts.get("reported", 0) - facts.get("ended", 0)
        facts["open"] = stood
    return days


def standing(reader: Reader, end: datetime) -> dict[str, int]:
    """What is open at this moment by place, as far as is known now."""
    return _grouped(reader, records("open", end, end, at=reader.at))


def late(reader: Reader) -> dict[str, int]:
    """What is overdue now, by place; never kept."""
    return _grouped(reader, Q(parent=None) & overdue(reader.at))


def _grouped(reader: Reader, condition: Q) -> dict[str, int]:
    group = group_of(reader.area)
    rows: Any = Case.objects.filter(below(reader.area), reader.shown, condition).order_by()
    return {row[group]: row["many"] for row in rows.values(group).annotate(many=Count("id"))}


def summed(many: Iterable[Facts]) -> Facts:
    """All of them together."""
    total: Facts = defaultdict(int)
    for one in many:
        for name, number in one.items():
            total[name] += number
    return dict(total)
