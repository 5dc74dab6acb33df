"""What the address of a public list means: filters, order and place in it, with the choices that there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.http import QueryDict

from shanzhi.areas.models import Area
from shanzhi.areas.selectors import grids_of
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.selectors import numbers_meant
from shanzhi.lib.times import SHANGHAI, local
from shanzhi.portal.village.cases import NEWEST, SORTS, STATES, Wanted, month_of
from shanzhi.ui.filters import Choice, FilterBar, filter_bar

MONTHS: Final = 12
TEXT: Final = 40


@dataclass(frozen=True)
class Kind:
    code: str
    label: str
    hint: str


@dataclass(frozen=True)
class Listing:
    """A list as it was asked for; what makes no sense in the address narrows nothing."""

    wanted: Wanted
    query: QueryDict
    kinds: Sequence[Kind]
    grids: Sequence[Area]
    months: Sequence[tuple[str, str]]

    def bar(self) -> FilterBar:
        chips = [
            Choice("state", "状态", list(STATES.items())),
            Choice("kind", "类别", [(kind.code, kind.label) for kind in self.kinds]),
            Choice("grid", "网格", [(grid.code, grid.name) for grid in self.grids]),
            Choice("month", "月份", self.months),
            Choice("sort", "排序", list(SORTS.items())),
        ]
        return filter_bar(self.query, [one for one in chips if one.options], search="q", hint="编号或类别，如 路灯")

    def address(self, **changes: str) -> str:
        """The query with these parameters instead, from the first page on; an empty one is left out."""
        copy = self.query.copy()
        for name in ("after", "before", *changes):
            copy.pop(name, None)
        for name, value in changes.items():
            if value:
                copy[name] = value
        return f"?{copy.urlencode()}"


def public_kinds() -> list[Kind]:
    """The kinds that count now and are open to everybody; one statement."""
    return [
        Kind(kind.code, kind.label, kind.body.hint)
        for kind in kinds_now().values()
        if kind.body.public and not kind.body.seen_by
    ]


def listing_of(village: Area, query: QueryDict, now: datetime) -> Listing:
    """Two statements: the kinds, and the grids of the village."""
    kinds, grids = public_kinds(), list(grids_of(village))
    wanted = wanted_of(
        village, kinds, grids, now, state=query.get("state", ""), kind=query.get("kind", ""),
        grid=query.get("grid", ""), month=query.get("month", ""), text=query.get("q", ""), sort=query.get("sort", ""),
    )  # fmt: skip
    return Listing(wanted, query, kinds, grids, months(local(now).date()))


def wanted_of(
    village: Area, kinds: Sequence[Kind], grids: Sequence[Area], now: datetime, *, state: str, kind: str, grid: str,
    month: str, text: str, sort: str,
) -> Wanted:  # fmt: skip
    """Words are looked for in the number, and in the name and the hint of the kinds."""
    span = month_of(month)
    words = text.replace("\x00", "").strip()[:TEXT]
    return Wanted(
        state=state if state in STATES else "",
        kinds=[one.code for one in kinds if one.code == kind],
        grid=next((one for one in grids if one.code == grid), None),
        first=_midnight(span[0]) if span else None,
        before=_midnight(span[1]) if span else None,
        text=words,
        numbers=numbers_meant(words, village.county_id, now) if words else (),
        named=[one.code for one in kinds if words and (words in one.label or words in one.hint)],
        sort=sort if sort in SORTS else NEWEST,
    )


def months(today: date) -> list[tuple[str, str]]:
    """This month and the eleven before it: (2026-11, 2026年11月)."""
    first = today.year * 12 + today.month - 1
    pairs = [divmod(first - back, 12) for back in range(MONTHS)]
    return [(f"{year}-{month + 1:02d}", f"{year}年{month + 1}月") for year, month in pairs]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
