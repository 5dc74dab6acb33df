"""The load: persistent connections, each with one request after another, and what they measured."""

import http.client
import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench.meter import SQL_HEADER, TRACE_HEADER
from bench.server import HOST, Broken


@dataclass(frozen=True)
class Call:
    """One request and the status that it must get."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None
    status: int = 200
    holds: bytes = b""


@dataclass
class Outcome:
    """What the clients saw: seconds of each request, and how long it all took."""

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds if self.seconds else 0.0

    def add(self, other: "Outcome") -> None:
        self.times += other.times
        self.seconds += other.seconds

    def percentile_ms(self, share: float) -> float:
        """By the nearest-rank method, in milliseconds."""
        ordered = sorted(self.times)
        return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] * 1000 if ordered else 0.0


class Client:
    """A persistent connection; Broken on any other answer than the one that was called for."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=60)

    def call(self, call: Call, trace: str = "") -> tuple[bytes, int]:
        """The body and, of a traced request, how many statements it made."""
        headers = {**call.headers, TRACE_HEADER: trace} if trace else dict(call.headers)
        self.connection.request(call.method, call.path, call.body, headers)
        response = self.connection.getresponse()
        body = response.read()
        if response.status != call.status or call.holds not in body:
            said = body[:400].decode(errors="replace")
            raise Broken(f"{call.method} {call.path} answered {response.status}, not {call.status}: {said}")
        return body, int(response.headers.get(SQL_HEADER, 0))

    def close(self) -> None:
        self.connection.close()


def drive(
    port: int, sources: Sequence[Iterator[Call]], seconds: float = math.inf, *, count: int | None = None
) -> Outcome:
    """One client a source, all at once, for that long or for `count` calls each. The first failure is raised here."""
    outcome, failures = Outcome(), []
    guard, end = threading.Lock(), time.monotonic() + seconds

    def client(source: Iterator[Call]) -> None:
        mine: list[float] = []
        caller = Client(port)
        try:
            while (began := time.monotonic()) < end and (count is None or len(mine) < count):
                caller.call(next(source))
                mine.append(time.monotonic() - began)
        except (Broken, OSError, http.client.HTTPException) as error:
            failures.append(error)
        finally:
            caller.close()
            with guard:
                outcome.times += mine

    threads = [threading.Thread(target=client, args=(source,)) for source in sources]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds = time.monotonic() - began
    if failures:
        raise Broken(str(failures[0])) from failures[0]
    return outcome
