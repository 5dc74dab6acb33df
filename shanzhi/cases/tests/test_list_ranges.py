"""Lists narrowed to what a rate was counted from: due and first closed on these days, handled again, handled late."""

import csv
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from shanzhi.cases.catalogue import State
from shanzhi.cases.listing import Listing, listing_of
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import CaseFilter, Tab, case_list_for
from shanzhi.cases.tests.pages import act, report, text_of
from shanzhi.lib.clocks import Span
from shanzhi.lib.times import SHANGHAI, local
from tests.cast import Cast

LIST = "/341181/cases/"
EXPORT = f"{LIST}export/"
DAY = date(2026, 3, 10)


def china(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), tzinfo=SHANGHAI)


def listing(cast: Cast, query: str, who: str = "village_clerk") -> Listing:
    return listing_of(cast.actor(who), QueryDict(query), timezone.now())


def numbers(cast: Cast, query: str, who: str = "village_clerk") -> set[str]:
    """What the list shows at an address."""
    rows = case_list_for(cast.actor(who), listing(cast, query, who).wanted, now=timezone.now())
    return set(rows.values_list("number", flat=True))


def exported(cast: Cast, query: str, who: str = "village_clerk") -> set[str]:
    answer = cast[who].client().get(f"{EXPORT}?format=csv&{query}")
    assert answer.status_code == 200
    return {row["编号"] for row in csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))}


def case_with(cast: Cast, **values: Any) -> str:
    """A reported case with these moments in its row, by its number."""
    case = report(cast, body=values.pop("body", "路口井盖断裂"), kind=values.pop("kind", "facilities"))
    Case.objects.filter(id=case.id).update(**values)
    return str(case.number)


def closed_with(cast: Cast, **values: Any) -> str:
    at = china(DAY, 12)
    return case_with(cast, **{"state": State.CLOSED, "ended_at": at, "closed_at": at, **values})


EDGES = {
    "day before": china(DAY - timedelta(days=1), 23, 59, 59),
    "first moment": china(DAY),
    "last moment": china(DAY + timedelta(days=1), 23, 59, 59),
    "day after": china(DAY + timedelta(days=2)),
    "none": None,
}
RANGES = {
    "from={0}&to={1}": {"first moment", "last moment"},
    "from={0}": {"first moment", "last moment", "day after"},
    "to={1}": {"day before", "first moment", "last moment"},
    "from={1}&to={1}": {"last moment"},
    "from={1}&to={0}": set(),
    "": set(EDGES),
}


@pytest.mark.parametrize("name", ["close", "closed"])
@pytest.mark.parametrize("shape", list(RANGES))
def test_days_are_days_in_china_with_the_last_one_included(cast: Cast, name: str, shape: str) -> None:
    column, tab = ("close_by", "open") if name == "close" else ("closed_at", "ended")
    make = case_with if name == "close" else closed_with
    made = {make(cast, **{column: moment}): label for label, moment in EDGES.items()}
    days = [day.isoformat() for day in (DAY, DAY + timedelta(days=1))]
    parts = [f"{name}_{part.format(*days)}" for part in shape.split("&") if part]
    query = "&".join([f"tab={tab}", *parts])
    assert {made[number] for number in numbers(cast, query)} == RANGES[shape]


def test_the_two_ranges_are_about_different_moments(cast: Cast) -> None:
    """Due on the tenth and closed on the tenth are not the same question."""
    later = china(DAY + timedelta(days=5))
    due = closed_with(cast, close_by=china(DAY, 18), closed_at=later)
    done = closed_with(cast, close_by=later)
    both = closed_with(cast, close_by=china(DAY, 18))
    assert numbers(cast, f"tab=ended&close_from={DAY}&close_to={DAY}") == {due, both}
    assert numbers(cast, f"tab=ended&closed_from={DAY}&closed_to={DAY}") == {done, both}
    query = f"tab=ended&close_from={DAY}&close_to={DAY}&closed_from={DAY}&closed_to={DAY}"
    assert numbers(cast, query) == {both}


@pytest.mark.parametrize("bad", ["2026-02-30", "3月10日", "1999-12-31", "2101-01-01", "", "%00", "2026-3-1x"])
def test_days_that_are_none_narrow_nothing(cast: Cast, bad: str) -> None:
    inside, other = closed_with(cast), closed_with(cast, closed_at=china(DAY + timedelta(days=9)))
    for name in ("close", "closed", "received"):
        query = f"tab=ended&{name}_from={bad}&{name}_to={bad}"
        assert numbers(cast, query) == {inside, other}
        assert exported(cast, query) == {inside, other}
    wanted = listing(cast, f"closed_from={bad}&closed_to={DAY}").wanted
    assert (wanted.closed_from, wanted.closed_before) == (None, china(DAY + timedelta(days=1)))
    assert cast["village_clerk"].client().get(f"{LIST}?tab=ended&closed_from={bad}").status_code == 200


def test_handled_again_is_asked_of_open_and_ended_ones(cast: Cast) -> None:
    opened = {case_with(cast, reopened=1), case_with(cast, reopened=2)}
    ended = closed_with(cast, reopened=1)
    case_with(cast)
    closed_with(cast)
    assert numbers(cast, "tab=open&mark=reopened") == opened
    assert numbers(cast, "tab=ended&mark=reopened") == {ended}
    assert exported(cast, "tab=ended&mark=reopened") == {ended}


