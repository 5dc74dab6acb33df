"""Households of places: stated all or none, never altered, added up where each part is known, void when land moved."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.accounts.models import User
from shanzhi.areas import services
from shanzhi.areas.households import services as stating
from shanzhi.areas.households.pasting import MOST, SHOWN, Row, pasted, told
from shanzhi.areas.households.selectors import (
    MISSING,
    OUTDATED,
    STATED,
    Households,
    household_list_for,
    households_of,
    lines_of,
    statements_of,
)
from shanzhi.areas.households.services import Stated, households_state
from shanzhi.areas.models import Area, HouseholdCount
from shanzhi.areas.panels import beside
from shanzhi.areas.selectors import AreaFilter
from shanzhi.areas.tests.factories import BEIDANG, COUNTY, SINCE, XIAOGUAN, YANGCUN, ZHANGPU, Tree, act, today
from shanzhi.areas.tests.land import box, put
from shanzhi.lib.errors import Forbidden, Invalid
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county

LEDGER = "村统计台账"


def state(tree: Tree, *rows: tuple[str, int], **changes: Any) -> Stated:
    numbered = [Row(line, code, number) for line, (code, number) in enumerate(rows, 1)]
    said = {"actor": tree.system, "on": today(), "source": LEDGER, **changes}
    return households_state(rows=numbered, **said)


def known(tree: Tree, *codes: str) -> list[int | None]:
    areas = [tree.area(code) for code in codes]
    found = households_of(areas)
    return [found[area.path].number if area.path in found else None for area in areas]


def test_a_place_has_what_was_stated_last(tree: Tree) -> None:
    state(tree, (XIAOGUAN, 300), on=today() - timedelta(days=9))
    state(tree, (XIAOGUAN, 280), on=today() - timedelta(days=30))  # an older day, noted later
    assert known(tree, XIAOGUAN) == [300]
    state(tree, (XIAOGUAN, 310), on=today() - timedelta(days=9))
    assert known(tree, XIAOGUAN, BEIDANG) == [310, None]
    assert [row.number for row in statements_of(tree.area(XIAOGUAN))] == [310, 300, 280]


def test_a_place_above_is_the_sum_if_each_below_is_known(tree: Tree) -> None:
    first, second = tree.grid(XIAOGUAN), tree.grid(XIAOGUAN, "第二网格")
    state(tree, (first.code, 120), on=today() - timedelta(days=3))
    assert known(tree, XIAOGUAN) == [None]
    state(tree, (second.code, 80))
    found = households_of([tree.area(XIAOGUAN)])[tree.area(XIAOGUAN).path]
    assert found == Households(200, today() - timedelta(days=3), "", 2)
    assert known(tree, YANGCUN) == [None]
    state(tree, (BEIDANG, 50))
    assert known(tree, YANGCUN, XIAOGUAN, first.code) == [250, 200, 120]
    state(tree, (YANGCUN, 999))
    assert known(tree, YANGCUN, COUNTY) == [999, None]


def test_an_abolished_grid_is_no_part_and_has_no_number(tree: Tree) -> None:
    first, second = tree.grid(XIAOGUAN), tree.grid(XIAOGUAN, "第二网格")
    state(tree, (first.code, 120), (second.code, 80))
    services.area_abolish(actor=tree.system, area=second, version=second.version, **act())
    assert known(tree, XIAOGUAN) == [120]
    assert households_of([tree.area(second.code)]) == {}
    assert households_of([]) == {}


def test_a_merge_voids_what_was_said_before(tree: Tree) -> None:
    first, second = tree.grid(XIAOGUAN), tree.grid(XIAOGUAN, "第二网格")
    state(tree, (first.code, 120), (second.code, 80), on=today() - timedelta(days=1))
    services.area_merge(actor=tree.system, area=second, into=first, version=second.version, **act())
    assert known(tree, first.code, XIAOGUAN) == [None, None]
    line = lines_of(list(household_list_for(tree.system, AreaFilter(level="grid"), OUTDATED)))[0]
    assert (line.area.code, line.outdated, line.last.number if line.last else 0, line.now) == (
        first.code,
        True,
        120,
        None,
    )
    state(tree, (first.code, 200))
    assert known(tree, first.code, XIAOGUAN) == [200, 200]


def test_another_outline_voids_it_and_the_first_one_does_not(tree: Tree) -> None:
    grid = tree.grid(XIAOGUAN)
    state(tree, (grid.code, 120), on=SINCE + timedelta(days=2))
    put(tree, {grid.code: box(0, 0, 5, 20)}, on=SINCE + timedelta(days=3))
    assert known(tree, grid.code) == [120]
    put(tree, {grid.code: box(0, 0, 8, 20)}, on=SINCE + timedelta(days=4))
    assert known(tree, grid.code) == [None]
    assert beside(tree.system, tree.area(grid.code), None).is_outdated  # type: ignore[arg-type]


def test_states_of_the_list_divide_it(tree: Tree) -> None:
    grids = [tree.grid(XIAOGUAN, f"第{word}网格") for word in "一二三"]
    state(tree, (grids[0].code, 120), (grids[1].code, 0), on=today() - timedelta(days=1))
    services.area_merge(actor=tree.system, area=grids[2], into=grids[1], version=grids[2].version, **act())
    parts = {
        name: [row.code for row in household_list_for(tree.system, AreaFilter(level="grid"), name)]
        for name in ("", STATED, MISSING, OUTDATED)
    }
    new = tree.grid(BEIDANG)
    assert parts == {
        "": [grids[0].code, grids[1].code],
        STATED: [grids[0].code],
        MISSING: [],
        OUTDATED: [grids[1].code],
    }
    assert [row.code for row in household_list_for(tree.system, AreaFilter(level="grid"), MISSING)] == [new.code]


def test_nobody_sees_beyond_their_places(tree: Tree, clerk: User, officer: User) -> None:
    mine, other = tree.grid(XIAOGUAN), tree.grid(BEIDANG)
    state(tree, (mine.code, 120), (other.code, 90))
    codes = [row.code for row in household_list_for(tree.actor(clerk), AreaFilter(level="grid"))]
    assert codes == [mine.code]
    assert len(household_list_for(tree.actor(officer), AreaFilter(level="grid"))) == 2
    with pytest.raises(Forbidden):
        state(tree, (mine.code, 1), actor=tree.actor(officer))


def test_it_is_written_all_or_none_with_every_wrong_row_named(tree: Tree) -> None:
    grid = tree.grid(XIAOGUAN)
    with pytest.raises(Invalid) as caught:
        state(tree, (grid.code, 120), ("341181104999", 3), (XIAOGUAN, -1), (grid.code, 130), (BEIDANG, MOST + 1))
    assert caught.value.fields["rows"] == [
        "第 2 行：现行区划里没有代码 341181104999，请核对。",
        f"第 3 行：户数要是 0 到 {MOST:,} 的整数，请改正。",
        f"第 4 行：{grid.name}在第 1 行已经写过，请留一行。",
        f"第 5 行：户数要是 0 到 {MOST:,} 的整数，请改正。",
    ]
    assert not HouseholdCount.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": " "}, "source"),
        ({"source": "台" * 61}, "source"),
        ({"on": today() + timedelta(days=1)}, "on"),
        ({"on": date(2000, 1, 1)}, "rows"),
    ],
)
def test_day_and_source_have_to_be_right(tree: Tree, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        state(tree, (XIAOGUAN, 300), **changes)
    assert list(caught.value.fields) == [field]
    with pytest.raises(Invalid, match="一行户数也没有"):
        state(tree)


def test_too_many_rows_are_refused(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stating, "MOST_ROWS", 1)
    with pytest.raises(Invalid, match="一次最多登记 1 行"):
        state(tree, (XIAOGUAN, 1), (BEIDANG, 2))


def test_what_is_known_already_is_not_written_again(tree: Tree) -> None:
    state(tree, (XIAOGUAN, 300), (BEIDANG, 200))
    done = state(tree, (XIAOGUAN, 300), (BEIDANG, 210))
    assert ([row.number for row in done.rows], done.same) == ([210], 1)
    assert len(state(tree, (XIAOGUAN, 300), source="公安人口系统").rows) == 1
    assert len(state(tree, (XIAOGUAN, 300), on=today() - timedelta(days=1)).rows) == 1


def test_a_key_states_once(tree: Tree) -> None:
    first = state(tree, (XIAOGUAN, 300), (BEIDANG, 200), key="k1")
    again = state(tree, (XIAOGUAN, 300), (BEIDANG, 200), key="k1")
    assert [row.id for row in again.rows] == [row.id for row in first.rows]
    assert again.same == 0
    with pytest.raises(Invalid, match="已用于另一次操作"):
        state(tree, (XIAOGUAN, 301), key="k1")


def test_the_trail_proves_it(tree: Tree) -> None:
    state(tree, (XIAOGUAN, 300), (BEIDANG, 200))
    entry = Entry.objects.get(code="areas.households.stated")
    assert entry.size == 2
    assert verify_county(tree.number, progress=lambda done, total: None).findings == []
    HouseholdCount.objects.filter(number=200).update(number=20)
    findings = verify_county(tree.number, progress=lambda done, total: None).findings
    assert ["户数" in finding for finding in findings] == [True], findings


def test_for_each_hundred_households() -> None:
    assert Households(400, SINCE).per_hundred(3) == 0.75
    assert Households(700, SINCE).per_hundred(1) == 0.14
    assert Households(5, SINCE).per_hundred(0) == 0.0
    assert Households(0, SINCE).per_hundred(3) is None


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("341181104001001\t第一网格\t312", [(1, "341181104001001", 312)]),
        ("341181104001,312\n341181104200，1 204", [(1, "341181104001", 312), (2, "341181104200", 204)]),
        ("341181104001\t1,204", [(1, "341181104001", 1204)]),
        ("代码\t名称\t户数\n341181104001\t小关社区\t312户\n\n", [(2, "341181104001", 312)]),
        ("341181104001 小关 社区 ３１２", [(1, "341181104001", 312)]),
        ("'341181104001',\"312\"", [(1, "341181104001", 312)]),
        ("341181104001、312", [(1, "341181104001", 312)]),
        ("代码\t名称\t户数\t上级\t状态\n341181104001\t小关社区\t312\t杨村镇\t已登记", [(2, "341181104001", 312)]),
        ("\n\r\n  \n", []),
    ],
)
def test_what_a_person_pastes_is_read(text: str, rows: list[tuple[int, str, int]]) -> None:
    found = pasted(text)
    assert found.faults == []
    assert [(row.line, row.code, row.number) for row in found.rows] == rows


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("34118110400\t312", "“34118110400”不是 12 位或 15 位的区划代码"),
        ("3.41181E+11\t312", "“3.41181E+11”不是 12 位或 15 位的区划代码"),
        ("小关社区\t312", "“小关社区”不是 12 位或 15 位的区划代码"),
        ("341181104001\t-3", "户数“-3”要是 0 到"),
        ("341181104001\t3.5", "户数“3.5”要是 0 到"),
        ("341181104001\t99999999", "户数“99999999”要是 0 到"),
        ("341181104001\t12x", "户数“12x”要是 0 到"),
        ("341181104001\t小关社区\t一万", "户数“一万”要是 0 到"),
    ],
)
def test_each_wrong_line_is_one_sentence_with_its_number(line: str, sentence: str) -> None:
    found = pasted(f"341181104200\t5\n{line}")
    assert len(found.rows) == 1
    assert found.faults[0].startswith(f"第 2 行：{sentence}")


def test_lines_without_a_number_are_left_for_later() -> None:
    found = pasted("341181104001\t小关社区\t\n341181104200\t北荡村\n341181104001001\n341181104001002\t第二网格\t7")
    assert (found.blank, found.faults, [row.number for row in found.rows]) == (3, [], [7])
    found = pasted("代码\t名称\t户数\t上级\n341181104001\t小关社区\t\t杨村镇\n341181104200\t北荡村")
    assert (found.blank, found.faults, found.rows) == (2, [], [])


def test_twenty_faults_are_told_and_the_rest_counted() -> None:
    faults = pasted("\n".join(["1\t1"] * (SHOWN + 3))).faults
    assert len(faults) == SHOWN + 3
    assert told(faults)[SHOWN:] == ["还有 3 行有问题，改好上面的再交，会接着指出来。"]
    assert told(faults[:SHOWN]) == faults[:SHOWN]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = pasted(text)
    assert all(row.code.isascii() and len(row.code) in (12, 15) and 0 <= row.number <= MOST for row in found.rows)
    assert all(fault.startswith("第 ") for fault in found.faults)


@given(st.dictionaries(st.from_regex(r"\A[0-9]{12}([0-9]{3})?\Z"), st.integers(0, MOST), max_size=20))
def test_what_is_written_comes_back(wanted: dict[str, int]) -> None:
    found = pasted("\n".join(f"{code}\t某处\t{number}" for code, number in wanted.items()))
    assert {row.code: row.number for row in found.rows} == wanted


def test_two_statements_whatever_the_number_of_places(tree: Tree, django_assert_num_queries: Any) -> None:
    for word in "一二三四五":
        state(tree, (tree.grid(XIAOGUAN, f"第{word}网格").code, 10))
    areas, path = list(Area.objects.filter(level__in=("grid", "village"))), tree.area(XIAOGUAN).path
    with django_assert_num_queries(2):
        assert households_of(areas)[path].number == 50
    assert ZHANGPU not in {area.code for area in areas}
