"""kill -9 at two million cases: web server, worker and database, twice each, while grid workers report.

Whoever reports asks again under the same key until the answer comes, as the phone does. Then every key that was
acknowledged must be one case, whole, and its event delivered. What is measured is how long nobody got an answer.
"""

import itertools
import json
import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPException
from typing import Any, Final

import psycopg

from bench.cases import Site, report_call
from bench.load import Client
from bench.report import Result
from bench.server import Broken, Server, yardstick_ms
from dev.environment import PYTHON, ROOT
from dev.run import Child

CLIENTS: Final = 4
BETWEEN: Final = 40  # acknowledged reports before each kill
PATIENCE: Final = 120
TIMES: Final = 2


class Reporters:
    """Threads that report one case after another, each key until it is acknowledged."""

    def __init__(self, port: int, site: Site) -> None:
        self.port, self.site = port, site
        self.acked: dict[str, str] = {}
        self.refused: list[str] = []
        self.broken = 0
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)]

    def __enter__(self) -> "Reporters":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def wait_for(self, more: int) -> float:
        """Until so many more are acknowledged; when the first of them was."""
        goal, first, began = len(self.acked) + more, 0.0, time.monotonic()
        start = len(self.acked)
        while len(self.acked) < goal:
            if not first and len(self.acked) > start:
                first = time.monotonic()
            if self.refused:
                raise Broken(f"a report was refused: {self.refused[0]}")
            if time.monotonic() - began > PATIENCE:
                raise Broken(f"nothing was acknowledged for {PATIENCE} s")
            time.sleep(0.01)
        return first or time.monotonic()

    def _run(self, client: int) -> None:
        mine = self.site["reporters"][client::CLIENTS]
        for number in itertools.count():
            if self.stopping.is_set():
                return
            self._one(mine[number % len(mine)], number)

    def _one(self, reporter: dict[str, str], number: int) -> None:
        key = f"kill-{secrets.token_hex(12)}"
        call = report_call(self.site, reporter, number, key)
        while True:
            caller = Client(self.port)
            try:
                body, _ = caller.call(call)
                self.acked[key] = str(json.loads(body)["number"])
                return
            except Broken as error:
                if " answered 4" in str(error) and " answered 429" not in str(error):
                    self.refused.append(str(error))
                    return
            except (OSError, HTTPException, ValueError):
                pass
            finally:
                caller.close()
            self.broken += 1
            if self.stopping.is_set():  # it may have been done or not
                return
            time.sleep(0.1)


def kills(server: Server, worker: Child, address: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """Each of the three, again and again; what is not started by anybody else is started here."""

    def program(child: Child) -> None:
        child.signal(signal.SIGKILL)
        child.process.wait()
        child.start()

    def database() -> None:
        """-9 to a backend at work: PostgreSQL throws out all others and recovers from its log."""
        with psycopg.connect(address, autocommit=True) as one:
            os.kill(one.info.backend_pid, signal.SIGKILL)

    for _ in range(TIMES):
        yield "server", lambda: program(server.child)
        yield "worker", lambda: program(worker)
        yield "database", database


def checked(env: dict[str, str], acked: dict[str, str]) -> dict[str, Any]:
    """What `bench_killed` finds of these keys; Broken if anything was lost, doubled or torn."""
    done = subprocess.run(
        [str(PYTHON), "manage.py", "bench_killed"], cwd=ROOT, env=env, input=json.dumps(acked), stdout=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Broken(f"the check ended with {done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout)
    if found["wrong"]:
        raise Broken(f"{len(found['wrong'])} of {len(acked)} acknowledged reports: {found['wrong'][0]}")
    return found


def measure(site: Site, env: dict[str, str], address: str) -> Result:
    """`seconds` is the longest time without an answer after a kill."""
    silent: dict[str, list[float]] = {}
    with ExitStack() as opened:
        server = opened.enter_context(Server(env))
        worker = Child("worker", [str(PYTHON), "manage.py", "worker"], env)
        opened.callback(worker.end)
        with Reporters(server.port, site) as reporters:
            for name, kill in kills(server, worker, address):
                reporters.wait_for(BETWEEN)
                began = time.monotonic()
                kill()
                silent.setdefault(name, []).append(round(reporters.wait_for(1) - began, 1))
            reporters.wait_for(BETWEEN)
        found = checked(env, reporters.acked)
    return Result(
        "killed_2m",
        seconds=max(itertools.chain(*silent.values())),
        params={
            "acked": len(reporters.acked), "asked_again": reporters.broken, "silent_s": silent,
            "delivered_s": found["delivered_s"], "yardstick_ms": round(yardstick_ms(), 1),
        },
    )  # fmt: skip
