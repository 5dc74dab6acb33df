"""What a list's address means: tab, filters, order and place in it, as one value."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import F
from django.http import QueryDict

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import ENDED, OPEN, Source, State
from shanzhi.cases.kinds.registry import labels_of, with_calendar
from shanzhi.cases.rates.doings import LABELS
from shanzhi.cases.selectors import CaseFilter, Due, Kin, Offers, Sort, Tab, numbers_meant, offers_for
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.times import SHANGHAI
from shanzhi.ui.filters import Choice, Dates, FilterBar, filter_bar
from shanzhi.ui.pages import cursor_in, without_paging

PLACES: Final[dict[str, str]] = {Area.Level.TOWNSHIP: "乡镇（街道）", Area.Level.VILLAGE: "村（社区）"}
QUERY_LENGTH: Final = 100
URGENT, REOPENED, LATE = "urgent", "reopened", "late"


@dataclass(frozen=True)
class Listing:
    """A list as it was asked for; `offers` are what it may be narrowed to, `query` the address without a case.

    `numbers` are the case numbers that the search may mean: such a case is shown whatever the tab and the filters.
    """

    wanted: CaseFilter
    query: QueryDict
    offers: Offers
    cursor: str
    kinds: tuple[tuple[str, str], ...] = ()
    calendar: Calendar = field(default_factory=Calendar)
    numbers: tuple[str, ...] = ()

    @property
    def tab(self) -> str:
        return self.wanted.tab

    def calendar_now(self) -> Calendar:
        """The holiday table, read together with the kinds."""
        return self.calendar

    def other(self, tab: str) -> CaseFilter:
        """The same search in another tab."""
        return replace(self.wanted, tab=tab, states=())

    def url(self, **changes: str) -> str:
        """Address with these parameters instead, from the first page on."""
        copy = without_paging(self.query)
        for name, value in changes.items():
            copy[name] = value
        return f"?{copy.urlencode()}"

    def bar(self) -> FilterBar:
        text = self.wanted.query
        filters: list[Choice | Dates] = [Choice("q", "查找", [(self.query.get("q", ""), text)])] if text else []
        if self.tab != Tab.SUSPENDED:
            filters.append(Choice("state", "状态", self._states(), multiple=True))
        if self.tab in Tab.STILL_OPEN and self.tab not in (Tab.OVERDUE, Tab.SUSPENDED):
            filters.append(Choice("due", "时限", list(Due.LABELS.items())))
        filters += self._figure() + self._places()
        filters.append(Choice("kind", "类别", list(self.kinds), multiple=True))
        if self.offers.units:
            filters.append(Choice("unit", "承办单位", [(unit.code, unit.name) for unit in self.offers.units]))
        filters += [
            Choice("source", "来源", Source.choices, multiple=True),
            Choice("mark", "标记", self._marks(), multiple=True),
            Choice("kin", "拆分合并", list(Kin.LABELS.items())),
            Dates("received", "收到日期"),
            Dates("close", "应办结日期"),
        ]
        if self.tab in Tab.STILL_OPEN and self.tab not in (Tab.OVERDUE, Tab.SUSPENDED):
            filters.append(Dates("until", "到期日期"))
        if self.tab == Tab.ENDED or self.wanted.closed_from or self.wanted.closed_before:
            filters.append(Dates("closed", "首次办结日期"))
        return filter_bar(self.query, filters)

    def _figure(self) -> list[Choice | Dates]:
        if self.tab != Tab.COUNTED:
            return []
        return [Choice("figure", "指标", list(LABELS.items())), Dates("figure", "统计日期")]

    def _places(self) -> list[Choice | Dates]:
        """What may be chosen, and the place further down that a figure or a map opened."""
        places, chosen = self.offers.places, self.wanted.area
        options = [(area.code, area.name) for area in places]
        label = PLACES[places[0].level] if places else "区划"
        if chosen is not None and chosen.code not in dict(options):
            options, label = [*options, (chosen.code, chosen.name)], "区划"
        return [Choice("place", label, options)] if options else []

    def _marks(self) -> list[tuple[str, str]]:
        marks = [(URGENT, "有人身危险"), (REOPENED, "重新办理过")]
        if self.tab == Tab.ENDED:
            marks.append((LATE, "没按期办结"))
        if self.tab not in (Tab.SUPERVISED, Tab.ENDED):
            marks.append((Tab.SUPERVISED, "督办"))
        if self.tab not in (Tab.SUSPENDED, Tab.ENDED):
            marks.append((Tab.SUSPENDED, "挂账"))
        return marks

    def _states(self) -> list[tuple[str, str]]:
        states = ENDED if self.tab == Tab.ENDED else OPEN if self.tab in Tab.STILL_OPEN else tuple(State)
        return [(state.value, state.label) for state in states]

    def without_search(self) -> str:
        copy = self.query.copy()
        for name in ("q", "after", "before"):
            copy.pop(name, None)
        return f"?{copy.urlencode()}"

    def sorts(self) -> list[tuple[str, str, bool]]:
        """(address, words, chosen) of the orders that this tab has."""
        return [
            (self.url(sort=name), words, name == self.wanted.sorted_by)
            for name, words in Sort.LABELS.items()
            if name != Sort.DUE or self.tab in Tab.STILL_OPEN
        ]


def tabs_of(actor: Actor) -> list[str]:
    """The tabs that this person has, the usual one first; none for administrators."""
    tabs = []
    if actor.can(permissions.VIEW):
        tabs += [Tab.OPEN, Tab.MINE] if actor.can(permissions.HANDLE) else [Tab.OPEN]
        tabs += [Tab.CALLED] if actor.scope(permissions.HANDLE).unit_ids else []
        tabs += [Tab.OVERDUE, Tab.SUPERVISED, Tab.SUSPENDED, Tab.ENDED]
    if actor.can(permissions.OWN):
        tabs.append(Tab.REPORTED)
    return tabs


def require_tab(actor: Actor, tab: str) -> None:
    """Forbidden unless the person may read this list."""
    actor.require(permissions.OWN if tab == Tab.REPORTED else permissions.VIEW)


def listing_of(actor: Actor, query: QueryDict, now: datetime) -> Listing:
    """Parameters that make no sense narrow nothing: an old link still opens. Two statements, and a third for a place
    further below than those on offer."""
    tabs = tabs_of(actor)
    asked = query.get("tab", "")
    tab = asked if asked in Tab.LABELS else (tabs[0] if tabs else Tab.OPEN)
    if tab == Tab.COUNTED and query.get("figure") not in LABELS:
        tab = tabs[0] if tabs else Tab.OPEN
    require_tab(actor, tab)
    offers = offers_for(actor)
    kept = query.copy()
    for name in ("case", "pane"):
        kept.pop(name, None)
    text = query.get("q", "").replace("\x00", "").strip()[:QUERY_LENGTH]
    kinds, calendar = with_calendar()
    known = (*labels_of(kinds.values()), *offers.retired)
    wanted = _wanted(query, replace(CaseFilter(tab=tab, query=text), sort=query.get("sort", "")), offers, known)
    if tab == Tab.COUNTED:
        wanted = replace(wanted, figure=str(query["figure"]))
    if wanted.area is None and tab != Tab.REPORTED and query.get("place"):
        wanted = replace(wanted, area=_area_in(actor, query.get("place", "")))
    numbers = tuple(numbers_meant(text, actor.county_id, now))
    return Listing(wanted, kept, offers, cursor_in(query), known, calendar, numbers)


def _wanted(query: QueryDict, plain: CaseFilter, offers: Offers, kinds: Sequence[tuple[str, str]]) -> CaseFilter:
    codes, marks = {code for code, _ in kinds}, query.getlist("mark")
    reported = plain.tab == Tab.REPORTED
    return replace(
        plain,
        states=[state for state in query.getlist("state") if state in State.values],
        kinds=[code for code in query.getlist("kind") if code in codes],
        sources=[source for source in query.getlist("source") if source in Source.values],
        area=next((a for a in offers.places if not reported and a.code == query.get("place")), None),
        unit_id=next((unit.id for unit in offers.units if unit.code == query.get("unit")), None),
        urgent=query.get("urgent") == "1" or URGENT in marks,
        supervised=Tab.SUPERVISED in marks,
        suspended=Tab.SUSPENDED in marks,
        due=query.get("due", ""),
        kin=query.get("kin", ""),
        reopened=REOPENED in marks,
        late=LATE in marks,
        **_ranges(query),
    )


def _area_in(actor: Actor, code: str) -> Area | None:
    """A place anywhere in the actor's reach; one that was abolished if none has the code now."""
    found = (
        Area.objects.filter(actor.scope(permissions.VIEW).q("path"), code=code[:15]) if code else Area.objects.none()
    )
    return found.order_by(F("valid_to").asc(nulls_first=True)).first()


def _ranges(query: QueryDict) -> dict[str, Any]:
    """Days are typed with the last one included."""
    found: dict[str, Any] = {}
    for name in ("received", "close", "closed", "until", "figure"):
        last = _day(query.get(f"{name}_to", ""))
        found[f"{name}_from"] = _day(query.get(f"{name}_from", ""))
        found[f"{name}_before"] = last + timedelta(days=1) if last else None
    return found


def _day(text: str) -> datetime | None:
    """The beginning of a day in China."""
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) if 2000 <= day.year <= 2100 else None
    except ValueError:
        return None
