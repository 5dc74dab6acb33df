"""What the address of the ledger means, and its filters."""

from datetime import date, timedelta
from typing import Any

from django.http import QueryDict

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, Unit
from shanzhi.cases.rates.periods import midnight
from shanzhi.duties.catalogue import State
from shanzhi.duties.permissions import ISSUE, VIEW
from shanzhi.duties.selectors import AREA, ISSUED, OTHERS, TABS, Sort, Wanted
from shanzhi.lib.errors import Invalid
from shanzhi.tenancy.ids import id_of
from shanzhi.ui.filters import Choice, Dates, FilterBar, filter_bar
from shanzhi.ui.pages import url_with

LONGEST = 40


def tab_of(actor: Actor, query: QueryDict) -> str:
    """Whoever issues begins with what the own office issued."""
    wanted = query.get("tab", "")
    if wanted in TABS and (wanted != ISSUED or actor.can(ISSUE)):
        return wanted
    return ISSUED if actor.can(ISSUE) else AREA


def places_of(actor: Actor) -> list[Area]:
    """Townships and villages in reach; of a whole county the townships only."""
    scope = actor.scope(VIEW)
    levels = [Area.Level.TOWNSHIP, Area.Level.VILLAGE]
    rows = list(Area.objects.filter(scope.q("path"), valid_to=None, level__in=levels).order_by("path"))
    if sum(row.level == Area.Level.TOWNSHIP for row in rows) > 1:
        return [row for row in rows if row.level == Area.Level.TOWNSHIP]
    return rows


def units_of(actor: Actor) -> list[Unit]:
    rows = Unit.objects.filter(actor.scope(VIEW).q("area__path"), valid_to=None).select_related("area")
    return list(rows.order_by("area__path", "code")[:200])


def _day(query: QueryDict, name: str, label: str) -> date | None:
    """A day of an address. What is no day is told, so that nobody takes a wider list for the one that was meant."""
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 2000 <= day.year <= 2100:
        raise Invalid(f"“{label}”的日期没有写对，请清除条件后重新选。", code="day_invalid")
    return day


def wanted_of(actor: Actor, query: QueryDict, places: list[Area]) -> Wanted:
    """Choices that make no sense narrow nothing."""
    first, last = _day(query, "issued_from", "交办日期"), _day(query, "issued_to", "交办日期")
    state, sort = query.get("state", ""), query.get("sort", "")
    return Wanted(
        tab=tab_of(actor, query), state=state if state in {*State.values, *OTHERS} else "",
        area=next((area for area in places if area.code == query.get("place")), None),
        unit_id=id_of(query.get("unit", "")), query=query.get("q", "").replace("\x00", "").strip()[:LONGEST],
        issued_from=midnight(first) if first else None,
        issued_before=midnight(last + timedelta(days=1)) if last else None,
        urgent=query.get("urgent") == "1", sort=sort if sort in Sort.LABELS else Sort.NEWEST,
    )  # fmt: skip


def bar_of(query: QueryDict, places: list[Area], units: list[Unit]) -> FilterBar:
    filters: list[Choice | Dates] = [
        Choice("state", "状态", [*OTHERS.items(), *State.choices]),
        Choice("place", "地方", [(area.code, area.name) for area in places]),
        Choice("urgent", "紧急", [("1", "紧急的")]),
        Dates("issued", "交办日期"),
    ]
    if units:
        filters.insert(2, Choice("unit", "部门", [(str(unit.id), unit.name) for unit in units]))
    return filter_bar(query, filters, search="q", hint="事项、依据或编号")


def sorts_of(query: QueryDict, chosen: str) -> list[tuple[str, str, bool]]:
    """(address, words, whether it is chosen)."""
    return [(url_with(query, sort=code), label, code == chosen) for code, label in Sort.LABELS.items()]


def tabs_of(actor: Actor, chosen: str) -> list[dict[str, Any]]:
    names = [name for name in TABS if name != ISSUED or actor.can(ISSUE)]
    return [{"url": f"?tab={name}", "label": TABS[name], "chosen": name == chosen} for name in names]
