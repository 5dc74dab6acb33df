"""The invented population list: right numbers, the promised faults, the same each time."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bench import residents
from bench.report import TARGETS
from shanzhi.access.actor import PathRange, Scope
from shanzhi.lib.idcards import id_problem
from shanzhi.people.finding.asking import Kind, asked_of
from shanzhi.people.importing.checking import Checker, Fault, Person
from shanzhi.people.importing.columns import guess
from shanzhi.people.importing.places import Places
from shanzhi.people.importing.reading import table_open
from tests.cast import Cast

VILLAGES = ("341181101201", "341181101202", "341181102203")


def test_numbers_are_right_and_nobody_has_anothers() -> None:
    numbers = [residents.number_of(serial)[0] for serial in range(60_000)]
    assert len(set(numbers)) == len(numbers)
    assert {id_problem(number, date(2026, 1, 1)) for number in numbers[::97]} == {""}


def test_the_same_list_each_time() -> None:
    assert list(residents.rows(200, VILLAGES)) == list(residents.rows(200, VILLAGES))
    assert list(residents.rows(5, VILLAGES, first=100)) == list(residents.rows(105, VILLAGES))[100:]


@pytest.mark.parametrize("put", [residents.csv_write, residents.xlsx_write])
def test_each_sort_of_fault_is_two_percent(cast: Cast, tmp_path: Path, put: object) -> None:
    path = tmp_path / "list"
    put(path, 500, VILLAGES)  # type: ignore[operator]
    table = table_open(lambda: path.open("rb"))
    places = Places.load(Scope(ranges=(PathRange.below(cast.areas["county"].path),)))
    found = list(Checker(guess(table.header), places, date(2026, 1, 1)).rows(table.rows()))
    faults = Counter(one.column for one in found if isinstance(one, Fault))
    assert faults == {"证件号码": 20, "出生日期": 10, "村、社区": 10, "联系电话": 10, "姓名": 10}
    assert sum(isinstance(one, Person) for one in found) == 440


def test_homes_hold_three_and_have_one_head() -> None:
    rows = list(residents.rows(600, VILLAGES))
    assert set(Counter(row[9] for row in rows).values()) == {3}
    assert Counter(row[8] for row in rows) == {"户主": 200, "配偶": 200, "子": 200}


def test_what_is_looked_for_is_of_every_kind_and_in_the_list() -> None:
    kinds = residents.kinds()
    ways = {kind: asked_of(text).kinds[0] for kind, text in kinds.items()}
    assert ways == {
        "surname": Kind.NAME, "name": Kind.NAME, "part": Kind.NAME, "initials": Kind.INITIALS, "paper": Kind.PAPER,
        "phone": Kind.PHONE, "nobody": Kind.NAME, "tail": Kind.TAIL,
    }  # fmt: skip
    serial = 123_456 + residents.SORTS
    assert serial % residents.EACH >= residents.SORTS
    [row] = csv.reader([",".join(residents.row_of(serial, VILLAGES))])
    assert (row[0], row[2], row[4]) == (kinds["name"], kinds["paper"], kinds["phone"])


def test_each_has_a_target() -> None:
    assert set(residents.NAMES) < set(TARGETS)
