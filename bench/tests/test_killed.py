"""The measurement of kills: who reports asks again, and a checker that finds what is wrong."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.utils import timezone

from bench import killed
from bench.__main__ import MILLIONS, NAMES
from bench.management.commands import bench_killed
from bench.report import TARGETS
from bench.server import HOST, Broken
from shanzhi.cases.models import Case, CaseText, Step
from shanzhi.cases.services import Report, case_report
from shanzhi.tenancy.models import IdempotencyKey, OutboxEvent
from shanzhi.trail.models import Entry
from tests.cast import Cast

SITE = {
    "county": 341181,
    "reporters": [{"token": f"t{number}", "area": "341181101201001"} for number in range(4)],
    "answers": [{}] * 19,
}


class Desk(BaseHTTPRequestHandler):
    """Answers each key the first time with nothing, then as told; remembers what it was asked."""

    asked: "dict[str, int]"
    status = 201

    def do_POST(self) -> None:
        key = str(self.headers["Idempotency-Key"])
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked[key] = self.asked.get(key, 0) + 1
        if self.asked[key] == 1:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = json.dumps({"number": f"2612-{len(self.asked):04d}"}).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def desk(status: int = 201) -> Iterator[tuple[int, dict[str, int]]]:
    handler = type("One", (Desk,), {"asked": {}, "status": status})
    server = ThreadingHTTPServer((HOST, 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1], handler.asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_whoever_got_no_answer_asks_again_under_the_same_key() -> None:
    with desk() as (port, asked):
        with killed.Reporters(port, SITE) as reporters:
            reporters.wait_for(6)
        assert set(reporters.acked) <= set(asked)
        assert all(asked[key] >= 2 for key in reporters.acked)
    assert reporters.broken >= len(reporters.acked) >= 6


def test_a_refusal_is_no_result() -> None:
    with (
        desk(422) as (port, _),
        pytest.raises(Broken, match="a report was refused"),
        killed.Reporters(port, SITE) as reporters,
    ):
        reporters.wait_for(1)


def test_nobody_waits_for_ever() -> None:
    with (
        mock.patch.object(killed, "PATIENCE", 0.2),
        pytest.raises(Broken, match="nothing was acknowledged"),
        killed.Reporters(9, SITE) as reporters,
    ):
        reporters.wait_for(1)


def sleeper(name: str) -> killed.Child:
    return killed.Child(name, [sys.executable, "-c", "import time; time.sleep(60)"], dict(os.environ))


def test_a_killed_program_is_started_again() -> None:
    server, worker = mock.Mock(child=sleeper("server")), sleeper("worker")
    try:
        made = killed.kills(server, worker, "")
        for child in (server.child, worker):
            before = child.process.pid
            _, kill = next(made)
            kill()
            assert child.process.pid != before
            assert child.process.poll() is None
            with pytest.raises(ProcessLookupError):
                os.kill(before, 0)
    finally:
        server.child.end()
        worker.end()
    assert [name for name, _ in killed.kills(server, worker, "")] == ["server", "worker", "database"] * killed.TIMES


def test_what_the_check_finds_is_no_result() -> None:
    def saying(found: dict[str, Any], code: int = 0) -> Any:
        return mock.patch.object(
            killed.subprocess, "run", return_value=subprocess.CompletedProcess([], code, stdout=json.dumps(found))
        )

    good = {"wrong": [], "delivered_s": 0.5}
    with saying(good):
        assert killed.checked({}, {"kill-1": "2612-0001"}) == good
    with saying({"wrong": ["lost: kill-1"]}), pytest.raises(Broken, match="1 of 1 acknowledged reports: lost: kill-1"):
        killed.checked({}, {"kill-1": "2612-0001"})
    with saying({}, 3), pytest.raises(Broken, match=re.escape("ended with 3")):
        killed.checked({}, {})


@pytest.fixture
def acked(cast: Cast) -> dict[str, str]:
    """Reports as they are told to who sent them; their events count as delivered."""
    what = Report(body="路口井盖断裂，晚上容易掉下去。", kind="facilities", place="路口")
    numbers = {}
    for key in ("kill-0", "kill-1", "kill-2"):
        case = case_report(actor=cast.actor("grid_worker"), report=what, area=cast.areas["g1"], key=key)
        numbers[key] = case.number
    OutboxEvent.objects.update(delivered_at=timezone.now())
    return numbers


def test_what_is_whole_is_right(acked: dict[str, str]) -> None:
    assert bench_killed.wrongs(acked) == []
    out = StringIO()
    with mock.patch.object(sys, "stdin", StringIO(json.dumps(acked))):
        call_command(bench_killed.Command(), stdout=out)
    assert json.loads(out.getvalue())["wrong"] == []


def test_what_is_missing_is_named(acked: dict[str, str]) -> None:
    key, number = next(iter(acked.items()))
    case = Case.objects.get(number=number)
    assert bench_killed.wrongs({**acked, "kill-9": "2612-9999"}) == ["lost: kill-9"]
    assert bench_killed.wrongs({**acked, key: "2612-9999"}) == [f"{key} got another number"]
    CaseText.objects.filter(case=case).delete()
    assert bench_killed.wrongs(acked) == [f"torn: text of {number} 0 times"]


def test_an_event_that_does_not_arrive_is_named(acked: dict[str, str]) -> None:
    OutboxEvent.objects.update(delivered_at=None)
    began, out = time.monotonic(), StringIO()
    with (
        mock.patch.object(bench_killed, "PATIENCE", 0.1),
        mock.patch.object(sys, "stdin", StringIO(json.dumps(acked))),
    ):
        call_command(bench_killed.Command(), stdout=out)
    assert "events were not delivered" in json.loads(out.getvalue())["wrong"][-1]
    assert time.monotonic() - began < 30


def test_the_checker_looks_at_every_part(acked: dict[str, str]) -> None:
    ids = dict(IdempotencyKey.objects.filter(key__in=acked).values_list("result_id", "key"))
    for counted in bench_killed._parts(ids).values():
        assert set(counted) == set(ids)
    assert Step.objects.filter(case_id__in=ids).count() == 3 <= Entry.objects.filter(object_id__in=ids).count()


def test_it_has_a_limit_and_runs_where_the_millions_are() -> None:
    assert "killed_2m" in NAMES
    assert "killed_2m" in MILLIONS
    assert [target.figure for target in TARGETS["killed_2m"]] == ["seconds"]
