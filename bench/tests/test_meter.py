"""What counts as a statement, and what a trace keeps of it."""

import pickle
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, models
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from psycopg import Binary
from psycopg.types.json import Jsonb

from bench.meter import FOLDER, MeterMiddleware, Statement, Trace, plain, trace_load
from shanzhi.tenancy.models import County

FRAMES = (
    "BEGIN",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT s1",
    'RELEASE SAVEPOINT "s1"',
    "ROLLBACK TO SAVEPOINT s1",
    "SET LOCAL app.county = '341181'",
    "SELECT set_config('app.county', '341181', true)",
)
COUNTED = (
    "SELECT 1",
    "INSERT INTO t (id) VALUES (%s)",
    "UPDATE t SET a = 1",
    "WITH x AS (SELECT 1) SELECT * FROM x",
    "  SELECT settings FROM t",
)


@pytest.mark.parametrize("sql", FRAMES)
def test_the_frame_of_a_transaction_does_not_count(sql: str) -> None:
    assert not Statement(sql).is_counted


@pytest.mark.parametrize("sql", COUNTED)
def test_everything_else_counts(sql: str) -> None:
    assert Statement(sql).is_counted
    assert not Statement(sql).is_savepoint


def test_only_savepoints_are_left_out_of_a_replay() -> None:
    assert [Statement(sql).is_savepoint for sql in FRAMES[:7]] == [False, False, False, False, True, True, True]


class Colour(models.TextChoices):
    RED = "red", "红"


def test_parameters_become_plain() -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    values = [1, "a", None, True, 1.5, at, date(2026, 1, 1), timedelta(hours=24), b"x"]
    assert plain(values) == values
    assert type(plain(Colour.RED)) is str
    assert plain(Colour.RED) == "red"
    assert plain((["a"], ["b"])) == [["a"], ["b"]]
    assert plain(memoryview(b"xy")) == b"xy"


def test_wrappers_of_the_driver_are_taken_off() -> None:
    assert plain(Jsonb({"a": 1})) == '{"a": 1}'
    assert plain(Binary(b"xy")) == b"xy"


def test_what_cannot_be_sent_is_named() -> None:
    with pytest.raises(TypeError, match="object"):
        plain(object())


def test_plain_parameters_survive_a_pickle() -> None:
    found = plain([Colour.RED, 2**62, b"\x00"])
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.django_db
def test_a_trace_sees_what_the_request_does() -> None:
    trace = Trace()
    with connection.execute_wrapper(trace), atomic():
        County.objects.filter(id=341181).first()
        with atomic():
            County.objects.count()
    assert trace.count == 2
    assert len(trace.statements) >= 3, "the savepoint is kept, and not counted"
    assert 341181 in trace.statements[[one.is_counted for one in trace.statements].index(True)].params


def middleware(folder: Path, monkeypatch: pytest.MonkeyPatch) -> MeterMiddleware:
    def view(request: HttpRequest) -> HttpResponse:
        County.objects.count()
        return HttpResponse("there")

    monkeypatch.setenv(FOLDER, str(folder))
    return MeterMiddleware(view)


@pytest.mark.django_db
def test_a_marked_request_says_how_many_and_writes_them_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = middleware(tmp_path, monkeypatch)(RequestFactory().get("/", headers={"X-Bench-Trace": "one_1"}))
    assert answer["X-Bench-SQL"] == "1"
    [statement] = trace_load(tmp_path / "one_1")
    assert "tenancy_county" in statement.sql


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "../escape", "UPPER", "a" * 61])
def test_other_requests_are_let_through(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"X-Bench-Trace": name} if name else {}
    answer = middleware(tmp_path, monkeypatch)(RequestFactory().get("/", headers=headers))
    assert answer.content == b"there"
    assert "X-Bench-SQL" not in answer
    assert not list(tmp_path.iterdir())
