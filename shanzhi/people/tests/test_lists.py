"""Lists of people, dwellings and households: scope, tabs, filters, pages; and how many people there were on a day."""

from datetime import date
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanzhi.lib.errors import NotFound
from shanzhi.people.models import Resident
from shanzhi.people.selectors import area_for, homes_below, place_named
from shanzhi.people.selectors.counts import COLUMNS, population_on
from shanzhi.people.selectors.homes import dwellers, dwelling_page
from shanzhi.people.selectors.offering import (
    dwelling_choices,
    household_choices,
    people_choices,
    places_mine,
    places_offered,
    village_of,
)
from shanzhi.people.selectors.residents import (
    AGE_WORDS,
    AGES,
    PeopleFilter,
    age_on,
    resident_page,
    years_before,
)
from shanzhi.people.tests.world import (
    ago,
    dwelling,
    groups,
    happen,
    household,
    id_number,
    member,
    resident,
    stranger,
    today,
)
from shanzhi.tenancy.keyset import CursorInvalid
from tests.cast import Cast


def names(cast: Cast, who: str = "village_clerk", place: str = "", **wanted: str) -> list[str]:
    actor = cast.actor(who)
    area = area_for(actor, cast.areas[place].code if place else "")
    return [row.name for row in resident_page(actor, area, PeopleFilter(**wanted), today=today()).rows]


@pytest.fixture
def folk(cast: Cast) -> Cast:
    """甲 here; 乙 registered here, living in the other township; 丙 the other way; 丁 away; 戊 dead; one from outside."""
    resident(cast, name="甲")
    resident(cast, name="乙", lives=cast.areas["g3"].code)
    resident(cast, name="丙", registered=cast.areas["g3"].code, place="g4")
    resident(cast, name="丁", lives_elsewhere="上海市")
    happen(cast, resident(cast, name="戊"), "died")
    stranger(cast)
    return cast


def test_who_lives_here_and_who_is_registered_here_are_two_lists(folk: Cast) -> None:
    assert names(folk) == ["王流入", "甲", "丙"]
    assert names(folk, tab="registered") == ["丁", "乙", "甲"]
    assert names(folk, tab="last") == ["戊"]
    assert names(folk, tab="nonsense") == names(folk)
    assert names(folk, "other_clerk") == ["乙"]
    assert names(folk, "other_clerk", tab="registered") == ["丙"]
    assert names(folk, "grid_worker") == ["王流入", "甲"]
    assert names(folk, "county_centre", place="t2") == ["乙"]
    assert names(folk, place="g4") == ["丙"]


def test_whoever_may_see_no_person_gets_an_empty_list_or_none(folk: Cast) -> None:
    for who in ("auditor", "county_leader", "system_admin"):
        rows = resident_page(folk.actor(who), folk.areas["county"], PeopleFilter(), today=today()).rows
        assert rows == []
    with pytest.raises(NotFound):
        area_for(folk.actor("village_clerk"), folk.areas["v3"].code)


def test_filters(folk: Cast) -> None:
    groups(folk)
    member(folk, Resident.objects.get(name="甲"))
    girl = resident(folk, name="庚", paper_number=id_number(years_before(today(), 9), 108))
    assert girl.sex == "2"
    assert names(folk, population="inflow") == ["王流入"]
    assert names(folk, population="settled") == ["庚", "甲", "丙"]
    assert names(folk, sex="2") == ["庚"] or "庚" in names(folk, sex="2")
    assert names(folk, age="7-17") == ["庚"]
    assert "庚" not in names(folk, age="60-79")
    assert names(folk, care="alone") == ["甲"]
    assert names(folk, care="nothing") == []
    assert names(folk, population="nonsense", age="nonsense") == names(folk)
    assert names(folk, "command_centre", care="alone") == []


def test_ages_turn_on_the_birthday() -> None:
    born = date(2000, 2, 29)
    days = (date(2000, 2, 29), date(2001, 2, 28), date(2001, 3, 1), date(2020, 2, 29))
    assert [age_on(born, day) for day in days] == [0, 0, 1, 20]
    assert age_on(None, today()) is None
    assert age_on(today(), ago(1)) is None
    assert years_before(date(2024, 2, 29), 1) == date(2023, 2, 28)
    assert set(AGES) == set(AGE_WORDS)
    spans = list(AGES.values())
    assert all(one[1] + 1 == two[0] for one, two in pairwise(spans))


def test_pages_go_on_without_a_name_in_the_address(cast: Cast) -> None:
    for number in range(7):
        resident(cast, name=f"某{number}", order=200 + number)
    clerk, area, wanted = cast.actor("village_clerk"), cast.areas["v1"], PeopleFilter()
    found, cursor = [], ""
    for _ in range(4):
        page = resident_page(clerk, area, wanted, today=today(), cursor=cursor, size=2)
        found += [row.name for row in page.rows]
        cursor = page.next_cursor or ""
        assert "某" not in cursor
        if not cursor:
            break
    assert found == [f"某{number}" for number in range(7)]
    first = resident_page(clerk, area, wanted, today=today(), size=2)
    second = resident_page(clerk, area, wanted, today=today(), cursor=first.next_cursor or "", size=2)
    back = resident_page(clerk, area, wanted, today=today(), cursor=second.previous_cursor or "", size=2)
    assert [row.name for row in back.rows] == ["某0", "某1"]
    with pytest.raises(CursorInvalid):
        resident_page(clerk, area, PeopleFilter(tab="registered"), today=today(), cursor=first.next_cursor or "")


