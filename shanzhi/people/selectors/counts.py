"""How many people on any day, place by place, counted from the dated whereabouts: 居住地 and 户籍地 both.

Of a place: who lives in it (常住, of them with registration here, from elsewhere 流入, and from abroad 境外), and who is
registered in it but lives elsewhere (外出). A person may be 流入 in one village and 外出 of another; of the county
as a whole they are neither, so the row of the whole is counted for itself and is no sum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.db.models.functions import Left

from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.people.catalogue import Population
from shanzhi.people.models import Household, Stay
from shanzhi.people.selectors.scope import below_q

COLUMNS: Final = {
    "living": "常住", "settled": "户籍在本处", "inflow": "流入", "overseas": "境外", "away": "外出",
    "registered": "户籍人口", "households": "户数",
}  # fmt: skip
UNITS: Final = {"households": "户"}  # everything else is people
LEVEL_BELOW: Final = {"county": "乡镇（街道）", "township": "村（社区）", "village": "网格"}


@dataclass(slots=True)
class Figures:
    """Of one place on one day."""

    settled: int = 0
    inflow: int = 0
    overseas: int = 0
    away: int = 0
    households: int = 0

    @property
    def living(self) -> int:
        return self.settled + self.inflow + self.overseas

    @property
    def registered(self) -> int:
        return self.settled + self.away

    def cells(self) -> list[tuple[str, int]]:
        return [(label, getattr(self, name)) for name, label in COLUMNS.items()]


@dataclass(frozen=True, slots=True)
class CountRow:
    area: Area
    figures: Figures


@dataclass(frozen=True, slots=True)
class Counts:
    """A place on a day, what lies directly below it side by side, and what is written to the place itself."""

    area: Area
    day: date
    figures: Figures
    rows: Sequence[CountRow]
    own: Figures = field(default_factory=Figures)

    @property
    def below(self) -> str:
        return LEVEL_BELOW.get(self.area.level, "")


def on_day(day: date) -> Q:
    """Stays that held on a day."""
    return Q(since__lte=day, void=False) & (Q(until__isnull=True) | Q(until__gt=day))


def population_on(area: Area, day: date) -> Counts:
    """Seven statements, however many places and people there are. The places are those of the day."""
    width = len(area.path) + WIDTH
    whole = _figures(area, day, len(area.path))
    parts = _figures(area, day, width)
    on = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    below = Area.objects.filter(on, parent=area).order_by("path")
    rows = [CountRow(one, parts.get(one.path, Figures())) for one in below]
    return Counts(area, day, whole.get(area.path, Figures()), rows, parts.get(area.path, Figures()))


def _figures(area: Area, day: date, width: int) -> Mapping[str, Figures]:
    """By the first so many characters of the path."""
    found: dict[str, Figures] = {}
    stays = Stay.objects.filter(on_day(day))
    same = Case(When(registered_path="", then=Value("no")), default=Left("registered_path", width), output_field=_TEXT)
    living = stays.filter(below_q(area, "lives_path")).annotate(
        here=Left("lives_path", width), from_here=same, abroad=_abroad()
    )  # fmt: skip
    for row in _grouped(living, "here", "from_here", "abroad"):
        figures = found.setdefault(row["here"], Figures())
        name = "overseas" if row["abroad"] else "settled" if row["from_here"] == row["here"] else "inflow"
        setattr(figures, name, getattr(figures, name) + row["number"])
    away = stays.filter(below_q(area, "registered_path")).annotate(
        here=Left("registered_path", width), there=Left("lives_path", width)
    )  # fmt: skip
    for row in _grouped(away.exclude(here=F("there")), "here"):
        found.setdefault(row["here"], Figures()).away += row["number"]
    open_then = Q(opened_on__lte=day) & (Q(closed_on__isnull=True) | Q(closed_on__gt=day))
    homes = Household.objects.filter(open_then, below_q(area, "area_path")).annotate(here=Left("area_path", width))
    for row in _grouped(homes, "here"):
        found.setdefault(row["here"], Figures()).households += row["number"]
    return found


_TEXT: Final = CharField()


def _abroad() -> Any:
    return Case(When(population=Population.OVERSEAS, then=Value(1)), default=Value(0))


def _grouped(rows: Any, *names: str) -> Any:
    return rows.values(*names).annotate(number=Count("id")).order_by(*names)
