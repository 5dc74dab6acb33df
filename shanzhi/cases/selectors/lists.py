"""Reading cases, always as somebody: what is out of this person's scope does not exist for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from shanzhi.access.actor import Actor, PathRange
from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.fields import matching_case_ids
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.rates.doings import LABELS, records
from shanzhi.cases.seeing import seen
from shanzhi.lib.georead import Box
from shanzhi.lib.quadtree import ranges_of
from shanzhi.lib.times import SHANGHAI, local
from shanzhi.tenancy.keyset import Order

COUNTED: Final = 1000  # a list counts up to here and then says 1,000+
SEARCHED: Final = 100  # what is searched for by words only up to here: each case with the words has to be looked at
BESIDE: Final = 99  # tabs that are not open
ELSEWHERE: Final = 20
# What a line shows, and what says which act comes next for whom.
ROW: Final = (
    "county_id", "number", "title", "kind", "state", "clock_unit", "due_at", "ended_at", "received_at", "urgent",
    "definition", "supervised", "place", "area", "area_path", "owner", "owner_path", "raised", "handler_area",
    "handler_unit", "reporter", "reporter_post", "seen_by", "parent", "parts", "stage", "asking", "before",
    "reopened", "version", "joined", "reachable", "source", "is_public", "lon", "lat",
    "area__county_id", "area__name", "area__level", "area__parent", "area__parent__county_id", "area__parent__name",
)  # fmt: skip

LEVEL_PATHS: Final = ("town_path", "village_path")
MOST_NUMBERS: Final = 40
ALWAYS: Final = (datetime(2000, 1, 1, tzinfo=SHANGHAI), datetime(2101, 1, 1, tzinfo=SHANGHAI))
NO_CAPS: Final[Mapping[str, int]] = {}

Cases = QuerySet[Case]


class Tab:
    """The work lists; each is one query, because one with OR between them would ruin every plan."""

    MINE: Final = "mine"
    CALLED: Final = "called"
    OPEN: Final = "open"
    OVERDUE: Final = "overdue"
    SUPERVISED: Final = "supervised"
    SUSPENDED: Final = "suspended"
    ENDED: Final = "ended"
    REPORTED: Final = "reported"
    COUNTED: Final = "counted"  # open and ended, behind a figure
    LABELS: Final[dict[str, str]] = {
        MINE: "等我办",
        CALLED: "请我配合的",
        OPEN: "辖区未办结",
        OVERDUE: "已超期",
        SUPERVISED: "督办的",
        SUSPENDED: "挂账的",
        ENDED: "已结束",
        REPORTED: "我上报的",
        COUNTED: "统计到的",
    }
    STILL_OPEN: Final = (MINE, CALLED, OPEN, OVERDUE, SUPERVISED, SUSPENDED)


class Sort:
    """Orders of a list: by time limit (open cases only) or by when it was received, newest or oldest first."""

    DUE: Final = "due"
    NEWEST: Final = "newest"
    OLDEST: Final = "oldest"
    LABELS: Final[dict[str, str]] = {
        DUE: "按到期时间排",
        NEWEST: "按收到时间，新的在前",
        OLDEST: "按收到时间，旧的在前",
    }
    ORDERS: Final[dict[str, Order]] = {
        DUE: Order("cases", ("due_at",)),
        NEWEST: Order("cases", ("received_at",), descending=True),
        OLDEST: Order("cases", ("received_at",)),
    }


class Due:
    """When the time limit falls, counted by the days in China; what has ended or is put aside has none."""

    LATE: Final = "late"
    TODAY: Final = "today"
    SOON: Final = "soon"
    WEEK: Final = "week"
    NEVER: Final = "never"
    LABELS: Final[dict[str, str]] = {
        LATE: "已超期", TODAY: "今天到期", SOON: "3 天内到期", WEEK: "本周到期", NEVER: "不限时",
    }  # fmt: skip

    @staticmethod
    def condition(due: str, now: datetime) -> Q:
        """A range of `due_at`; everything but late begins now. The week ends on Sunday."""
        if due in (Due.LATE, Due.NEVER):
            return Q(due_at__lt=now) if due == Due.LATE else Q(due_at=None)
        midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
        days = {Due.TODAY: 1, Due.SOON: 3, Due.WEEK: 7 - midnight.weekday()}[due]
        return Q(due_at__gte=now, due_at__lt=midnight + timedelta(days=days))


class Kin:
    """Cases that hang together: parts of another one, what was split, what was merged into another."""

    WHOLE: Final = "whole"
    PARTS: Final = "parts"
    SPLIT: Final = "split"
    MERGED: Final = "merged"
    LABELS: Final[dict[str, str]] = {
        WHOLE: "不看分件和已合并的", PARTS: "只看分件", SPLIT: "只看拆分过的", MERGED: "只看已合并的",
    }  # fmt: skip
    CONDITIONS: Final[dict[str, Q]] = {
        WHOLE: Q(parent=None, merged_into=None),
        PARTS: Q(parent__isnull=False),
        SPLIT: Q(parts__gt=0),
        MERGED: Q(merged_into__isnull=False),
    }


@dataclass(frozen=True)
class CaseFilter:
    """What a list is narrowed to; every field may be empty. `area` must lie in the actor's scope."""

    tab: str = Tab.OPEN
    query: str = ""
    states: Sequence[str] = ()
    kinds: Sequence[str] = ()
    sources: Sequence[str] = ()
    area: Area | None = None
    urgent: bool = False
    unit_id: int | None = None
    due: str = ""
    supervised: bool = False
    suspended: bool = False
    kin: str = ""
    received_from: datetime | None = None
    received_before: datetime | None = None
    close_from: datetime | None = None  # by when it is to be done
    close_before: datetime | None = None
    closed_from: datetime | None = None  # when it was closed first
    closed_before: datetime | None = None
    reopened: bool = False
    late: bool = False  # done later than it should have been
    until_from: datetime | None = None  # when its time limit falls
    until_before: datetime | None = None
    figure: str = ""  # what a fact counts in these days, or what was done in them (`rates.doings`)
    figure_from: datetime | None = None
    figure_before: datetime | None = None
    sort: str = ""
    box: Box | None = None  # a part of the map; what has no position is in none

    @property
    def order(self) -> Order:
        return Sort.ORDERS[self.sorted_by]

    @property
    def sorted_by(self) -> str:
        """The order asked for, or the tab's own; ended cases have no time limit to sort by."""
        open_tab = self.tab in Tab.STILL_OPEN
        if self.sort in Sort.ORDERS and (open_tab or self.sort != Sort.DUE):
            return self.sort
        return Sort.DUE if open_tab else Sort.NEWEST


