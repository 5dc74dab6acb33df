"""Clients that report cases with idempotency keys, and remember what they were told."""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from zlib import crc32

from tests.killing.server import HOST
from tests.killing.world import A, World

PATIENCE = 60


@dataclass
class Book:
    """By key: `sent` was at least begun, `acked` got its number, the others are unknown: done or not.

    `broken` counts the answers that were lost on the way, `said` is the last one that was no success.
    """

    sent: set[str] = field(default_factory=set)
    acked: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    broken: int = 0
    said: str = ""

    @property
    def unknown(self) -> set[str]:
        return self.sent - set(self.acked)

    def as_json(self) -> dict[str, Any]:
        return {"sent": sorted(self.sent), "acked": self.acked}


def post(port: int, world: World, key: str, *, timeout: float = 20) -> tuple[int, dict[str, Any]]:
    """Report one case whose words are its key; raises OSError or HTTPException when the answer was lost."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
    token = world.tokens[crc32(key.encode()) % len(world.tokens)]
    sent = {"body": f"{key}，路口井盖断裂", "kind": "facilities", "area": world.area}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}
    try:
        connection.request("POST", f"/api/v1/{A}/cases", json.dumps(sent), headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else {}
    finally:
        connection.close()


class Writers:
    """Threads that report one case after another; those with an even number ask again until they know."""

    def __init__(self, port: int, world: World, threads: int = 4) -> None:
        self.port, self.world, self.book = port, world, Book()
        self.stopping, self.guard = threading.Event(), threading.Lock()
        self.threads = [threading.Thread(target=self._write, args=(number,)) for number in range(threads)]

    def __enter__(self) -> "Writers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Lets each finish what it is trying; the server must be up, or they give up after a while."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(PATIENCE * 2)

    def wait_for(self, acked: int) -> None:
        """Until so many more were acknowledged than now."""
        goal, deadline = len(self.book.acked) + acked, time.monotonic() + PATIENCE
        while len(self.book.acked) < goal:
            assert time.monotonic() < deadline, f"{len(self.book.acked)} acknowledged; {self.book.said}"
            time.sleep(0.02)

    def _write(self, number: int) -> None:
        for turn in count():
            if self.stopping.is_set():
                return
            self._one(f"w{number}-{turn:05d}", persistent=number % 2 == 0)

    def _one(self, key: str, *, persistent: bool) -> None:
        deadline = time.monotonic() + PATIENCE
        with self.guard:
            self.book.sent.add(key)
        while time.monotonic() < deadline:
            try:
                status, answer = post(self.port, self.world, key)
            except (OSError, http.client.HTTPException, ValueError):
                status, answer = 0, {}
                self.book.broken += 1
            if status == 201:
                with self.guard:
                    self.book.acked[key] = answer["number"]
                return
            self.book.said = f"{key}: {status} {answer}"
            if 400 <= status < 500 and status != 429:
                self.book.refused.append(self.book.said)
                return
            time.sleep(0.05)
            if not persistent:  # it may have been done or not: nobody ever asks again
                return
