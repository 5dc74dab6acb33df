"""The load against a small server of our own."""

import itertools
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.load import Call, Client, Outcome, drive
from bench.server import Broken


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections: set[tuple[str, int]] = set()

    def do_GET(self) -> None:
        self.answer(404 if self.path == "/gone" else 200, b"hello")

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.answer(201, self.rfile.read(size))

    def answer(self, status: int, body: bytes) -> None:
        self.connections.add(self.client_address)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if "X-Bench-Trace" in self.headers:
            self.send_header("X-Bench-SQL", "5")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def port() -> Iterator[int]:
    Handler.connections = set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


GET = Call("GET", "/", {"Accept": "text/html"})


def test_a_call_gets_its_body_and_count(port: int) -> None:
    client = Client(port)
    assert client.call(GET) == (b"hello", 0)
    assert client.call(GET, trace="one") == (b"hello", 5)
    assert client.call(Call("POST", "/", {}, b"body", status=201, holds=b"od")) == (b"body", 0)
    client.close()
    assert len(Handler.connections) == 1, "the connection is kept"


@pytest.mark.parametrize("call", [Call("GET", "/gone", {}), Call("GET", "/", {}, holds=b"bye")])
def test_another_answer_breaks_the_measurement(port: int, call: Call) -> None:
    with pytest.raises(Broken, match="answered"):
        Client(port).call(call)


def test_driving_measures_every_request_of_every_client(port: int) -> None:
    outcome = drive(port, [itertools.repeat(GET) for _ in range(3)], 0.2)
    assert len(outcome.times) > 3
    assert outcome.seconds >= 0.2
    assert outcome.per_second == len(outcome.times) / outcome.seconds
    assert len(Handler.connections) == 3


def test_a_failure_of_one_client_is_raised(port: int) -> None:
    with pytest.raises(Broken, match="404"):
        drive(port, [itertools.repeat(GET), itertools.repeat(Call("GET", "/gone", {}))], 0.1)


def test_percentiles_by_nearest_rank() -> None:
    outcome = Outcome([number / 1000 for number in range(1, 101)], 1.0)
    assert outcome.percentile_ms(0.5) == 50
    assert outcome.percentile_ms(0.95) == 95
    assert outcome.percentile_ms(1) == 100
    assert Outcome([0.007]).percentile_ms(0.95) == 7
    assert Outcome().percentile_ms(0.95) == 0
    assert Outcome().per_second == 0


@given(st.lists(st.floats(0.001, 10), min_size=1))
def test_percentiles_grow_and_are_values_that_were_seen(times: list[float]) -> None:
    outcome = Outcome(times)
    found = [outcome.percentile_ms(share) for share in (0.01, 0.5, 0.95, 1.0)]
    assert found == sorted(found)
    assert set(found) <= {time * 1000 for time in times}


def test_outcomes_add_up() -> None:
    one = Outcome([0.1], 1.0)
    one.add(Outcome([0.2, 0.3], 2.0))
    assert (len(one.times), one.seconds, one.per_second) == (3, 3.0, 1.0)
