"""The board of whistles: who was called where, who came when, and how each unit did over the last ninety days."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.cases.covering import called_as_shown
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.places import place_name
from shanzhi.cases.selectors import call_list_for
from shanzhi.lib.times import show_cell, show_span

SINCE: Final = timedelta(days=90)
ABSENT: Final = "absent"
STATES: Final[dict[str, str]] = {
    "open": "还没办完",
    ABSENT: "到时没来",
    "called": "等报到",
    "arrived": "到了，在办",
    "done": "办完",
    "left": "没办完离场",
}
HEADS: Final = (
    "编号",
    "事件",
    "地方",
    "单位",
    "吹哨时间",
    "报到时限",
    "报到时间",
    "谁来的",
    "办完时间",
    "状态",
    "做了什么",
)


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call as the board and the case page show it; `kind` is a shape of the status badge."""

    who: str
    lead: bool
    whistled: bool
    number: str
    title: str
    url: str
    place: str
    task: str
    called_at: datetime
    called_by: str
    arrive_by: datetime | None
    arrived_at: datetime | None
    arrived_name: str
    done_at: datetime | None
    result: str
    state: str
    words: str
    absent: bool
    late: str


def call_row(call: Assignment, case: Case, now: datetime, place: str = "") -> CallRow:
    """The call comes with its unit and area."""
    absent = call.is_absent(now)
    late = ""
    if call.arrive_by is not None and call.arrived_at is not None and call.arrived_at > call.arrive_by:
        late = f"晚到 {show_span(call.arrived_at - call.arrive_by)}"
    elif absent and call.arrive_by is not None:
        late = f"已过报到时限 {show_span(now - call.arrive_by)}"
    words = {"called": "到时没来" if absent else "等报到", "arrived": "到了，在办", "done": "办完", "left": "已离场",
             "returned": "已退回"}[call.state]  # fmt: skip
    if not call.whistled and call.state == Assignment.State.CALLED:
        words = "等接手" if call.role == Assignment.Role.LEAD else "等报到"
    return CallRow(
        who=call.who, lead=call.role == Assignment.Role.LEAD, whistled=call.whistled, number=case.number,
        title=case.title, url=reverse("cases:case", args=[case.county_id, case.number]), place=place, task=call.task,
        called_at=call.called_at, called_by=call.called_by, arrive_by=call.arrive_by, arrived_at=call.arrived_at,
        arrived_name=call.arrived_name, done_at=call.done_at, result=call.result,
        state="back" if absent else {"called": "new", "arrived": "run", "done": "done"}.get(call.state, "hold"),
        words=words, absent=absent, late=late,
    )  # fmt: skip


def rows_of(calls: Iterable[Assignment], now: datetime) -> list[CallRow]:
    """Lines of the board, what was covered as it is shown; the calls come with case, area, parent and unit: one query
    is made here."""
    return [call_row(call, call.case, now, place_name(call.case.area)) for call in called_as_shown(calls)]


def filtered(actor: Actor, *, state: str, unit: str, now: datetime) -> QuerySet[Assignment]:
    """Calls in the actor's scope; an unknown state or unit narrows nothing."""
    rows = call_list_for(actor)
    if state == ABSENT:
        rows = rows.filter(state="called", ended_at=None, arrive_by__lt=now)
    elif state == "open":
        rows = rows.filter(ended_at=None)
    elif state in STATES:
        rows = rows.filter(state=state)
    return rows.filter(unit_id=int(unit)) if unit.isdecimal() and len(unit) < 19 else rows


@dataclass(frozen=True, slots=True)
class UnitRow:
    """How often a unit was called in the last ninety days, and how it came. A rate over nothing is no value, and so is
    the time of nobody: `minutes` is the median from the whistle to the report-in, of those who came."""

    unit_id: int
    name: str
    place: str
    called: int
    on_time: int
    late: int
    missing: int
    minutes: int | None = None

    @property
    def took(self) -> str:
        """19 分钟"""
        return f"{self.minutes:,} 分钟" if self.minutes is not None else "没有数"

    @property
    def rate(self) -> str:
        """Came in time ÷ calls whose time to report in is over."""
        over = self.on_time + self.late + self.missing
        return f"{self.on_time * 100 / over:.0f}%" if over else "没有数"


def units_of(actor: Actor, now: datetime) -> list[UnitRow]:
    """Units called in the actor's scope since ninety days, the most called first, then all of them together where there
    are several; two statements."""
    came = Q(arrived_at__isnull=False)
    recent = call_list_for(actor).filter(called_at__gte=now - SINCE).order_by()
    counts: list[Any] = list(
        recent.values("unit_id", "unit__name", "unit__area__name").annotate(
            called=Count("id"),
            on_time=Count("id", filter=came & Q(arrived_at__lte=F("arrive_by"))),
            late=Count("id", filter=came & Q(arrived_at__gt=F("arrive_by"))),
            missing=Count("id", filter=Q(arrived_at=None, arrive_by__lt=now)),
        )
    )
    times: dict[int, list[float]] = {}
    arrivals: Any = recent.filter(came).values_list("unit_id", "called_at", "arrived_at")
    for unit_id, called, arrived in arrivals:
        times.setdefault(unit_id, []).append((arrived - called).total_seconds() / 60)
    rows = [
        UnitRow(one["unit_id"], one["unit__name"], one["unit__area__name"], one["called"], one["on_time"], one["late"],
                one["missing"], _median(times.get(one["unit_id"], [])))
        for one in counts
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row.called, row.name))
    return [*rows, _together(rows, [took for taken in times.values() for took in taken])] if len(rows) > 1 else rows


def _median(minutes: Sequence[float]) -> int | None:
    return round(median(minutes)) if minutes else None


def _together(rows: Sequence[UnitRow], minutes: Sequence[float]) -> UnitRow:
    called, on_time, late, missing = (sum(getattr(row, name) for row in rows)
                                      for name in ("called", "on_time", "late", "missing"))  # fmt: skip
    return UnitRow(0, "合计", "", called, on_time, late, missing, _median(minutes))


def lines_of(rows: Iterable[CallRow]) -> Iterator[tuple[str, ...]]:
    """Text of an export, under HEADS."""
    for row in rows:
        yield (
            row.number, row.title, row.place, row.who, show_cell(row.called_at), show_cell(row.arrive_by),
            show_cell(row.arrived_at), row.arrived_name, show_cell(row.done_at), row.words, row.result,
        )  # fmt: skip
