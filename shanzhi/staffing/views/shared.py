"""What the pages share: the day and the place of an address, links between them, files."""

from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from shanzhi.access.pages import CountyRequest
from shanzhi.areas.models import Area
from shanzhi.areas.selectors import ancestors
from shanzhi.lib.errors import Invalid
from shanzhi.staffing import selectors
from shanzhi.staffing.selectors import AsOf
from shanzhi.staffing.selectors.asof import FIRST, LAST
from shanzhi.ui.parts import Crumb

EXPORTED: Final = 20_000
WRONG_DAY: Final = "这一天看不了，请写成 2026-03-01 这样，在 2000 年到 2099 年之间。现在显示的是今天。"


def asof_of(query: QueryDict) -> tuple[AsOf, str]:
    """The day that an address asks for, and a sentence if that was none: then it is today."""
    asked = query.get("on", "")
    today = selectors.as_of(timezone.now())
    if not asked:
        return today, ""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return today, WRONG_DAY
    return (AsOf(day, today.today), "") if FIRST <= day <= LAST else (today, WRONG_DAY)


def right(wrong: str) -> None:
    """Papers and files of a wrong day are refused."""
    if wrong:
        raise Invalid(wrong.partition("现在")[0], code="day_wrong", fields={"on": [wrong]})


def link(county: int, name: str, **query: str) -> str:
    """A page of the staffing with these conditions."""
    said = {key: value for key, value in query.items() if value}
    return reverse(f"staffing:{name}", args=[county]) + (f"?{urlencode(said)}" if said else "")


def path_to(request: CountyRequest, area: Area) -> list[Area]:
    """From the highest place of this person down to the one shown."""
    scope = selectors.place_scope(request.actor)
    return [*(above for above in ancestors(area) if scope.covers(above.path)), area]


def crumbs(request: CountyRequest, *rest: Crumb) -> list[Crumb]:
    return [Crumb("网格队伍", reverse("staffing:overview", args=[request.county.id]) if rest else ""), *rest]


def day_words(asof: AsOf) -> str:
    """The day in full: a paper is read on another one."""
    day = asof.day
    return f"{day.year}年{day.month}月{day.day}日"