def case_list_for(actor: Actor, wanted: CaseFilter, *, now: datetime) -> Cases:
    """Included if, and only if, the case is in the tab for this actor and passes every filter."""
    rows = _tab(actor, wanted.tab, now)
    if wanted.query.strip():
        ids = matching_case_ids(wanted.query)
        rows = rows.filter(number=wanted.query.strip()) if ids is None else rows.filter(id__in=ids)
    if wanted.states:
        rows = rows.filter(state__in=[s for s in wanted.states if s in State.values])
    if wanted.kinds:
        rows = rows.filter(kind__in=wanted.kinds)
    if wanted.sources:
        rows = rows.filter(source__in=[s for s in wanted.sources if s in Source.values])
    if wanted.area is not None:
        rows = rows.filter(within(wanted.area.path))
    if wanted.urgent:
        rows = rows.filter(urgent=True)
    if wanted.unit_id is not None:
        rows = rows.filter(handler_unit_id=wanted.unit_id)
    if wanted.due in Due.LABELS:
        rows = rows.filter(Due.condition(wanted.due, now)).exclude(state=State.SUSPENDED)
    if wanted.supervised:
        rows = rows.filter(supervised__gt=0)
    if wanted.suspended:
        rows = rows.filter(state=State.SUSPENDED)
    if wanted.kin in Kin.CONDITIONS:
        rows = rows.filter(Kin.CONDITIONS[wanted.kin])
    if wanted.received_from:
        rows = rows.filter(received_at__gte=wanted.received_from)
    if wanted.received_before:
        rows = rows.filter(received_at__lt=wanted.received_before)
    if wanted.box is not None:
        rows = rows.filter(in_spots(wanted.box), in_box(wanted.box))
    return _measured(rows, wanted, now)


