"""A board as values: eight figures, the places below, what is open, the days, and who is late; for pages and JSON.

A figure has the words of the registry, what it was counted from, what it was in the period before, and the list that
holds exactly its records. What the registry does not keep by days (due today, overdue) has no change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.access.indicators import PIECES, Indicator, indicators_for
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.cases.models import Case
from shanzhi.cases.rates.periods import Period
from shanzhi.cases.rates.registry import per_cent
from shanzhi.cases.selectors import CaseFilter, Kin, Tab, case_list_for
from shanzhi.insight.boards import links
from shanzhi.insight.boards.backlog import Backlog, Class, age_classes, directly, gathered, limit_classes
from shanzhi.insight.boards.periods import before, label_before
from shanzhi.insight.boards.permissions import BOARD
from shanzhi.insight.boards.reading import numbers_of
from shanzhi.insight.boards.standing import backlog
from shanzhi.insight.shares import Sums
from shanzhi.insight.values import PlaceValues, Value
from shanzhi.lib.times import local
from shanzhi.ui.words import MINUS, thousands

TODAY: Final = "today"
EIGHT: Final = ("open", "overdue", TODAY, "reported", "closed", "in_time_rate", "satisfied_rate", "reopened_rate")
TODAY_WORDS: Final = (
    "现在在办、当前这一步的时限在今天之内还没有过的事件，挂账的不算。与所选时段无关。拆出来的分件不单独算。"
)
LATE_ROWS: Final = 6
SHOWN: Final = ("county", "township", "village")  # a grid has nothing below it to look at


@dataclass(frozen=True, slots=True)
class Records:
    """A list behind a figure, with how many are in it."""

    words: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Figure:
    """`text` is empty for no value; `change` is against the period before, None if one of the two is not known."""

    code: str
    name: str
    unit: str
    definition: str
    counts_by: str
    value: Value
    records: Sequence[Records]
    change: Decimal | None = None
    against: str = ""
    note: str = ""
    tone: str = ""

    @property
    def text(self) -> str:
        return thousands(self.value.value) if self.value.value is not None else ""

    @property
    def url(self) -> str:
        return self.records[0].url

    @property
    def sub(self) -> str:
        """A line below the number: what it is a share of, what it was before, or what else is to be said."""
        if self.value.denominator is not None:
            above, under = self.records[0], self.records[-1]
            return f"{under.words} {thousands(under.count)}，{above.words} {thousands(above.count)}"
        return self.moved or self.note

    @property
    def moved(self) -> str:
        """比前 30 天多 18"""
        if self.change is None:
            return ""
        unit = " 个百分点" if self.value.denominator is not None else ""
        if not self.change:
            return f"和{self.against}一样"
        return f"比{self.against}{'多' if self.change > 0 else '少'} {thousands(abs(self.change))}{unit}"

    @property
    def signed(self) -> str:
        if self.change is None:
            return ""
        return f"+{self.change:f}" if self.change > 0 else f"{self.change:f}".replace("-", MINUS)


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the table; `area` is None for what lies at the place itself."""

    name: str
    area: Area | None
    values: Mapping[str, Value]
    url: str
    records: Mapping[str, str]

    @property
    def code(self) -> str:
        return self.area.code if self.area else ""


