"""Replaying: what gets a fresh value, and that the statements really run."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import replay
from bench.meter import Statement
from bench.replay import Counter, Program, Sqlite, filled, inserted_ids, question_marks, run_for

CASE = Statement(
    'INSERT INTO "cases_case" ("id", "county_id", "number") VALUES (%s, %s, %s)', [7001, 341181, "2611-0007"]
)
STEPS = Statement(
    'INSERT INTO "cases_step" ("id", "case_id") VALUES (%s, %s), (%s, %s)',
    [8001, 7001, 8002, 7001],
)
COUNTER = Statement(
    "INSERT INTO cases_monthcounter AS c (id, county_id, month, last) VALUES (%s, %s, %s, 1)"
    " ON CONFLICT (county_id, month) DO UPDATE SET last = c.last + 1 RETURNING last",
    [9001, 341181, "2611"],
)
TOKENS = Statement("INSERT INTO cases_casetext (id, tokens) VALUES (%s, %s::tsvector)", [9100, "'路灯'"])
QUEUE = Statement('INSERT INTO "django_q_ormq" ("key", "payload") VALUES (%s, %s)', ["shanzhi", "x"])
READ = Statement('SELECT "id" FROM "cases_case" WHERE "id" = %s', [7001])


def test_ids_of_inserted_rows_are_found() -> None:
    assert inserted_ids(CASE) == [7001]
    assert inserted_ids(STEPS) == [8001, 8002]
    assert inserted_ids(COUNTER) == [9001]
    assert inserted_ids(TOKENS) == [9100]


def test_other_statements_insert_no_id() -> None:
    assert inserted_ids(QUEUE) == []
    assert inserted_ids(READ) == []


def test_ids_of_many_rows() -> None:
    many = Statement("INSERT INTO t (id, a) VALUES (%s, %s)", [[1, 5], [2, 6]], many=True)
    assert inserted_ids(many) == [1, 2]


def test_a_program_knows_what_must_be_new() -> None:
    program = Program.of([Statement("SAVEPOINT s"), CASE, STEPS, COUNTER, QUEUE, READ], texts=["key-1"])
    assert program.ids == (7001, 8001, 8002, 9001)
    assert program.texts == ("key-1", "2611-0007")
    assert Statement("SAVEPOINT s") not in program.statements


def test_a_read_program_has_nothing_new() -> None:
    by_number = Statement("SELECT 1 FROM cases_case WHERE number = %s", ["2611-0007"])
    program = Program.of([READ, by_number])
    assert program.ids == ()
    assert program.texts == (), "a number that is looked up stays the same"


def test_the_same_old_value_becomes_the_same_new_one_everywhere() -> None:
    program = Program.of([CASE, STEPS, READ])
    swaps = program.fresh(Counter())
    case, steps, read = (filled(one.params, swaps) for one in (CASE, STEPS, READ))
    assert case[0] == steps[1] == steps[3] == read[0]
    assert case[0] != 7001
    assert case[1] == 341181
    assert case[2].startswith("B")
    assert len(case[2]) <= 20
    assert len({case[0], steps[0], steps[2]}) == 3


def test_lists_are_filled_and_bytes_are_not_touched() -> None:
    assert filled([1, [1, "a"], b"1", None], {1: 2, "a": "b"}) == [2, [2, "b"], b"1", None]


@given(st.lists(st.integers() | st.text() | st.none()))
def test_nothing_changes_without_swaps(params: list[object]) -> None:
    assert filled(params, {}) == params


def test_numbers_are_new_and_fit_into_a_bigint() -> None:
    one, other = Counter(), Counter()
    numbers = [one() for _ in range(100)] + [other() for _ in range(100)]
    assert len(set(numbers)) == 200
    assert max(numbers) < 2**63
    assert len(f"B{max(numbers):x}") <= 20


def test_placeholders_of_sqlite() -> None:
    assert question_marks("SELECT %s LIKE '50%%' AND a = %s") == "SELECT ? LIKE '50%' AND a = ?"


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = tmp_path / "replay.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY, number TEXT UNIQUE)")
        connection.execute("CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id))")
    return f"sqlite:///{path}"


def rows(url: str, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()


PROGRAM = Program.of(
    [
        Statement("BEGIN IMMEDIATE"),
        Statement("INSERT INTO parent (id, number) VALUES (%s, %s)", [1, "2611-0001"]),
        Statement("INSERT INTO child (id, parent_id) VALUES (%s, %s), (%s, %s)", [2, 1, 3, 1]),
        Statement("SELECT id FROM parent WHERE id = %s", [1]),
    ]
)


def test_a_write_runs_again_and_again(database: str) -> None:
    driver = Sqlite(database)
    for _ in range(3):
        driver.run(PROGRAM)
    parents, children = rows(database, "parent"), rows(database, "child")
    assert len(parents) == 3
    assert len({number for _id, number in parents}) == 3
    assert sorted(parent for _id, parent in children) == sorted([id for id, _number in parents] * 2)


def test_a_read_leaves_no_transaction_open(database: str) -> None:
    driver = Sqlite(database)
    driver.run(Program.of([Statement("SELECT count(*) FROM parent")]))
    assert not driver.connection.in_transaction


def test_many_rows_in_one_statement(database: str) -> None:
    many = Statement("INSERT INTO parent (id, number) VALUES (%s, %s)", [[5, "a"], [6, "b"]], many=True)
    Sqlite(database).run(Program.of([Statement("BEGIN IMMEDIATE"), many]))
    assert [number for _id, number in rows(database, "parent")] == ["a", "b"]


def test_programs_take_turns_for_a_while(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Program] = []

    class Fake:
        def run(self, program: Program) -> None:
            seen.append(program)

    monkeypatch.setitem(replay._drivers, database, Fake())
    other = Program.of([READ])
    done = run_for(database, [PROGRAM, other], 0.02)
    assert done == len(seen) >= 2
    assert seen[0] is PROGRAM
    assert seen[1] is other


def test_drivers_are_kept(database: str) -> None:
    assert replay.driver(database) is replay.driver(database)
