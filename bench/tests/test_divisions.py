"""The file of a whole country, and what the import is compared with."""

import csv
import os
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from bench.divisions import HEADER, Peak, _inserted, divisions, file_write, peak_kib
from shanzhi.areas.checking import Checker, Known
from shanzhi.areas.codes import PARENT_LEVELS, code_problem, level_of
from shanzhi.areas.source import source_open

COUNT = 60_000


@pytest.fixture(scope="module")
def lines() -> list[tuple[str, str, str, str]]:
    return list(divisions(COUNT))


def test_as_many_as_asked_and_no_code_twice(lines: list[tuple[str, str, str, str]]) -> None:
    assert len(lines) == COUNT
    assert len({code for code, *_rest in lines}) == COUNT


def test_codes_fit_their_levels_and_parents_stand_before(lines: list[tuple[str, str, str, str]]) -> None:
    seen: dict[str, str] = {}
    for code, name, level, parent in lines:
        assert code_problem(code) is None
        assert level_of(code) == level
        assert name
        assert (not parent and level == "province") or seen[parent] in PARENT_LEVELS[level]
        seen[code] = level


def test_it_is_a_whole_country(lines: list[tuple[str, str, str, str]]) -> None:
    levels = Counter(level for _code, _name, level, _parent in lines)
    assert levels["province"] == 31
    assert levels["county"] == 2_728
    assert levels["township"] == 38_192
    assert levels["village"] == COUNT - sum(count for level, count in levels.items() if level != "village")


def test_a_small_file_ends_early() -> None:
    found = list(divisions(40_000))
    assert len(found) == 40_000
    assert all(level != "village" for _code, _name, level, _parent in found)


def test_the_checker_of_the_import_finds_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "divisions.csv"
    file_write(path, 45_000)
    with path.open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == HEADER
    checker = Checker(source_open(lambda: path.open("rb")), Known())
    assert sum(1 for _ in checker.rows()) == 45_000
    assert checker.bad == 0


def test_the_high_water_mark_is_read() -> None:
    assert peak_kib("Name:\tx\nVmPeak:\t 9 kB\nVmHWM:\t  123456 kB\nVmRSS:\t 5 kB\n") == 123_456
    assert peak_kib("Name:\tx\nState:\tZ (zombie)\n") == 0


def test_the_peak_of_this_process_is_seen() -> None:
    peak = Peak(os.getpid())
    peak.ended.wait(0.1)
    assert peak.mib() > 10


def test_the_peak_of_a_process_that_is_gone_is_nothing() -> None:
    assert Peak(2**22 + 1).mib() == 0


def test_the_bare_insert_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "house.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE areas_division (code TEXT PRIMARY KEY, name TEXT, level TEXT, parent_code TEXT, kind TEXT,"
            " status TEXT, successor_code TEXT)"
        )
        connection.execute("CREATE INDEX upper ON areas_division (parent_code, code)")
    assert _inserted(list(divisions(500)), path) > 0
    assert [one.name for one in tmp_path.iterdir()] == ["house.sqlite3"]
