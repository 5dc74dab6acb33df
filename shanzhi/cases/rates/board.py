"""The page of rates as values: a place in a period, everything below it side by side, and where its records are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.db.models import F
from django.http import QueryDict
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.areas.selectors import ancestors, children
from shanzhi.cases import permissions
from shanzhi.cases.rates.counting import Counts, counted, summed
from shanzhi.cases.rates.periods import LABELS, WRONG, Period, between, is_range, named
from shanzhi.cases.rates.registry import BY_CODE, Figure, figures_of
from shanzhi.cases.seeing import seen
from shanzhi.cases.selectors import Tab

BELOW: Final = {"county": "乡镇（街道）", "township": "村（社区）", "village": "网格"}
OWN: Final = "本级，没有分到下面"
DOWN: Final = "down"


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place of the table; `code` is empty where there is nothing further below to open."""

    name: str
    code: str
    counts: Counts
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Board:
    """`rows` stand in the order that was asked for; `area` is the place, `total` counts all of it."""

    area: Area
    period: Period
    total: Counts
    figures: Sequence[Figure]
    rows: Sequence[PlaceRow]
    wrong: str = ""

    @property
    def below(self) -> str:
        return BELOW.get(self.area.level, "")


def period_of(query: QueryDict, at: datetime) -> tuple[Period, str]:
    """What the address asks for, and a sentence if that was no period: then it is this month."""
    code = query.get("period", "")
    if is_range(code, query.get("from"), query.get("to")):
        found = between(query.get("from", ""), query.get("to", ""))
        if found is None:
            return named("", at), f"{WRONG}现在显示的是本月。"
        return found, ""
    return named(code if code in LABELS else "", at), ""


def area_for(actor: Actor, code: str) -> Area:
    """The place with this code, or the highest of the actor's posts; NotFound outside of the actor's places."""
    scope = actor.scope(permissions.RATES)
    if not code:
        top = min((part.lo for part in scope.ranges), key=len, default="")
        found = Area.objects.filter(path=top, valid_to=None) if top else Area.objects.filter(level=Area.Level.COUNTY)
    else:
        found = Area.objects.filter(scope.q("path"), code=code[:15])
    area = found.select_related("parent").order_by(F("valid_to").asc(nulls_first=True)).first()
    if area is None:
        raise not_found()
    return area


def board_of(actor: Actor, area: Area, period: Period, *, sort: str = "", wrong: str = "") -> Board:
    """Six statements for the counts, one for the names. Cases of kinds that this person may not see are not counted."""
    shown, called = seen(actor), seen(actor, "case__")
    found = counted(area, period.start, period.end, shown=shown, called=called)
    total = summed(found.values())
    return Board(area, period, total, figures_of(total), ordered(_rows(area, found), sort), wrong)


def _rows(area: Area, found: dict[str, Counts]) -> list[PlaceRow]:
    """Open places below, and those abolished ones that still have something to count."""
    rows = []
    for place in children(area, closed=True) if area.level in BELOW else []:
        counts = found.get(place.path)
        if place.is_open or counts is not None:
            code = place.code if place.level in BELOW else ""
            counts = counts or Counts()
            rows.append(PlaceRow(place.name, code, counts, figures_of(counts)))
    own = found.get(area.path)
    if rows and own is not None:
        rows.append(PlaceRow(OWN, "", own, figures_of(own)))
    return rows


def ordered(rows: list[PlaceRow], sort: str) -> list[PlaceRow]:
    """By one of the rates, the better first, or the other way round with `-`; no value comes last, either way."""
    code, back = sort.removeprefix("-"), sort.startswith("-")
    if code not in BY_CODE:
        return rows
    place = list(BY_CODE).index(code)
    falling = back == BY_CODE[code].lower_is_better
    valued = [row for row in rows if row.figures[place].value is not None]
    valued.sort(key=lambda row: (row.figures[place].value, row.figures[place].denominator), reverse=falling)
    return [*valued, *(row for row in rows if row.figures[place].value is None)]


def crumbs_of(actor: Actor, area: Area) -> list[Area]:
    """From the highest place of this person down to the one shown."""
    scope = actor.scope(permissions.RATES)
    return [*(above for above in ancestors(area) if scope.covers(above.path)), area]


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    url: str


def records_of(actor: Actor, board: Board, figure: Figure) -> list[Link]:
    """Lists that hold the cases of a figure, as far as there is one: by the filters of the list of cases and of the
    list of call-backs."""
    tops = [part.lo for part in actor.scope(permissions.RATES).ranges]
    path = board.area.path
    if not figure.denominator or (path not in tops and path[:-WIDTH] not in tops):
        return []  # the lists are narrowed to places directly below one's own, and to nothing further down
    first, last = str(board.period.first), str(board.period.last)
    place = {} if path in tops else {"place": board.area.code}
    due, closed = {"close_from": first, "close_to": last}, {"closed_from": first, "closed_to": last}
    received = {"received_from": first, "received_to": last}
    wanted: dict[str, list[tuple[str, dict[str, str]]]] = {
        "accepted": [("没办结的", {"tab": Tab.OPEN, **received}), ("已结束的", {"tab": Tab.ENDED, **received})],
        "finished": [("没办结的", {"tab": Tab.OPEN, **due}),
                     ("已办结的", {"tab": Tab.ENDED, "state": "closed", **due})],
        "in_time": [("没按期的", {"tab": Tab.ENDED, "state": "closed", "mark": "late", **due})],
        "reopened": [("又在办的", {"tab": Tab.OPEN, "mark": "reopened", **closed}),
                     ("又办结的", {"tab": Tab.ENDED, "mark": "reopened", **closed})],
    }  # fmt: skip
    if actor.can(permissions.VIEW) and figure.rate.code in wanted:
        base = reverse("cases:list", args=[board.area.county_id])
        return [Link(words, f"{base}?{urlencode({**more, **place})}") for words, more in wanted[figure.rate.code]]
    if actor.can(permissions.CALLBACKS) and figure.rate.code in ("solved", "satisfied"):
        base, answer = reverse("cases:callbacks", args=[board.area.county_id]), f"un{figure.rate.code}"
        more = {"answer": answer, "called_from": first, "called_to": last, **place}
        return [Link("没解决的" if answer == "unsolved" else "不满意的（回访）", f"{base}?{urlencode(more)}")]
    return []
