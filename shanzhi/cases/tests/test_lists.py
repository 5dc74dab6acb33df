"""Work lists: who sees what in which tab, filters, search, paging; a list costs the same however long it is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.cases import services
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import (
    COUNTED,
    CaseFilter,
    Sort,
    Tab,
    capped_counts,
    case_list_for,
    dispatch_targets,
    filter_areas,
    list_rows,
    public_counts,
)
from shanzhi.tenancy.keyset import page_of
from tests.cast import Cast, report

NOW = timezone.now()


def numbers(cast: Cast, who: str, **wanted: object) -> list[str]:
    rows = case_list_for(cast.actor(who), CaseFilter(**wanted), now=timezone.now())  # type: ignore[arg-type]
    return sorted(rows.values_list("number", flat=True))


def test_open_is_by_area(cast: Cast) -> None:
    here = report(cast)
    there = report(cast, by="other_worker", place="g3")
    for who in ("grid_worker", "grid_leader", "village_clerk", "supervisor", "township_officer"):
        assert numbers(cast, who) == [here.number], who
    for who in ("other_clerk", "other_officer", "other_worker"):
        assert numbers(cast, who) == [there.number], who
    for who in ("county_leader", "auditor", "county_centre"):
        assert numbers(cast, who) == sorted([here.number, there.number]), who
    for who in ("resident", "volunteer", "department_handler"):
        assert numbers(cast, who) == [], who


def test_mine_is_what_waits_for_me(cast: Cast) -> None:
    case = report(cast)
    assert numbers(cast, "village_clerk", tab=Tab.MINE) == [case.number]
    assert numbers(cast, "grid_worker", tab=Tab.MINE) == []
    clerk = cast.actor("village_clerk")
    case = services.case_accept(actor=clerk, case=case, version=1)
    services.case_dispatch(actor=clerk, case=case, version=2, area=cast.areas["g1"])
    assert numbers(cast, "village_clerk", tab=Tab.MINE) == []
    assert numbers(cast, "grid_worker", tab=Tab.MINE) == [case.number]
    assert numbers(cast, "grid_worker", tab=Tab.REPORTED) == [case.number]


def test_mine_of_a_unit(cast: Cast) -> None:
    officer = cast.actor("township_officer")
    case = report(cast, by="township_officer", place="v1")
    case = services.case_accept(actor=officer, case=case, version=1)
    services.case_dispatch(actor=officer, case=case, version=2, unit=cast.units["t1"])
    assert numbers(cast, "department_handler", tab=Tab.MINE) == [case.number]
    assert numbers(cast, "department_handler", tab=Tab.OPEN) == [case.number]


def test_overdue_is_a_question_to_the_clock_not_a_flag(cast: Cast) -> None:
    late = report(cast, at=NOW - timedelta(days=2))
    report(cast)
    assert numbers(cast, "village_clerk", tab=Tab.OVERDUE) == [late.number]


def test_ended_is_what_is_closed_or_rejected(cast: Cast) -> None:
    case = report(cast)
    services.case_reject(actor=cast.actor("village_clerk"), case=case, version=1, text="重复上报")
    report(cast)
    assert numbers(cast, "village_clerk", tab=Tab.ENDED) == [case.number]


@pytest.mark.parametrize("query", ["路灯", "张庄", "灯不亮", "村口路灯", "  路灯  "])
def test_two_characters_find(cast: Cast, query: str) -> None:
    wanted = report(cast, body="村口路灯不亮，走路看不清", spot="张庄组西头")
    report(cast, body="门口塘缺警示牌", spot="李庄")
    assert numbers(cast, "village_clerk", query=query) == [wanted.number]


def test_a_number_finds_and_nonsense_does_not(cast: Cast) -> None:
    case = report(cast)
    report(cast)
    assert numbers(cast, "village_clerk", query=case.number) == [case.number]
    assert numbers(cast, "village_clerk", query="没有这种事") == []
    assert numbers(cast, "village_clerk", query="'\"%_*()&|!") == []


def test_search_does_not_leave_the_scope(cast: Cast) -> None:
    report(cast, body="村口路灯不亮")
    assert numbers(cast, "other_clerk", query="路灯") == []


def test_filters_narrow(cast: Cast) -> None:
    fire = report(cast, kind="fire", urgent=True)
    old = report(cast, at=NOW - timedelta(days=10))
    report(cast)
    assert numbers(cast, "village_clerk", kinds=["fire"]) == [fire.number]
    assert numbers(cast, "village_clerk", urgent=True) == [fire.number]
    assert numbers(cast, "village_clerk", received_before=NOW - timedelta(days=5)) == [old.number]
    assert len(numbers(cast, "village_clerk", received_from=NOW - timedelta(days=5))) == 2
    assert numbers(cast, "village_clerk", states=[State.CLOSED]) == []
    assert numbers(cast, "village_clerk", sources=["counter"]) == []
    assert len(numbers(cast, "township_officer", area=cast.areas["v1"])) == 3
    assert numbers(cast, "township_officer", area=cast.areas["v2"]) == []


@pytest.mark.parametrize("sort", list(Sort.ORDERS))
def test_each_order_is_paged(cast: Cast, sort: str) -> None:
    for number in range(3):
        report(cast, at=NOW - timedelta(days=number))
    wanted = CaseFilter(sort=sort)
    rows = case_list_for(cast.actor("village_clerk"), wanted, now=NOW)
    first = page_of(rows, wanted.order, size=2)
    second = page_of(rows, wanted.order, cursor=first.next_cursor or "", size=2)
    ages = [(NOW - case.received_at).days for case in (*first.rows, *second.rows)]
    assert ages == ([0, 1, 2] if sort == Sort.NEWEST else [2, 1, 0])


def test_ended_cases_are_never_sorted_by_a_limit_they_no_longer_have() -> None:
    assert CaseFilter(tab=Tab.ENDED, sort=Sort.DUE).sorted_by == Sort.NEWEST
    assert CaseFilter(tab=Tab.OPEN).sorted_by == Sort.DUE


def test_counts_are_one_statement_and_capped(cast: Cast) -> None:
    for _ in range(3):
        report(cast)
    actor = cast.actor("village_clerk")
    lists = {tab: case_list_for(actor, CaseFilter(tab=tab), now=NOW) for tab in Tab.LABELS}
    with CaptureQueriesContext(connection) as queries:
        counts = capped_counts(lists)
    assert len(queries) == 1
    assert counts == {tab: 3 if tab in (Tab.MINE, Tab.OPEN, Tab.COUNTED) else 0 for tab in Tab.LABELS}
    assert COUNTED == 1000


def test_a_page_costs_one_statement_whatever_its_length(cast: Cast) -> None:
    actor, costs = cast.actor("village_clerk"), []
    for count in (2, 10):
        for _ in range(count):
            report(cast)
        with CaptureQueriesContext(connection) as queries:
            page = page_of(list_rows(case_list_for(actor, CaseFilter(), now=NOW)), Sort.ORDERS[Sort.DUE])
            assert {f"{c.area.parent.name}{c.area.name}" for c in page.rows} == {"张庄村第一网格"}
        costs.append(len(queries))
    assert costs == [1, 1]


def test_whom_one_may_give_it_to(cast: Cast) -> None:
    case = report(cast)
    targets = dispatch_targets(case)
    assert [area.id for area in targets.areas] == [cast.areas["g1"].id, cast.areas["g4"].id]
    desk = report(cast, by="township_officer", place="v2")
    assert [unit.name for unit in dispatch_targets(desk).units] == ["镇城建中心"]
    assert dispatch_targets(desk).areas[0].id == cast.areas["v2"].id


def test_what_a_list_may_be_narrowed_to(cast: Cast) -> None:
    assert [a.name for a in filter_areas(cast.actor("township_officer"))] == ["东镇", "张庄村", "李庄村"]


def test_public_counts_add_up(cast: Cast) -> None:
    case = report(cast, solved="盖住了")
    case = services.case_verify(actor=cast.actor("village_clerk"), case=case, version=2)
    services.case_close(actor=cast.actor("village_clerk"), case=case, version=3)
    report(cast)
    report(cast, by="other_worker", place="g3")
    assert public_counts(cast.areas["t1"]) == {"reported": 2, "closed": 1, "open": 1}
    assert Case.objects.count() == 3
