"""What the pages of visits share: the tabs that somebody may open, and the days of an address."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from shanzhi.access.pages import CountyRequest
from shanzhi.visits.permissions import COUNTS, MAKE
from shanzhi.visits.selectors import FIRST, LAST

WRONG: Final = "日期写成 2026-03-01 这样，开始的不晚于结束的。"


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    chosen: bool


def tabs(request: CountyRequest, chosen: str) -> list[Tab]:
    parts = (("planned", "该去走访的", MAKE), ("made", "走访记录", MAKE), ("counts", "走访数字", COUNTS))
    return [
        Tab(label, reverse(f"visits:{name}", args=[request.county.id]), name == chosen)
        for name, label, needed in parts if request.actor.can(needed)
    ]  # fmt: skip


def days_of(query: QueryDict, name: str) -> tuple[date | None, date | None, str]:
    """The two days of a filter, each None where it was left out, and a sentence if they make no sense."""
    first, last = (_day(query.get(f"{name}_{end}", "")) for end in ("from", "to"))
    if isinstance(first, str) or isinstance(last, str) or (first and last and first > last):
        return None, None, WRONG
    return first, last, ""


def _day(text: str) -> date | str | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return day if FIRST <= day <= LAST else text
