"""A figure opens exactly the cases behind it: the list by what is counted, by place however deep, by time limit."""

from dataclasses import fields
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from shanzhi.cases.catalogue import State
from shanzhi.cases.listing import listing_of
from shanzhi.cases.models import Case
from shanzhi.cases.rates import facts
from shanzhi.cases.rates.counting import Counts, counted, summed
from shanzhi.cases.rates.doings import ACTS, LABELS, records
from shanzhi.cases.selectors import CaseFilter, Due, Tab, case_list_for
from shanzhi.cases.tests.pages import act, text_of
from shanzhi.lib.clocks import Span
from shanzhi.lib.times import local
from tests.cast import Cast, report

LIST = "/341181/cases/"


def found(cast: Cast, query: str, who: str = "county_leader") -> set[int]:
    now = timezone.now()
    wanted = listing_of(cast.actor(who), QueryDict(query), now).wanted
    return set(case_list_for(cast.actor(who), wanted, now=now).values_list("id", flat=True))


def days(before: int = 30, after: int = 30) -> str:
    today = timezone.localdate()
    return f"figure_from={today - timedelta(days=before)}&figure_to={today + timedelta(days=after)}"


def closed(cast: Cast, *, late: bool = False) -> Case:
    at = timezone.now() - timedelta(days=3)
    case = report(cast, at=at)
    limit = Span.parse("24 hours" if late else "60 hours")
    act(cast, "village_clerk", "accept", case, at=at)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=limit, at=at)
    act(cast, "grid_worker", "handle", case, text="好了", at=at + timedelta(days=2 if late else 1))
    act(cast, "village_clerk", "verify", case, at=at + timedelta(days=2))
    return act(cast, "village_clerk", "close", case, at=at + timedelta(days=2))


def test_every_count_and_every_label_has_a_condition() -> None:
    assert {one.name for one in fields(Counts)} <= set(LABELS)
    assert set(LABELS) == set(facts.LABELS) | set(ACTS)
    at = timezone.now()
    with pytest.raises(KeyError):
        records("nothing", at, at, at=at)


def test_late_and_in_time_open_what_was_counted(cast: Cast) -> None:
    good, late, open_ = closed(cast), closed(cast, late=True), report(cast)
    assert found(cast, f"tab=counted&figure=in_time&{days()}") == {good.id}
    assert found(cast, f"tab=counted&figure=finished&{days()}") == {good.id, late.id}
    assert found(cast, f"tab=counted&figure=closed&{days()}") == {good.id, late.id}
    assert found(cast, f"tab=counted&figure=reported&{days()}") == {good.id, late.id, open_.id}
    assert found(cast, f"tab=counted&figure=reported&{days(0)}") == {open_.id}
    total = summed(counted(cast.areas["county"], *(timezone.now() + timedelta(days=n) for n in (-30, 30))).values())
    assert (total.in_time, total.closed, total.reported) == (1, 2, 3)


def test_what_was_done_in_these_days(cast: Cast) -> None:
    again, fresh = closed(cast), report(cast)
    act(cast, "village_clerk", "reopen", again, text="又坏了")
    act(cast, "village_clerk", "accept", fresh)
    act(cast, "village_clerk", "escalate", fresh, text="办不了")
    assert found(cast, f"tab=counted&figure=did_reopen&{days(1)}") == {again.id}
    assert found(cast, f"tab=counted&figure=did_escalate&{days(1)}") == {fresh.id}
    assert found(cast, f"tab=counted&figure=did_report&{days(1)}") == {fresh.id}
    assert found(cast, f"tab=counted&figure=did_close&{days(1)}") == {again.id}
    assert found(cast, f"tab=counted&figure=did_close&{days(0)}") == set()
    assert found(cast, f"tab=counted&figure=did_return&{days()}") == set()


def test_everything_has_open_and_ended_ones_in_scope(cast: Cast) -> None:
    ended, open_ = closed(cast), report(cast)
    other = report(cast, place="g3", by="other_worker")
    assert found(cast, "tab=counted&figure=reported", "township_officer") == {ended.id, open_.id}
    assert found(cast, "tab=counted&figure=reported", "other_officer") == {other.id}
    words = text_of(cast["township_officer"].client().get(LIST, {"tab": "counted", "figure": "reported"}))
    assert "统计到的" in words
    assert "统计到的" not in text_of(cast["township_officer"].client().get(LIST))
    assert cast["resident"].client().get(LIST, {"tab": "counted", "figure": "reported"}).status_code == 403


@pytest.mark.parametrize(("place", "count"), [("t1", 2), ("v1", 2), ("g1", 1), ("g4", 1), ("v2", 0), ("t2", 1)])
def test_a_list_is_narrowed_to_any_place_of_the_scope(cast: Cast, place: str, count: int) -> None:
    for where, by in (("g1", "grid_worker"), ("g4", "village_clerk"), ("g3", "other_worker")):
        report(cast, place=where, by=by)
    code = cast.areas[place].code
    assert len(found(cast, f"tab=open&place={code}")) == count
    assert cast.areas[place].name in text_of(cast["county_leader"].client().get(LIST, {"tab": "open", "place": code}))


def test_a_place_beside_the_scope_narrows_nothing_and_shows_nothing_of_it(cast: Cast) -> None:
    mine = report(cast)
    report(cast, place="g3", by="other_worker")
    code = cast.areas["v3"].code
    assert found(cast, f"tab=open&place={code}", "township_officer") == {mine.id}
    page = cast["township_officer"].client().get(LIST, {"tab": "open", "place": code})
    assert "王庄村" not in text_of(page)


def test_time_limits_between_two_days_and_none_at_all(cast: Cast) -> None:
    today = local(timezone.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = {}
    for number in (1, 2, 3, 7, 8):
        rows[number] = report(cast)
        Case.objects.filter(id=rows[number].id).update(due_at=today + timedelta(days=number, hours=9))
    never, waiting = report(cast), report(cast)
    Case.objects.filter(id=never.id).update(due_at=None)
    Case.objects.filter(id=waiting.id).update(due_at=today + timedelta(days=3), state=State.SUSPENDED)
    first, last = (today + timedelta(days=3)).date(), (today + timedelta(days=7)).date()
    assert found(cast, f"tab=open&until_from={first}&until_to={last}") == {rows[3].id, rows[7].id}
    assert found(cast, f"tab=open&due={Due.NEVER}") == {never.id}
    now = timezone.now()
    plain = case_list_for(cast.actor("county_leader"), CaseFilter(tab=Tab.OPEN), now=now)
    assert plain.count() == 7