def test_handled_late_is_later_than_it_was_due(cast: Cast) -> None:
    due = china(DAY, 18)
    late = closed_with(cast, close_by=due, handled_at=due + timedelta(seconds=1))
    closed_with(cast, close_by=due, handled_at=due)
    closed_with(cast, close_by=due, handled_at=due - timedelta(days=1), closed_at=due + timedelta(days=9))
    closed_with(cast, close_by=None, handled_at=due)
    closed_with(cast, close_by=due, handled_at=None)
    assert numbers(cast, "tab=ended&mark=late") == {late}
    assert exported(cast, "tab=ended&mark=late") == {late}


def test_the_filters_narrow_together_and_with_the_old_ones(cast: Cast) -> None:
    due = china(DAY, 18)
    slow = {"close_by": due, "handled_at": due + timedelta(hours=1)}
    match = closed_with(cast, **slow, reopened=1, urgent=True, kind="fire", body="柴草起火")
    closed_with(cast, **slow, reopened=1, kind="fire")  # nobody in danger
    closed_with(cast, **slow, urgent=True, kind="fire")  # handled once
    closed_with(cast, reopened=1, urgent=True, kind="fire", close_by=due, handled_at=due)  # in time
    closed_with(cast, **slow, reopened=1, urgent=True)  # of another kind
    closed_with(cast, **slow | {"close_by": due - timedelta(days=1)}, reopened=1, urgent=True, kind="fire")
    query = f"tab=ended&mark=late&mark=reopened&mark=urgent&kind=fire&close_from={DAY}&close_to={DAY}"
    assert numbers(cast, query) == {match}
    assert numbers(cast, f"{query}&q=柴草") == {match}
    assert numbers(cast, f"{query}&q=井盖") == set()
    assert numbers(cast, f"{query}&state=closed") == {match}
    assert numbers(cast, f"{query}&state=rejected") == set()
    assert exported(cast, query) == {match}


def test_the_ranges_do_not_widen_what_somebody_may_see(cast: Cast) -> None:
    mine = closed_with(cast)
    query = f"tab=ended&closed_from={DAY}&closed_to={DAY}"
    assert numbers(cast, query) == exported(cast, query, "township_officer") == {mine}
    assert numbers(cast, query, "other_clerk") == numbers(cast, query, "other_officer") == set()
    place = cast.areas["v2"].code
    assert numbers(cast, f"{query}&place={place}", "township_officer") == set()


def test_the_page_says_what_it_was_narrowed_to(cast: Cast) -> None:
    inside = closed_with(cast, close_by=china(DAY, 18), body="在范围里的事")
    closed_with(cast, closed_at=china(DAY + timedelta(days=9)), body="范围以外的事")
    client = cast["village_clerk"].client()
    query = f"tab=ended&closed_from={DAY}&closed_to={DAY}"
    words = text_of(client.get(f"{LIST}?{query}"))
    assert inside in words
    assert "导出 1 件" in words
    chips = listing(cast, f"{query}&mark=late&mark=reopened&close_from={DAY}").bar().chips
    assert {chip.label: chip.words for chip in chips if chip.active} == {
        "标记": "重新办理过、没按期办结", "应办结日期": "3月10日 起", "首次办结日期": "3月10日 到 3月10日",
    }  # fmt: skip
    assert "范围以外的事" in text_of(client.get(f"{LIST}{listing(cast, query).bar().clear_url}"))


def test_only_ended_lists_offer_the_day_of_closing_unless_it_was_asked_for(cast: Cast) -> None:
    def offered(query: str) -> tuple[bool, bool]:
        chips = {chip.label: chip for chip in listing(cast, query).bar().chips}
        assert "应办结日期" in chips
        return "首次办结日期" in chips, "late" in [option.value for option in chips["标记"].options]

    assert offered("tab=ended") == (True, True)
    assert offered("tab=open") == (False, False)
    assert offered(f"tab=open&closed_from={DAY}") == offered(f"tab=open&closed_to={DAY}") == (True, False)
    assert listing(cast, f"tab=open&closed_to={DAY}").wanted != CaseFilter(tab=Tab.OPEN)


def test_the_moments_are_those_that_the_acts_leave(cast: Cast) -> None:
    """Not set by hand: dispatched with a day to do it, done after two; reopened, closed again a day later."""
    at = timezone.now() - timedelta(days=6)
    case = report(cast, at=at)
    act(cast, "village_clerk", "accept", case, at=at)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=Span.parse("24 hours"), at=at)
    act(cast, "grid_worker", "handle", case, text="换好了", at=at + timedelta(days=2))
    act(cast, "village_clerk", "verify", case, at=at + timedelta(days=2))
    first = at + timedelta(days=2, minutes=1)
    act(cast, "village_clerk", "close", case, at=first)
    day = local(first).date().isoformat()
    ended = f"tab=ended&closed_from={day}&closed_to={day}"
    assert numbers(cast, ended) == numbers(cast, "tab=ended&mark=late") == {case.number}
    assert numbers(cast, "tab=ended&mark=reopened") == set()
    act(cast, "village_clerk", "reopen", case, text="又坏了", at=at + timedelta(days=3))
    assert numbers(cast, "tab=open&mark=reopened") == {case.number}
    assert numbers(cast, ended) == set()
    assert numbers(cast, f"tab=open&closed_from={day}&closed_to={day}") == {case.number}
