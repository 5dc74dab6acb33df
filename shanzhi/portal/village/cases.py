"""Cases as the public sees them: of public kinds only, and of each only what `Shown` has.

No column with words of a person, a position or a name is read for a list: `COLUMNS` is all that leaves the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Q, QuerySet

from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case, Step
from shanzhi.cases.taking.following import TOLD
from shanzhi.tenancy.keyset import Order

COLUMNS: Final = (
    "county_id", "number", "kind", "definition", "state", "received_at", "ended_at", "summary", "area",
    "area__county_id", "area__code", "area__name", "area__level", "area__parent", "area__parent__county_id",
    "area__parent__code", "area__parent__name", "area__parent__level",
)  # fmt: skip
PLACED: Final = (*COLUMNS, "lon", "lat")
LISTED: Final = tuple(state for state in State if state not in (State.MERGED, State.REJECTED))
OPEN: Final = "open"
CLOSED: Final = "closed"
STATES: Final[dict[str, str]] = {OPEN: "还在办的", CLOSED: "已办结的"}
NEWEST: Final = "newest"
OLDEST: Final = "oldest"
SORTS: Final[dict[str, str]] = {NEWEST: "新收到的在前", OLDEST: "早收到的在前"}
ORDERS: Final[dict[str, Order]] = {
    NEWEST: Order("public-cases", ("received_at",), descending=True),
    OLDEST: Order("public-cases", ("received_at",)),
}
DEPTH: Final = 5  # how far a chain of merges is followed

Cases = QuerySet[Case]


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; every field may be empty. `numbers` and `words` (kinds) are what a search means."""

    state: str = ""
    kinds: Sequence[str] = ()
    grid: Area | None = None
    first: datetime | None = None
    before: datetime | None = None
    text: str = ""
    numbers: Sequence[str] = ()
    named: Sequence[str] = ()
    sort: str = NEWEST

    @property
    def order(self) -> Order:
        return ORDERS.get(self.sort, ORDERS[NEWEST])


def is_public(rows: Cases) -> Cases:
    """The public may know that there are these."""
    return rows.filter(is_public=True, seen_by="")


def public_cases(village: Area, wanted: Wanted | None = None, *, told: bool = False) -> Cases:
    """Of a village and its grids: neither merged away nor rejected. `told`: only those with a summary."""
    wanted = wanted or Wanted()
    rows = is_public(Case.objects.filter(village_path=village.path))
    if told:
        rows = rows.exclude(summary="")
    rows = rows.filter(state__in=LISTED)
    if wanted.state == OPEN:
        rows = rows.filter(ended_at=None)
    elif wanted.state == CLOSED:
        rows = rows.filter(state=State.CLOSED)
    if wanted.kinds:
        rows = rows.filter(kind__in=wanted.kinds)
    if wanted.grid is not None:
        rows = rows.filter(area_path=wanted.grid.path)
    if wanted.first is not None:
        rows = rows.filter(received_at__gte=wanted.first)
    if wanted.before is not None:
        rows = rows.filter(received_at__lt=wanted.before)
    if wanted.text:
        rows = rows.filter(Q(number__in=wanted.numbers) | Q(kind__in=wanted.named))
    return rows.select_related("area__parent").only(*(PLACED if told else COLUMNS))


def public_case(number: str) -> Case:
    """One case by its number. Where it was merged into another the other one is meant, as long as both are public.

    NotFound in one form for what does not exist, is of a private kind, or went into what is.
    """
    case = _one(number=number)
    for _ in range(DEPTH):
        if case is None or case.state != State.MERGED:
            break
        case = _one(id=case.merged_into_id)
    if case is None or case.state == State.MERGED:
        raise not_found()
    return case


def _one(**key: object) -> Case | None:
    rows = is_public(Case.objects.filter(**key))
    return next(iter(rows.select_related("area__parent").only(*COLUMNS, "merged_into")[:1]), None)


def told_steps(case: Case) -> list[tuple[datetime, str]]:
    """What was done and when, in words of our own, the newest first; who did it and what they wrote is not read."""
    rows = Step.objects.filter(case_id=case.id).only("id", "county_id", "version", "act", "at", "to_state")
    steps = sorted(rows, key=lambda step: step.version, reverse=True)
    told = [(step.at, TOLD.get(Act(step.act), "")) for step in steps if step.act not in (Act.MERGE, Act.UNMERGE)]
    return [(at, words) for at, words in told if words]


def month_of(text: str) -> tuple[date, date] | None:
    """The first day of a month (2026-11) and of the next; None for anything else."""
    year, _, month = text.partition("-")
    if not (len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdigit()):
        return None
    number = int(year) * 12 + int(month) - 1
    if not 2000 <= int(year) <= 2100 or not 1 <= int(month) <= 12:
        return None
    return date(int(year), int(month), 1), date((number + 1) // 12, (number + 1) % 12 + 1, 1)
