"""A draft's routes tried on past cases: where each would go now against where it went."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, Unit
from shanzhi.cases import permissions
from shanzhi.cases.kinds.routing import Directory, Target, routed
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.places import place_name
from shanzhi.cases.seeing import may_see_kind
from shanzhi.lib.clocks import Calendar
from shanzhi.packs.permissions import EDIT

LAST: Final = 500
SORTS: Final[dict[str, str]] = {Area.Level.GRID: "所在的网格", Area.Level.VILLAGE: "所在的村（社区）"}


@dataclass(frozen=True, slots=True)
class Tried:
    """One past case; `went` is who was given it first, `would` whom the draft names, both empty for nobody.

    `title` is empty for whoever may not see the case itself. `went_to` and `would_to` put grids and villages together.
    """

    number: str
    title: str
    received_at: datetime
    place: str
    went: str
    would: str
    agrees: bool
    went_to: str = ""
    would_to: str = ""


@dataclass(frozen=True)
class Trial:
    """`rows` hold every case tried, newest first; counted are those that were given to somebody."""

    rows: tuple[Tried, ...]

    @property
    def counted(self) -> int:
        return sum(1 for row in self.rows if row.went)

    @property
    def agreeing(self) -> int:
        return sum(1 for row in self.rows if row.went and row.agrees)

    @property
    def share(self) -> int | None:
        """Whole per cent of the cases given to somebody; no value without any."""
        return self.agreeing * 100 // self.counted if self.counted else None

    @property
    def unrouted(self) -> int:
        """How many no route has anybody for: they wait for a person's decision."""
        return sum(1 for row in self.rows if not row.would)

    @property
    def moves(self) -> list[tuple[str, str, int]]:
        """Who had it, who would have it, how often; the most frequent first. Grids count as one, villages as one."""
        counts = Counter((row.went_to, row.would_to) for row in self.differing)
        return [(went, would, count) for (went, would), count in counts.most_common(10)]

    @property
    def differing(self) -> tuple[Tried, ...]:
        return tuple(row for row in self.rows if row.went and not row.agrees)


def tried(actor: Actor, body: KindBody, kind: str, calendar: Calendar, *, last: int = LAST) -> Trial:
    """The draft on the county's last cases of this kind, each at its own place, time and answers.

    Units are those of today. Statements grow with the number of townships, not of cases. Raises Forbidden for who may
    not change rules; who may sees numbers and places of cases, their words only inside the own scope.
    """
    actor.require(EDIT)
    rows = Case.objects.filter(kind=kind).select_related("area__parent").order_by("-received_at", "-id")[:last]
    cases = list(rows)
    went = _first_given([case.id for case in cases])
    known = Directory()
    found = []
    for case in cases:
        target = routed(body, case.area_path, case.received_at, calendar, answers=case.answers, known=known)
        found.append(_compared(case, went.get(case.id), target, named=_names(actor, case)))
    return Trial(tuple(found))


def _names(actor: Actor, case: Case) -> bool:
    return actor.scope(permissions.VIEW).covers(case.area_path) and may_see_kind(actor, case)


def _first_given(case_ids: list[int]) -> dict[int, Assignment]:
    first: dict[int, Assignment] = {}
    for start in range(0, len(case_ids), 500):
        rows = Assignment.objects.filter(case_id__in=case_ids[start : start + 500], role=Assignment.Role.LEAD)
        for row in rows.select_related("unit", "area__parent").order_by("called_at", "id"):
            first.setdefault(row.case_id, row)
    return first


def _compared(case: Case, went: Assignment | None, target: Target | None, *, named: bool) -> Tried:
    agrees = (
        went is not None
        and target is not None
        and ((target.unit is not None and target.unit.id == went.unit_id)
             or (target.area is not None and target.area.id == went.area_id))
    )  # fmt: skip
    had: Unit | Area | None = (went.unit or went.area) if went is not None else None
    gets = target.lead if target is not None else None
    return Tried(
        number=case.number,
        title=case.title if named else "",
        received_at=case.received_at,
        place=place_name(case.area),
        went=_name(had),
        would=target.words if target is not None else "",
        agrees=agrees,
        went_to=_sort(had),
        would_to=_sort(gets),
    )


def _name(target: Unit | Area | None) -> str:
    if isinstance(target, Area):
        return place_name(target)
    return target.name if target is not None else ""


def _sort(target: Unit | Area | None) -> str:
    if isinstance(target, Area):
        return SORTS.get(target.level, target.name)
    return target.name if target is not None else ""
