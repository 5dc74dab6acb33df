"""What a list's address means: tab, filters, order and place in it, as one value."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.http import QueryDict

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import ENDED, OPEN, Source, State
from shanzhi.cases.kinds.registry import labels_of, with_calendar
from shanzhi.cases.selectors import CaseFilter, Sort, Tab, filter_areas
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.times import SHANGHAI
from shanzhi.ui.filters import Choice, Dates, FilterBar, filter_bar
from shanzhi.ui.pages import cursor_in

PLACES: Final = {1: ("乡镇（街道）", Area.Level.TOWNSHIP), 2: ("村（社区）", Area.Level.VILLAGE)}
OPEN_TABS: Final = (Tab.MINE, Tab.OPEN, Tab.OVERDUE)
QUERY_LENGTH: Final = 100


@dataclass(frozen=True)
class Listing:
    """A list as it was asked for; `places` are what it may be narrowed to, `query` the address without a case."""

    wanted: CaseFilter
    query: QueryDict
    places: tuple[Area, ...]
    cursor: str
    kinds: tuple[tuple[str, str], ...] = ()
    calendar: Calendar = field(default_factory=Calendar)

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
        copy = self.query.copy()
        for name in ("after", "before"):
            copy.pop(name, None)
        for name, value in changes.items():
            copy[name] = value
        return f"?{copy.urlencode()}"

    def bar(self) -> FilterBar:
        text = self.wanted.query
        filters: list[Choice | Dates] = [Choice("q", "查找", [(self.query.get("q", ""), text)])] if text else []
        filters.append(Choice("state", "状态", self._states(), multiple=True))
        if self.places:
            filters.append(Choice("place", _place_label(self.places), [(a.code, a.name) for a in self.places]))
        filters += [
            Choice("kind", "类别", list(self.kinds), multiple=True),
            Choice("source", "来源", Source.choices, multiple=True),
            Choice("urgent", "紧急", [("1", "有人身危险")]),
            Dates("received", "收到日期"),
        ]
        return filter_bar(self.query, filters)

    def _states(self) -> list[tuple[str, str]]:
        states = ENDED if self.tab == Tab.ENDED else OPEN if self.tab in OPEN_TABS else tuple(State)
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
            if name != Sort.DUE or self.tab in OPEN_TABS
        ]


def tabs_of(actor: Actor) -> list[str]:
    """The tabs that this person has, the usual one first; none for administrators."""
    tabs = []
    if actor.can(permissions.VIEW):
        tabs += [Tab.OPEN, Tab.MINE] if actor.can(permissions.HANDLE) else [Tab.OPEN]
        tabs += [Tab.OVERDUE, Tab.ENDED]
    if actor.can(permissions.OWN):
        tabs.append(Tab.REPORTED)
    return tabs


def require_tab(actor: Actor, tab: str) -> None:
    """Forbidden unless the person may read this list."""
    actor.require(permissions.OWN if tab == Tab.REPORTED else permissions.VIEW)


def listing_of(actor: Actor, query: QueryDict) -> Listing:
    """Parameters that make no sense narrow nothing: an old link still opens."""
    tabs = tabs_of(actor)
    asked = query.get("tab", "")
    tab = asked if asked in Tab.LABELS else (tabs[0] if tabs else Tab.OPEN)
    require_tab(actor, tab)
    places = _places(actor) if tab != Tab.REPORTED else ()
    kept = query.copy()
    for name in ("case", "pane"):
        kept.pop(name, None)
    last = _day(query.get("received_to", ""))
    kinds, calendar = with_calendar()
    wanted = CaseFilter(
        tab=tab,
        query=query.get("q", "").replace("\x00", "").strip()[:QUERY_LENGTH],
        states=[state for state in query.getlist("state") if state in State.values],
        kinds=[code for code in query.getlist("kind") if code in kinds],
        sources=[source for source in query.getlist("source") if source in Source.values],
        area=next((area for area in places if area.code == query.get("place")), None),
        urgent=query.get("urgent") == "1",
        received_from=_day(query.get("received_from", "")),
        received_before=last + timedelta(days=1) if last else None,
        sort=query.get("sort", ""),
    )
    return Listing(wanted, kept, places, cursor_in(query), tuple(labels_of(kinds.values())), calendar)


def _places(actor: Actor) -> tuple[Area, ...]:
    """Townships of a county, villages of a township; nothing for a village or a grid, which has no more to choose."""
    ranges = actor.scope(permissions.VIEW).ranges
    depth = min((len(part.lo) // WIDTH for part in ranges), default=0)
    if depth not in PLACES:
        return ()
    level = PLACES[depth][1]
    return tuple(area for area in filter_areas(actor) if area.level == level)


def _place_label(places: tuple[Area, ...]) -> str:
    return next(label for label, level in PLACES.values() if level == places[0].level)


def _day(text: str) -> datetime | None:
    """The beginning of a day in China."""
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) if 2000 <= day.year <= 2100 else None
    except ValueError:
        return None
