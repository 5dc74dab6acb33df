"""Reading instructions and lines, always as somebody: what is out of this person's scope does not exist for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from shanzhi.access.actor import Actor, PathRange
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import case_get_for
from shanzhi.duties.catalogue import OPEN, WITH_ISSUER, WITH_RECEIVER, State
from shanzhi.duties.models import Duty, Line, LineStep
from shanzhi.duties.offices import given_to, issued_by, issuing_post, receiving_post
from shanzhi.duties.permissions import ISSUE, RECEIVE, VIEW
from shanzhi.lib.errors import NotFound
from shanzhi.tenancy.keyset import Order

ISSUED, AREA = "issued", "area"  # tabs of the ledger
TABS: Final = {ISSUED: "我交办的", AREA: "辖区内的"}
OPENED, GIVEN, TAKEN, REPORTED, LATE, WAITS = "open", "given", "taken", "reported", "late", "waits"
# What the filter of states offers beside the states themselves: each figure of the ledger opens what it counts.
OTHERS: Final = {
    OPENED: "没办完的", GIVEN: "没撤回的", TAKEN: "签收过的", REPORTED: "报结过的", LATE: "超期的", WAITS: "等交办单位的",
}  # fmt: skip


class Sort:
    """Orders of both lists."""

    NEWEST: Final = "newest"
    DUE: Final = "due"
    LABELS: Final = {NEWEST: "新交办的在前", DUE: "先到期的在前"}
    DUTIES: Final = {
        NEWEST: Order("duties", ("issued_at",), descending=True),
        DUE: Order("duties", ("due_at",)),
    }
    LINES: Final = {
        NEWEST: Order("duty_lines", ("duty__issued_at",), descending=True),
        DUE: Order("duty_lines", ("due_at",)),
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; empty fields narrow nothing. Days bound the time half-open."""

    tab: str = ISSUED
    state: str = ""
    area: Area | None = None
    unit_id: int | None = None
    query: str = ""
    issued_from: datetime | None = None
    issued_before: datetime | None = None
    urgent: bool = False
    sort: str = Sort.NEWEST


def late_at(at: datetime) -> Q:
    """Lines whose receiver still has them after their time."""
    return Q(state__in=WITH_RECEIVER, due_at__lt=at)


WAITING: Final = Q(state__in=WITH_ISSUER) | Q(asked_until__isnull=False)
CONDITIONS: Final = {
    OPENED: Q(state__in=OPEN), GIVEN: ~Q(state=State.WITHDRAWN),
    TAKEN: ~Q(state=State.WITHDRAWN) & Q(received_at__isnull=False), REPORTED: Q(state__in=(State.DONE, State.STRUCK)),
    WAITS: WAITING, **{state: Q(state=state) for state in State.values},
}  # fmt: skip


def state_is(name: str, at: datetime) -> Q:
    """What the filter of states means by a name; other names narrow nothing."""
    return late_at(at) if name == LATE else CONDITIONS.get(name, Q())


def in_scope(actor: Actor) -> Q:
    """Lines at places and units that this person may read about."""
    scope = actor.scope(VIEW)
    return scope.q("area_path") | Q(unit_id__in=scope.unit_ids) if scope.unit_ids else scope.q("area_path")


def lines_for(actor: Actor, wanted: Wanted, *, at: datetime) -> QuerySet[Line]:
    """Lines of a tab of the ledger, as it is filtered, unordered."""
    mine = issued_by(actor, "duty__") if wanted.tab == ISSUED else in_scope(actor)
    rows = Line.objects.filter(mine, state_is(wanted.state, at)).select_related("duty")
    if wanted.area is not None:
        below = PathRange.below(wanted.area.path)
        rows = rows.filter(area_path__gte=below.lo, area_path__lt=below.hi)
    if wanted.unit_id is not None:
        rows = rows.filter(unit_id=wanted.unit_id)
    return rows.filter(_of_duty(wanted, "duty__"))


def _of_duty(wanted: Wanted, prefix: str = "") -> Q:
    found = Q()
    if wanted.issued_from is not None:
        found &= Q((f"{prefix}issued_at__gte", wanted.issued_from))
    if wanted.issued_before is not None:
        found &= Q((f"{prefix}issued_at__lt", wanted.issued_before))
    if wanted.urgent:
        found &= Q((f"{prefix}urgent", True))
    if wanted.query:
        said = Q((f"{prefix}title__icontains", wanted.query)) | Q((f"{prefix}source__icontains", wanted.query))
        found &= said | Q((f"{prefix}number", wanted.query))
    return found


def duties_for(actor: Actor, wanted: Wanted, *, at: datetime) -> QuerySet[Duty]:
    """Instructions of a tab that have a line of what is asked for, unordered."""
    having = lines_for(actor, replace(wanted, query="", issued_from=None, issued_before=None, urgent=False), at=at)
    rows = Duty.objects.filter(_of_duty(wanted))
    if wanted.tab == ISSUED:
        rows = rows.filter(issued_by(actor))
        if not wanted.state and wanted.area is None and wanted.unit_id is None:
            return rows
    own = having.filter(duty_id=OuterRef("id"), county_id=OuterRef("county_id"))
    return rows.filter(Exists(own.select_related(None)))