def test_dwellings_say_who_lives_there(cast: Cast) -> None:
    home, empty = dwelling(cast), dwelling(cast, door="99号", use="empty")
    for number in range(4):
        resident(cast, name=f"某{number}", dwelling=home.id, order=200 + number)
    clerk = cast.actor("village_clerk")
    rows = dict(dwelling_page(clerk, cast.areas["v1"]).rows)
    assert {row.id: who for row, who in rows.items()} == {home.id: "某0、某1、某2 等 4 人", empty.id: ""}
    assert [row.id for row, _ in dwelling_page(clerk, cast.areas["v1"], use="empty").rows] == [empty.id]
    assert dwelling_page(clerk, cast.areas["v1"], gone=True).rows == []
    assert dwelling_page(cast.actor("other_clerk"), cast.areas["county"]).rows == []
    assert [one.name for one in dwellers(clerk, home)] == ["某0", "某1", "某2", "某3"]
    choices = dict(dwelling_choices(clerk, cast.areas["v1"]))
    assert choices[str(home.id)] == "张庄组　某0、某1、某2 等 4 人"
    assert choices[str(empty.id)] == "张庄组　99号（没有人住）"


def test_what_forms_offer(cast: Cast) -> None:
    clerk, worker = cast.actor("village_clerk"), cast.actor("grid_worker")
    assert [code for code, _ in places_mine(clerk)] == [cast.areas[name].code for name in ("v1", "g1", "g4")]
    assert [code for code, _ in places_mine(worker)] == [cast.areas["g1"].code]
    offered = dict(places_offered(clerk))
    assert set(offered) == {"我的辖区", "东镇", "西镇"}
    assert [code for code, _ in offered["东镇"]] == [cast.areas["v2"].code]  # type: ignore[attr-defined]
    head = resident(cast)
    resident(cast, name="自由人")
    house = household(cast, {head: "0"})
    village = village_of(cast.areas["g1"].path)
    assert village == cast.areas["v1"]
    assert household_choices(clerk, village) == [(str(house.id), f"{house.number}　张小平")]
    assert [name for _, name in people_choices(clerk, village)] == ["自由人"]
    assert len(people_choices(clerk, village, free=False)) == 2
    assert village_of("") is None
    assert people_choices(clerk, None) == dwelling_choices(clerk, None) == household_choices(clerk, None) == []


def test_places_where_people_can_live(cast: Cast) -> None:
    assert place_named(cast.areas["v1"].code) == cast.areas["v1"]
    for code in ("", "x", cast.areas["t1"].code, "341181\0"):
        assert place_named(code) is None
    homes = homes_below(cast.actor("village_clerk"), cast.areas["county"])
    assert [row.code for row in homes] == [cast.areas[name].code for name in ("v1", "g1", "g4")]


def figures(cast: Cast, place: str, day: date, part: str = "") -> dict[str, int]:
    found = population_on(cast.areas[place], day)
    one = next(row.figures for row in found.rows if row.area == cast.areas[part]) if part else found.figures
    return {name: getattr(one, name) for name in COLUMNS}


def test_counts_by_residence_and_registration(folk: Cast) -> None:
    household(folk, {Resident.objects.get(name="甲"): "0"})
    assert figures(folk, "v1", today()) == {
        "living": 3, "settled": 1, "inflow": 2, "overseas": 0, "away": 2, "registered": 3, "households": 1,
    }  # fmt: skip
    whole = figures(folk, "county", today())
    assert whole == {
        "living": 4, "settled": 3, "inflow": 1, "overseas": 0, "away": 1, "registered": 4, "households": 1,
    }  # fmt: skip
    assert figures(folk, "county", today(), "t2") == {
        "living": 1, "settled": 0, "inflow": 1, "overseas": 0, "away": 1, "registered": 1, "households": 0,
    }  # fmt: skip


def test_a_past_day_is_counted_as_it_was(cast: Cast) -> None:
    row = resident(cast, on=ago(100))
    resident(cast, name="外", papers="passport", paper_number="E1234567", registered_elsewhere="韩国", on=ago(80))
    happen(cast, row, "left", lives_elsewhere="上海市", on=ago(50))
    happen(cast, row, "died", on=ago(10))
    cells = {back: figures(cast, "v1", ago(back)) for back in (101, 100, 81, 80, 51, 50, 11, 10, 0)}
    living = {back: (one["settled"], one["overseas"], one["away"]) for back, one in cells.items()}
    assert living == {
        101: (0, 0, 0), 100: (1, 0, 0), 81: (1, 0, 0), 80: (1, 1, 0), 51: (1, 1, 0), 50: (0, 1, 1), 11: (0, 1, 1),
        10: (0, 1, 0), 0: (0, 1, 0),
    }  # fmt: skip


def test_statements_do_not_grow_with_people(cast: Cast) -> None:
    def measured() -> list[int]:
        clerk, area = cast.actor("village_clerk"), cast.areas["v1"]
        found = []
        for work in (
            lambda: resident_page(clerk, area, PeopleFilter(), today=today()), lambda: population_on(area, today()),
            lambda: dwelling_page(clerk, area), lambda: dwelling_choices(clerk, area),
            lambda: household_choices(clerk, area), lambda: places_offered(clerk),
        ):  # fmt: skip
            with CaptureQueriesContext(connection) as caught:
                work()
            found.append(len(caught))
        return found

    home = dwelling(cast)
    household(cast, {resident(cast, dwelling=home.id): "0"})
    few = measured()
    for number in range(6):
        other = dwelling(cast, door=f"{number + 20}号")
        household(cast, {resident(cast, name=f"某{number}", dwelling=other.id, order=300 + number): "0"})
    assert measured() == few
    assert max(few) <= 7
