"""Real processes that can be killed: the web server as `make run` starts it, and the worker."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from dev.environment import ROOT, environment
from dev.run import answers, web_command

HOST = "127.0.0.1"
START_SECONDS = 60


def database_url() -> str:
    """The address of the test's own database, as the application's role."""
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(Path(here['NAME']).resolve()))}"
    query = urlencode({"host": here["HOST"], "port": here["PORT"]})
    return f"postgresql://{quote(here['USER'])}:{quote(here['PASSWORD'])}@/{here['NAME']}?{query}"


def child_environment(var: Path, url: str, **more: str) -> dict[str, str]:
    """Of a process beside the test: a folder and node numbers of its own, the test's key and database."""
    return environment(
        DJANGO_SETTINGS_MODULE="shanzhi.config.settings",
        SHANZHI_DATABASE=url,
        SHANZHI_SECRET_KEY=settings.SECRET_KEY,
        SHANZHI_VAR=str(var),
        SHANZHI_NODES="600-1000",
        **more,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Process:
    """A command in a session of its own, started again after it was killed with everything that it had started."""

    def __init__(self, command: list[str], env: Mapping[str, str], log: Path) -> None:
        self.command, self.env, self.log = command, dict(env), log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """-9 to all of it at once: nobody gets to say goodbye."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)


class Server(Process):
    """The web server; `start` returns when it answers."""

    def __init__(self, env: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        super().__init__(web_command(HOST, self.port, env["SHANZHI_DATABASE"]), env, log)

    def start(self) -> None:
        super().start()
        deadline = time.monotonic() + START_SECONDS
        while not answers(HOST, self.port):
            assert self.process is not None
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not start:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.1)


class Worker(Process):
    def __init__(self, env: Mapping[str, str], log: Path) -> None:
        super().__init__([sys.executable, "manage.py", "worker"], env, log)