# Which state each figure counts, and opens.
COUNTED: Final = {
    "issued": GIVEN, "received": TAKEN, "done": REPORTED, "struck": State.STRUCK.value, "late": LATE, "waiting": WAITS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """Lines counted from their rows; withdrawn ones are in none of these. A rate over nothing is no value."""

    issued: int = 0
    received: int = 0
    done: int = 0
    struck: int = 0
    late: int = 0
    waiting: int = 0

    @property
    def rate(self) -> float | None:
        """销号率, 0 to 1: struck off ÷ issued."""
        return self.struck / self.issued if self.issued else None


def _counting(at: datetime) -> dict[str, Count]:
    return {name: Count("id", filter=state_is(state, at)) for name, state in COUNTED.items()}


def counts_of(rows: QuerySet[Line], *, at: datetime) -> Counts:
    """One statement."""
    found: dict[str, Any] = rows.select_related(None).order_by().aggregate(**_counting(at))
    return Counts(**found)


def counts_by_duty(actor: Actor, wanted: Wanted, ids: Collection[int], *, at: datetime) -> dict[int, Counts]:
    """The counts of each of these instructions, over the lines that the tab shows; one statement."""
    rows = lines_for(actor, Wanted(tab=wanted.tab), at=at).filter(duty_id__in=ids).select_related(None)
    grouped: Any = rows.order_by().values("duty_id").annotate(**_counting(at))
    return {row.pop("duty_id"): Counts(**row) for row in grouped}


def duty_get_for(actor: Actor, duty_id: int) -> Duty:
    """An instruction that this person issued, received, or has a line of in reach; NotFound otherwise."""
    duty = Duty.objects.filter(id=duty_id).select_related("area", "case").first() if actor.is_member else None
    if duty is None or not lines_seen(actor, duty).exists():
        raise not_found()
    return duty


def lines_seen(actor: Actor, duty: Duty) -> QuerySet[Line]:
    """All lines for the office that issued it; for others those in their reach and their own."""
    rows = Line.objects.filter(duty_id=duty.id)
    if actor.is_system or (issuing_post(actor, duty) is not None):
        return rows
    return rows.filter(in_scope(actor) | given_to(actor))


def line_get_for(actor: Actor, line_id: int) -> Line:
    """A line with its instruction and places, if this person may see it; NotFound otherwise."""
    related = ("duty__area", "duty__case", "area", "unit__area")
    line = Line.objects.filter(id=line_id).select_related(*related).first() if actor.is_member else None
    if line is None or not line_is_seen(actor, line):
        raise not_found()
    return line


def line_is_seen(actor: Actor, line: Line) -> bool:
    scope = actor.scope(VIEW)
    if scope.covers(line.area_path) or line.unit_id in scope.unit_ids:
        return True
    return receiving_post(actor, line) is not None or issuing_post(actor, line.duty) is not None


def steps_of(lines: Sequence[Line]) -> list[LineStep]:
    """Every step of these lines, the newest first."""
    return list(LineStep.objects.filter(line_id__in=[line.id for line in lines]).order_by("-at", "-id"))


def case_of(actor: Actor, duty: Duty) -> Case | None:
    """The case that it is about, if this person may see that."""
    if duty.case is None:
        return None
    try:
        return case_get_for(actor, duty.case.number)
    except NotFound:
        return None


# --- what was given to somebody -------------------------------------------------------------------------------------

SEGMENTS: Final[dict[str, tuple[str, tuple[State, ...]]]] = {
    "issued": ("待签收", (State.ISSUED,)),
    "received": ("办理中", (State.RECEIVED,)),
    "returned": ("被退回", (State.RETURNED,)),
    "done": ("已报结", (State.DONE, State.DECLINED)),
    "ended": ("已销号、撤回", (State.STRUCK, State.WITHDRAWN)),
}


def given_for(actor: Actor, *, at: datetime, segment: str = "", query: str = "", late: bool = False) -> QuerySet[Line]:
    """Lines of the offices that this person works in, unordered."""
    actor.require(RECEIVE)
    rows = Line.objects.filter(given_to(actor)).select_related("duty")
    return narrowed_lines(rows, at=at, segment=segment, query=query, late=late)


def narrowed_lines(
    rows: QuerySet[Line], *, at: datetime, segment: str = "", query: str = "", late: bool = False
) -> QuerySet[Line]:
    """Those of a segment, late ones, those whose instruction has these words."""
    if segment in SEGMENTS:
        rows = rows.filter(state__in=SEGMENTS[segment][1])
    if late:
        rows = rows.filter(late_at(at))
    if query:
        rows = rows.filter(_of_duty(Wanted(query=query), "duty__"))
    return rows


def segment_counts(actor: Actor) -> dict[str, int]:
    """How many lines are in each segment; one statement."""
    grouped: Any = Line.objects.filter(given_to(actor)).order_by().values("state").annotate(n=Count("id"))
    by_state = {row["state"]: row["n"] for row in grouped}
    return {name: sum(by_state.get(state, 0) for state in states) for name, (_, states) in SEGMENTS.items()}


def waiting_count(actor: Actor) -> int:
    """How many lines wait for this person: to be received, handled or done again, and answers to what was issued."""
    waits = Q(given_to(actor), state__in=WITH_RECEIVER)
    if actor.can(ISSUE):
        waits |= Q(issued_by(actor, "duty__")) & WAITING
    return Line.objects.filter(waits).count()


def to_watch(at: datetime, limit: int) -> list[Line]:
    """Lines whose moment to be told has come; by the partial index."""
    rows = Line.objects.filter(watch_at__lte=at).select_related("duty__area", "area").order_by("watch_at", "id")
    return list(rows[:limit])