def in_box(box: Box) -> Q:
    """Exactly the positions of a rectangle, its edges included; a condition that no index serves."""
    west, south, east, north = box
    return Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)


def in_spots(box: Box) -> Q:
    """A little more than the rectangle, as ranges of an index."""
    found = Q()
    for lo, hi in ranges_of(box):
        found |= Q(spot__gte=lo, spot__lt=hi)
    return found


def _measured(rows: Cases, wanted: CaseFilter, now: datetime) -> Cases:
    """By the moments that rates are counted from."""
    ranges = {
        "close_by__gte": wanted.close_from, "close_by__lt": wanted.close_before,
        "closed_at__gte": wanted.closed_from, "closed_at__lt": wanted.closed_before,
    }  # fmt: skip
    given = {name: value for name, value in ranges.items() if value is not None}
    if given:
        rows = rows.filter(**given)
    limits = {"due_at__gte": wanted.until_from, "due_at__lt": wanted.until_before}
    limits = {name: value for name, value in limits.items() if value is not None}
    if limits:
        rows = rows.filter(**limits).exclude(state=State.SUSPENDED)
    if wanted.reopened:
        rows = rows.filter(reopened__gt=0)
    if wanted.figure in LABELS:
        start, end = wanted.figure_from or ALWAYS[0], wanted.figure_before or ALWAYS[1]
        rows = rows.filter(records(wanted.figure, start, end, at=now))
    return rows.filter(handled_at__gt=F("close_by")) if wanted.late else rows


def _tab(actor: Actor, tab: str, now: datetime) -> Cases:
    if tab == Tab.REPORTED:
        return Case.objects.filter(reporter_id=actor.user_id)
    if tab == Tab.MINE:
        scope = actor.scope(permissions.HANDLE)
        turn = Q(pk__in=[])
        if scope.area_ids:
            turn = Q(turn_area_id__in=scope.area_ids)
        if scope.unit_ids:
            turn = turn | Q(turn_unit_id__in=scope.unit_ids) if scope.area_ids else Q(turn_unit_id__in=scope.unit_ids)
        return Case.objects.filter(turn, seen(actor), ended_at=None)
    if tab == Tab.CALLED:
        return Case.objects.filter(seen(actor), id__in=_calls(actor).values("case_id"), ended_at=None)
    rows = Case.objects.filter(in_scope(actor), seen(actor))
    if tab == Tab.COUNTED:
        return rows
    if tab == Tab.ENDED:
        return rows.exclude(ended_at=None)
    if tab == Tab.SUSPENDED:
        return rows.filter(state=State.SUSPENDED)
    rows = rows.filter(ended_at=None)
    if tab == Tab.SUPERVISED:
        return rows.filter(supervised__gt=0)
    return rows.filter(due_at__lt=now).exclude(state=State.SUSPENDED) if tab == Tab.OVERDUE else rows


def _calls(actor: Actor) -> QuerySet[Assignment]:
    """Open calls to help of the actor's units."""
    units = actor.scope(permissions.HANDLE).unit_ids
    return Assignment.objects.filter(unit_id__in=units, role=Assignment.Role.HELPER, ended_at=None)


def within(path: str) -> Q:
    """At an area and below, by equality with what the database keeps of a path: a list is then read in its own order.

    A grid has nothing below it; the root of the county holds every case.
    """
    depth = len(path) // WIDTH
    if depth <= 1:
        return Q()
    if depth - 2 >= len(LEVEL_PATHS):
        return Q(area_path=path, village_path=path[: 3 * WIDTH])  # the open ones of a village are few
    return Q((LEVEL_PATHS[depth - 2], path))


