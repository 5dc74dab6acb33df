"""The system as people meet it: its own folder and database, the demo, the web server and the background worker."""

import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from dev.environment import PYTHON, ROOT, environment
from dev.run import end_with_parent, messages, web_command

HOST = "127.0.0.1"
START_SECONDS = 180
STOP_SECONDS = 10


class Site:
    """A running system. `manage` runs its commands, `log` is everything that its processes said."""

    def __init__(self, folder: Path, database: str, owner: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.database = database
        self.processes: list[subprocess.Popen[bytes]] = []
        self.env = environment(
            SHANZHI_VAR=str(folder),
            SHANZHI_DATABASE=database,
            SHANZHI_DATABASE_OWNER=owner,
            SHANZHI_REQUIRE_TOTP="1",
            SHANZHI_HOSTS=HOST,
            SHANZHI_LOG_LEVEL="WARNING",
            **messages(),
        )
        for name in ("SHANZHI_STATIC_STORAGE", "SHANZHI_DEBUG", "SHANZHI_HTTPS", "SHANZHI_DEMO_PASSWORD"):
            self.env.pop(name, None)

    @property
    def log(self) -> str:
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def manage(self, *arguments: str) -> str:
        """What a command of ours says; AssertionError with its output if it fails."""
        return self._finish([str(PYTHON), "manage.py", *arguments])

    def _finish(self, command: Sequence[str]) -> str:
        done = subprocess.run(command, check=False, cwd=ROOT, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Schema, static files and demo as `make run` makes them, then both processes."""
        self._finish([str(PYTHON), "-m", "dev.database"])
        self._begin("web", web_command(HOST, self.port, self.database))
        self._begin("worker", [str(PYTHON), "manage.py", "worker"])
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.processes[0].poll() is None, f"the web server ended:\n{self.log}"
            assert time.monotonic() < deadline, f"the web server does not answer:\n{self.log}"
            time.sleep(0.1)

    def _begin(self, name: str, command: Sequence[str]) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=self.env,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=end_with_parent,  # noqa: PLW1509 - started by the main thread
                )
            )

    def _answers(self) -> bool:
        with suppress(OSError, http.client.HTTPException), closing(http.client.HTTPConnection(HOST, self.port)) as one:
            one.request("GET", "/")
            return one.getresponse().status == 200
        return False

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def scratch_database(folder: Path) -> Iterator[tuple[str, str]]:
    """Addresses for the application and the owner: a file of its own, or a database of its own in the cluster."""
    app = os.environ.get("SHANZHI_DATABASE", "")
    if not app.startswith("postgres"):
        address = f"sqlite:///{folder / 'shanzhi.sqlite3'}"
        yield address, address
        return
    owner, name = os.environ["SHANZHI_DATABASE_OWNER"], f"shanzhi_e2e_{secrets.token_hex(4)}"
    with psycopg.connect(owner, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield named(app, name), named(owner, name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def named(address: str, name: str) -> str:
    """The same cluster and role, another database."""
    return urlsplit(address)._replace(path=f"/{name}").geturl()


@contextmanager
def running() -> Iterator[Site]:
    """Started, and gone without a trace afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="shanzhi-e2e-"))
    try:
        with scratch_database(folder) as (app, owner):
            site = Site(folder, app, owner)
            try:
                site.start()
                yield site
            finally:
                site.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
