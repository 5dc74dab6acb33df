"""500 cases given to a unit at once, through the API: five requests of a hundred, as a job does it in five chunks."""

import json
import secrets
import statistics
from collections.abc import Sequence
from typing import Any, Final

from bench.cases import Site, bearer
from bench.load import Call, drive
from bench.report import Result
from bench.server import Server, yardstick_ms

ROWS: Final = 500
CHUNK: Final = 100
ROUNDS: Final = 3


def calls(site: Site, cases: Sequence[dict[str, Any]]) -> list[Call]:
    """Requests that dispatch these accepted cases of the officer's township to one of its units."""
    headers = {**bearer(site["officer"]["token"]), "Content-Type": "application/json"}
    found = []
    for start in range(0, len(cases), CHUNK):
        part = list(cases[start : start + CHUNK])
        body = {"act": "dispatch", "unit": site["unit"], "limit": "3 days", "text": "请尽快处理。", "cases": part}
        keyed = {**headers, "Idempotency-Key": secrets.token_hex(16)}
        done = f'"done": {len(part)},'.encode()
        path = f"/api/v1/{site['county']}/cases/batches"
        found.append(Call("POST", path, keyed, json.dumps(body, ensure_ascii=False).encode(), status=201, holds=done))
    return found


def measure(site: Site, server: Server, cases: Sequence[dict[str, Any]]) -> Result:
    """The median of three rounds; every row of every round must be done."""
    seconds, cpu, yardsticks = [], [], []
    for number in range(ROUNDS):
        asked = calls(site, cases[number * ROWS : (number + 1) * ROWS])
        before = server.cpu_seconds()
        outcome = drive(server.port, [iter(asked)], count=len(asked))
        cpu.append(server.cpu_seconds() - before)
        seconds.append(sum(outcome.times))
        yardsticks.append(yardstick_ms())
    return Result(
        "batch_dispatch_500",
        cpu_ms=statistics.median(cpu) / ROWS * 1000,
        rows_per_s=ROWS / statistics.median(seconds),
        seconds=statistics.median(seconds),
        params={
            "via": "api", "rows": ROWS, "rows_a_request": CHUNK, "limit_s": 5,
            "rounds_s": [round(one, 2) for one in seconds], "yardstick_ms": round(sum(yardsticks) / ROUNDS, 1),
        },
    )  # fmt: skip