def in_scope(actor: Actor) -> Q:
    """In the subtrees of the actor's posts, or ever assigned to one of the actor's units."""
    scope = actor.scope(permissions.VIEW)
    condition = Q(pk__in=[])
    for number, part in enumerate(scope.ranges):
        one = within(part.lo)
        if not one:
            return one  # the whole county
        condition = one if number == 0 else condition | one
    if not scope.unit_ids:
        return condition
    assigned = Q(id__in=Assignment.objects.filter(unit_id__in=scope.unit_ids).values("case_id"))
    return assigned | condition if scope.ranges else assigned


def by_number(actor: Actor, numbers: Sequence[str], *, most: int = MOST_NUMBERS) -> Cases:
    """Cases with one of these numbers that the actor may see for any reason, whatever the lists are narrowed to."""
    scope, own = actor.scope(permissions.VIEW), Q(reporter_id=actor.user_id)
    mine = own if actor.can(permissions.OWN) else Q(pk__in=[])
    reach = mine | Q(handler_unit_id__in=scope.unit_ids) | Q(handler_area_id__in=scope.area_ids) | scope.q("owner_path")
    place = in_scope(actor)
    reach = reach | place if place else Q()
    return Case.objects.filter(reach, seen(actor) | mine, number__in=list(numbers)[:most]).order_by("-number")


def list_rows(rows: Cases, actor: Actor | None = None) -> Cases:
    """What a line of a list shows, and no more: a query that is ordered pays for each column that it selects.

    For people of a unit each row says in `my_call` how the unit's call to help stands.
    """
    whistles = Assignment.objects.filter(case_id=OuterRef("id"), county_id=OuterRef("county_id"), ended_at=None)
    rows = rows.select_related("area__parent").only(*ROW)
    rows = rows.annotate(is_whistled=Exists(whistles.filter(whistled=True)))
    if actor is not None and actor.scope(permissions.HANDLE).unit_ids:
        mine = _calls(actor).filter(case_id=OuterRef("id"), county_id=OuterRef("county_id")).order_by("-id")
        rows = rows.annotate(my_call=Subquery(mine.values("state")[:1]))
    return rows


def capped_counts(lists: dict[str, Cases]) -> dict[str, int]:
    """How long each list is, counted up to 1,001 each, in one statement."""
    return counts_and_first(lists, None)[0]


def counts_and_first(
    lists: dict[str, Cases], first: Cases | None, caps: Mapping[str, int] = NO_CAPS
) -> tuple[dict[str, int], str]:
    """The same, and in the same statement the number of the first case of another query; empty if it has none.

    `caps` are lower bounds than 1,000 for some of the lists: counting ends one beyond.
    """
    parts: list[str] = []
    params: list[Any] = []
    for name, rows in lists.items():
        try:
            sql, values = rows.order_by().values("id")[: caps.get(name, COUNTED) + 1].query.sql_with_params()
        except EmptyResultSet:  # the actor holds no post for this tab
            sql, values = "SELECT NULL WHERE 1 = 0", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS capped)")  # noqa: S608
        params.extend(values)
    if first is not None:
        try:
            sql, values = first.values("number")[:1].query.sql_with_params()
            parts.append(f"({sql})")
            params.extend(values)
        except EmptyResultSet:
            parts.append("''")
    if not parts:
        return {}, ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        row = cursor.fetchone()
    found = (row[len(lists)] or "") if first is not None else ""
    return dict(zip(lists, row, strict=False)), found


def public_counts(area: Area) -> dict[str, int]:
    """Cases ever reported at an area and below: reported, closed, and open (neither closed nor rejected)."""
    below = PathRange.below(area.path)
    rows: Any = Case.objects.filter(area_path__gte=below.lo, area_path__lt=below.hi)
    return {
        "reported": rows.count(),
        "closed": rows.filter(state=State.CLOSED).count(),
        "open": rows.filter(ended_at=None).count(),
    }
