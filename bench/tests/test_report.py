"""Lines for programs and the table for people."""

import json
from pathlib import Path

import pytest

from bench.report import TARGETS, Result, Target, bound_of, rows_of, save, shown, table, width


def create(**changes: float) -> Result:
    figures = {
        "sql": 14,
        "cpu_ms": 6.123,
        "per_s": 120.0,
        "limit_per_s": 2400.0,
        "p50_ms": 8.0,
        "p95_ms": 12.0,
        **changes,
    }
    return Result("case_create", params={"database": "sqlite", "via": "api"}, **figures)  # type: ignore[arg-type]


def test_a_line_has_what_applies_and_nothing_else() -> None:
    line = json.loads(create().line())
    assert line == {
        "name": "case_create", "sql": 14, "cpu_ms": 6.12, "p50_ms": 8.0, "p95_ms": 12.0, "per_s": 120.0,
        "limit_per_s": 2400.0, "ratio": 0.05, "params": {"database": "sqlite", "via": "api"},
    }  # fmt: skip


def test_the_ratio_is_in_rows_where_rows_are_measured() -> None:
    assert Result("divisions_import", rows_per_s=50.0, limit_per_s=200.0).ratio == 0.25
    assert Result("divisions_import", rows_per_s=50.0).ratio is None


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({}, []),
        ({"cpu_ms": 8.0}, []),
        ({"cpu_ms": 8.1}, ["cpu_ms"]),
        ({"sql": 19}, ["sql"]),
        ({"per_s": 60.0}, ["ratio"]),
    ],
)
def test_missed_targets(changes: dict[str, float], missed: list[str]) -> None:
    assert [target.figure for target in create(**changes).missed()] == missed


def test_every_measurement_has_targets_on_figures_that_exist() -> None:
    for targets in TARGETS.values():
        for target in targets:
            assert hasattr(Result("x"), target.figure)


@pytest.mark.parametrize(
    ("figure", "value", "words"),
    [("per_s", 1234.5, "1,234"), ("cpu_ms", 7.25, "7.2"), ("sql", 14, "14"), ("ratio", 0.0523, "5.23 %")],
)
def test_how_a_figure_is_shown(figure: str, value: float, words: str) -> None:
    assert shown(figure, value) == words


def test_how_a_bound_is_shown() -> None:
    assert bound_of(Target("sql", 18)) == "≤ 18"
    assert bound_of(Target("ratio", 0.03, at_least=True)) == "≥ 3.00 %"


def test_rows_put_figure_target_limit_and_ratio_side_by_side() -> None:
    rows = {row[0].strip(): row[1:] for row in rows_of(create(cpu_ms=9.0))}
    assert rows["case_create api sqlite"] == ("", "", "", "", "")
    assert rows["SQL statements"] == ("14", "≤ 18", "", "", "ok")
    assert rows["CPU ms a request"] == ("9", "≤ 8", "", "", "✗ MISSED")
    assert rows["requests/s"] == ("120", "", "2,400", "5.00 %", "")
    assert rows["share of the limit"] == ("5.00 %", "≥ 3.00 %", "", "", "ok")


def test_the_table_lines_up_and_counts_what_was_missed() -> None:
    text = table([create(), create(cpu_ms=9.0)])
    lines = text.splitlines()
    marks = {line.index("ok") for line in lines if line.endswith("ok")}
    assert len(marks) == 1, "marks stand below each other"
    assert lines[-1] == "1 target(s) missed: case_create cpu_ms"
    assert table([create()]).splitlines()[-1] == "every target met"


def test_chinese_characters_take_two_columns() -> None:
    assert width("a路灯b") == 6


def test_results_are_saved_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "results/latest.jsonl"
    save([create(), create(sql=15)], path)
    assert [json.loads(line)["sql"] for line in path.read_text().splitlines()] == [14, 15]
    save([create()], path)
    assert len(path.read_text().splitlines()) == 1


def test_the_yardstick_stands_beside_the_figures() -> None:
    result = create()
    result.params["yardstick_ms"] = 7.4
    assert rows_of(result)[-1] == ("  fixed work, CPU ms", "7.4", "", "", "", "")
