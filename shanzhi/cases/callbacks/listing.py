"""What the address of the list of call-backs means, and the lines that it shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.callbacks.selectors import ANSWERS, NUMBER, Sort, Wanted, draws_for
from shanzhi.cases.models import CallBack, Draw
from shanzhi.cases.places import place_name
from shanzhi.cases.rates.periods import midnight
from shanzhi.lib.times import local
from shanzhi.tenancy.ids import id_of
from shanzhi.ui.filters import Choice, Dates, FilterBar, filter_bar

DRAWS: Final = 20
SHAPES: Final = {"waiting": "new", "done": "done", "unreachable": "hold", "refused": "hold"}


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def places_of(actor: Actor) -> list[Area]:
    """The places of the actor's posts and the townships and villages below them, as far as one can choose."""
    scope = actor.scope(permissions.CALLBACKS)
    levels = [Area.Level.COUNTY, Area.Level.TOWNSHIP, Area.Level.VILLAGE]
    rows = list(Area.objects.filter(scope.q("path"), valid_to=None, level__in=levels).order_by("path"))
    if any(row.level == Area.Level.COUNTY for row in rows):  # the villages of a whole county are no list
        return [row for row in rows if row.level != Area.Level.VILLAGE]
    return rows


def wanted_of(query: QueryDict, places: Sequence[Area]) -> Wanted:
    """What makes no sense narrows nothing."""
    first, last = _day(query.get("called_from", "")), _day(query.get("called_to", ""))
    return Wanted(
        state=query.get("state", ""), answer=query.get("answer", ""), draw_id=id_of(query.get("draw", "")),
        area=next((area for area in places if area.code == query.get("place")), None),
        query=query.get("q", "").replace("\x00", "").strip()[:NUMBER],
        called_from=midnight(first) if first else None,
        called_before=midnight(last + timedelta(days=1)) if last else None, sort=query.get("sort", Sort.OLDEST),
    )  # fmt: skip


def draw_words(draw: Draw) -> str:
    """11月21日抽，张庄村，12 件"""
    at = local(draw.at)
    return f"{at.month}月{at.day}日 {at:%H:%M} 抽，{draw.area.name}，{draw.size} 件"


def bar_of(actor: Actor, query: QueryDict, places: Sequence[Area]) -> FilterBar:
    draws = [(str(draw.id), draw_words(draw)) for draw in draws_for(actor)[:DRAWS]]
    filters: list[Choice | Dates] = [
        Choice("state", "状态", CallBack.State.choices),
        Choice("answer", "回答", [(code, label) for code, (label, _) in ANSWERS.items()]),
        Choice("place", "地方", [(area.code, area.name) for area in places]),
        Dates("called", "回访日期"),
    ]
    if draws:
        filters.insert(2, Choice("draw", "哪次抽签", draws))
    return filter_bar(query, filters, search="q", hint="按编号查找")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list."""

    number: str
    title: str
    url: str
    place: str
    closed_at: datetime | None
    shape: str
    state: str
    tries: int
    solved: str
    satisfied: str
    contacted: str
    by: str
    at: datetime | None
    lot: str


def rows_of(found: Iterable[CallBack]) -> list[Row]:
    """No statement: the rows come with what they show."""
    return [_row(row) for row in found]


def _row(row: CallBack) -> Row:
    case = row.case
    words = {True: ("解决了", "满意"), False: ("没解决", "不满意")}
    return Row(
        number=case.number, title=case.title, url=reverse("cases:callback", args=[case.county_id, case.number]),
        place=place_name(case.area), closed_at=case.closed_at, shape=SHAPES[row.state],
        state=CallBack.State(row.state).label, tries=row.tries,
        solved="" if row.solved is None else words[row.solved][0],
        satisfied="" if row.satisfied is None else words[row.satisfied][1],
        contacted=CallBack.InTime(row.contacted_in_time).label if row.contacted_in_time else "", by=row.by, at=row.at,
        lot=row.lot[:12],
    )  # fmt: skip
