"""Reading cases, always as somebody: what is out of this person's scope does not exist for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from shanzhi.access.actor import Actor, PathRange
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.fields import matching_case_ids
from shanzhi.cases.models import Assignment, Case
from shanzhi.tenancy.keyset import Order

COUNTED: Final = 1000  # a list counts up to here and then says 1,000+
ROW: Final = (
    "county_id", "number", "title", "kind", "state", "clock_unit", "due_at", "ended_at", "received_at", "urgent", "definition",
    "supervised", "area",
    "area__county_id", "area__name", "area__level", "area__parent", "area__parent__county_id", "area__parent__name",
)  # fmt: skip

Cases = QuerySet[Case]


class Tab:
    """The work lists; each is one query, because one with OR between them would ruin every plan."""

    MINE: Final = "mine"
    OPEN: Final = "open"
    OVERDUE: Final = "overdue"
    ENDED: Final = "ended"
    REPORTED: Final = "reported"
    LABELS: Final[dict[str, str]] = {
        MINE: "等我办",
        OPEN: "辖区未办结",
        OVERDUE: "已超期",
        ENDED: "已结束",
        REPORTED: "我上报的",
    }


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
    received_from: datetime | None = None
    received_before: datetime | None = None
    sort: str = ""

    @property
    def order(self) -> Order:
        return Sort.ORDERS[self.sorted_by]

    @property
    def sorted_by(self) -> str:
        """The order asked for, or the tab's own; ended cases have no time limit to sort by."""
        open_tab = self.tab in (Tab.MINE, Tab.OPEN, Tab.OVERDUE)
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
        below = PathRange.below(wanted.area.path)
        rows = rows.filter(area_path__gte=below.lo, area_path__lt=below.hi)
    if wanted.urgent:
        rows = rows.filter(urgent=True)
    if wanted.received_from:
        rows = rows.filter(received_at__gte=wanted.received_from)
    if wanted.received_before:
        rows = rows.filter(received_at__lt=wanted.received_before)
    return rows


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
        return Case.objects.filter(turn, ended_at=None)
    rows = Case.objects.filter(_in_scope(actor))
    if tab == Tab.ENDED:
        return rows.exclude(ended_at=None)
    rows = rows.filter(ended_at=None)
    return rows.filter(due_at__lt=now) if tab == Tab.OVERDUE else rows


def _in_scope(actor: Actor) -> Q:
    """In the subtrees of the actor's posts, or ever assigned to one of the actor's units."""
    scope = actor.scope(permissions.VIEW)
    if not scope.unit_ids:
        return scope.q()
    assigned = Q(id__in=Assignment.objects.filter(unit_id__in=scope.unit_ids).values("case_id"))
    return assigned | scope.q() if scope.ranges else assigned


def list_rows(rows: Cases) -> Cases:
    """What a line of a list shows, and no more: a query that is ordered pays for each column that it selects."""
    return rows.select_related("area__parent").only(*ROW)


def capped_counts(lists: dict[str, Cases]) -> dict[str, int]:
    """How long each list is, counted up to 1,001 each, in one statement."""
    if not lists:
        return {}
    parts: list[str] = []
    params: list[Any] = []
    for rows in lists.values():
        try:
            sql, values = rows.order_by().values("id")[: COUNTED + 1].query.sql_with_params()
        except EmptyResultSet:  # the actor holds no post for this tab
            sql, values = "SELECT NULL WHERE 1 = 0", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS capped)")  # noqa: S608
        params.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return dict(zip(lists, cursor.fetchone(), strict=True))


def public_counts(area: Area) -> dict[str, int]:
    """Cases ever reported at an area and below: reported, closed, and open (neither closed nor rejected)."""
    below = PathRange.below(area.path)
    rows: Any = Case.objects.filter(area_path__gte=below.lo, area_path__lt=below.hi)
    return {
        "reported": rows.count(),
        "closed": rows.filter(state=State.CLOSED).count(),
        "open": rows.filter(ended_at=None).count(),
    }
