"""The measured server: the programs that `make run` starts, on one database, and the processor time that they use."""

import http.client
import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final

from dev.run import Child, web_command

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 90
TICKS: Final = os.sysconf("SC_CLK_TCK")


class Broken(RuntimeError):
    """The measured system did something that makes its figures worthless."""


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def stat_of(text: str) -> tuple[int, int]:
    """Parent and ticks of processor time (user and system) from /proc/<pid>/stat; the name may hold anything."""
    fields = text[text.rindex(")") + 2 :].split()
    return int(fields[1]), int(fields[11]) + int(fields[12])


def family(stats: Mapping[int, tuple[int, int]], top: int) -> set[int]:
    """A process and everything below it."""
    found = {top}
    while more := {pid for pid, (parent, _ticks) in stats.items() if parent in found} - found:
        found |= more
    return found


def processes() -> dict[int, tuple[int, int]]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found[int(folder.name)] = stat_of((folder / "stat").read_text(errors="replace"))
            except (OSError, ValueError):
                continue
    return found


class Server:
    """granian as `make run` starts it: two processes on PostgreSQL, one with threads on SQLite."""

    def __init__(self, env: dict[str, str]) -> None:
        self.port = free_port()
        self.env = {**env, "SHANZHI_HOSTS": HOST}

    def __enter__(self) -> "Server":
        self.child = Child("web server", web_command(HOST, self.port, self.env["SHANZHI_DATABASE"]), self.env)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.child.dead() or time.monotonic() > deadline:
                self.child.end()
                raise Broken("the web server did not start; what it said stands above")
            time.sleep(0.1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.child.end()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def cpu_seconds(self) -> float:
        """Processor time so far, of the main process and its workers."""
        stats = processes()
        return sum(stats[pid][1] for pid in family(stats, self.child.process.pid) if pid in stats) / TICKS


def yardstick_ms() -> float:
    """Processor time of a piece of work that never changes: what a virtual machine's neighbours do to all figures.

    About 7 ms on the machine of the design's measurements when nobody else is on its processors.
    """
    began, found = time.process_time(), {}
    for number in range(100_000):
        found[number % 1000] = str(number)
    return (time.process_time() - began) * 1000