@dataclass(frozen=True, slots=True)
class Sort:
    """How many open cases are in a class, and the list of them."""

    rule: Class
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that a page of a place shows for a period, read at one moment."""

    area: Area
    period: Period
    at: datetime
    figures: Sequence[Figure]
    places: Sequence[Place]
    total: Mapping[str, Value]
    below: Mapping[str, Backlog]
    limits: Sequence[Sort]
    ages: Sequence[Sort]
    days: Mapping[date, tuple[int, int]]
    opinions: Sequence[Figure]
    late: Sequence[Case]

    @property
    def is_past(self) -> bool:
        """Whether what stands open now (map, classes) is another number than the figure of the end of the period."""
        return self.period.last < local(self.at).date()

    def figure(self, code: str) -> Figure:
        return next(one for one in self.figures if one.code == code)


def place_for(actor: Actor, code: str) -> Area:
    """The open place with this code, or the highest of the actor's posts; NotFound outside of the actor's places."""
    scope = actor.scope(BOARD)
    rows = Area.objects.filter(scope.q("path"), valid_to=None, level__in=SHOWN).select_related("parent__parent")
    if code:
        found = rows.filter(code=code[:15]).first()
    else:
        found = rows.filter(path=min((part.lo for part in scope.ranges), key=len, default="")).first()
    if found is None:
        raise not_found()
    return found


def crumbs_of(actor: Actor, area: Area) -> list[Area]:
    """From the highest place of this person down to the one shown; they came with the place."""
    scope, out, place = actor.scope(BOARD), [area], area.parent
    while place is not None:
        if scope.covers(place.path):
            out.insert(0, place)
        place = place.parent if place.level != Area.Level.COUNTY else None
    return out


def board_of(actor: Actor, area: Area, period: Period, at: datetime) -> Board:
    """The same numbers wherever they stand: the page, the wall, the file and the API are made from this."""
    known, pending = indicators_for(actor), dict[int, Sums]()
    open_now = backlog(actor, area, at, pending)
    every = gathered(open_now, area.path)
    late = {path: one.of("overdue") for path, one in directly(open_now, area).items()}
    found = numbers_of(actor, area, period, before(period), at, late, pending)
    total, past = found.total, found.past
    tiles = tuple(_figure(known, code, area, period, total, past, every, at) for code in EIGHT if code == TODAY
                  or code in known)  # fmt: skip
    return Board(
        area, period, at, tiles, [_place(known, area, period, row) for row in found.places], total, open_now,
        _sorts(limit_classes(at), every, area), _sorts(age_classes(at), every, area),
        found.days,
        tuple(_plain(known[code], area, period, total, past) for code in ("rated", "satisfied", "called", "solved")),
        late_cases(actor, area, at) if every.of("overdue") else [],
    )  # fmt: skip


def _figure(
    known: Mapping[str, Indicator], code: str, area: Area, period: Period, total: Mapping[str, Value],
    past: Mapping[str, Value], every: Backlog, at: datetime,
) -> Figure:  # fmt: skip
    if code == TODAY:
        count, rule = every.of(TODAY), limit_classes(at)[1]
        records = (Records("今天到期", count, links.list_url(area, rule.query)),)
        value = Value(count, None, Decimal(count), small=False)
        note = "今天没有了" if not count else f"到 24 点，现在 {local(at):%H:%M}"
        tone = "amber" if count else ""
        return Figure(code, "今天到期", PIECES, TODAY_WORDS, "现在", value, records, note=note, tone=tone)
    made = _plain(known[code], area, period, total, past)
    if code != "overdue":
        return made
    share = (
        f"占现在在办 {thousands(every.open)} 件的 {per_cent(made.value.numerator, every.open)}%" if every.open else ""
    )
    return Figure(
        code, made.name, made.unit, made.definition, made.counts_by, made.value, made.records,
        note=share or "没有在办的", tone="red" if made.value.numerator else "",
    )  # fmt: skip


def _plain(
    indicator: Indicator, area: Area, period: Period, total: Mapping[str, Value], past: Mapping[str, Value]
) -> Figure:
    value, old = total[indicator.code], past.get(indicator.code)
    change = None
    if indicator.has_days and old is not None and None not in (value.value, old.value):
        change = value.value - old.value  # type: ignore[operator]
    counts = (value.numerator, value.denominator or 0)
    records = tuple(
        Records(words, count, links.records_url(indicator, fact, area, period))
        for (fact, words), count in zip(indicator.facts, counts, strict=False)
    )
    return Figure(
        indicator.code, indicator.name, indicator.unit, indicator.definition, indicator.counts_by, value, records,
        change, label_before(period), "没有可比的数" if change is None else "",
    )  # fmt: skip


def _place(known: Mapping[str, Indicator], area: Area, period: Period, row: PlaceValues) -> Place:
    """A place opens its own board, a grid the list of what is open in it."""
    if row.area is None:
        return Place(row.name, None, row.values, "", {})
    records = {
        code: links.records_url(known[code], known[code].numerator, row.area, period) for code in EIGHT if code in known
    }
    here = row.area
    url = links.board_url("dashboard", here, period) if here.level in SHOWN else links.list_url(here, {"tab": Tab.OPEN})
    return Place(row.name, here, row.values, url, records)


def _sorts(classes: Sequence[Class], every: Backlog, area: Area) -> list[Sort]:
    """Classes that are empty stay, but for those that are seldom used at all."""
    return [
        Sort(rule, every.of(rule.code), links.list_url(area, rule.query))
        for rule in classes
        if rule.code != "never" or every.of(rule.code)
    ]


def late_cases(actor: Actor, area: Area, at: datetime, most: int = LATE_ROWS) -> list[Case]:
    """Those that have been overdue longest."""
    place = area if area.level != Area.Level.COUNTY else None
    rows = case_list_for(actor, CaseFilter(tab=Tab.OVERDUE, area=place, kin=Kin.WHOLE), now=at)
    rows = rows.select_related("area__parent", "handler_unit", "handler_area")
    return list(rows.order_by("due_at", "id")[:most])
