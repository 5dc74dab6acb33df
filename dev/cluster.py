"""A private PostgreSQL cluster in a temporary folder: nothing of it outlives the `with` block.

    with PrivateCluster() as urls: ...                  # from Python
    python dev/cluster.py [--durable] [--keep DIR] -- pytest shanzhi/areas      # from the shell

It listens on a Unix socket only, in a folder that nobody else may enter, so its port is always free. Its roles are
those of production: the owner owns the database, and the application's role owns nothing, is no superuser and can't
bypass row-level security, so that a test that passes here passes under forced row-level security.
"""

import argparse
import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

PORT = 5432
START_SECONDS = 60
APT_LINE = "apt-get install -y postgresql"

ROLES = """
CREATE ROLE shanzhi_owner LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS;
CREATE ROLE shanzhi_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS;
CREATE ROLE shanzhi_cross NOLOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE shanzhi_backup LOGIN REPLICATION NOSUPERUSER NOBYPASSRLS;
GRANT shanzhi_cross TO shanzhi_app;
CREATE DATABASE shanzhi OWNER shanzhi_owner TEMPLATE template1;
"""
# Full text search is an index condition under row-level security only if its operator is marked so. In template1,
# so that the databases which the tests create have it as well.
LEAKPROOF = "ALTER FUNCTION ts_match_vq(tsvector, tsquery) LEAKPROOF;"

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "1h",
    "lock_timeout": "60s",  # a test that waits for itself fails and names its statement, instead of hanging
}
DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}
ARCHIVE_SCRIPT = Path(__file__).resolve().parent.parent / "deploy/archive-wal"
ARCHIVING = {"wal_level": "replica", "max_wal_senders": "4", "archive_mode": "on", "full_page_writes": "on"}


class NoPostgres(RuntimeError):
    """The PostgreSQL server programs are not installed; the message names the line that installs them."""


@dataclass(frozen=True)
class Urls:
    """Where the cluster is, for its roles; `postmaster` is the process id of the server."""

    app: str
    owner: str
    superuser: str
    backup: str
    postmaster: int

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SHANZHI_DATABASE": self.app,
            "SHANZHI_DATABASE_OWNER": self.owner,
            "SHANZHI_DATABASE_BACKUP": self.backup,
        }


def server_programs() -> Path:
    """The folder of initdb and postgres, the newest installed version first; raises NoPostgres."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]), reverse=True)
    on_path = shutil.which("initdb")
    found = [*packaged, *([Path(on_path).resolve()] if on_path else [])]
    for initdb in found:
        if (initdb.parent / "postgres").exists():
            return initdb.parent
    raise NoPostgres(f"PostgreSQL is not installed; as root: {APT_LINE}")


def unprivileged() -> dict[str, Any]:
    """Arguments for subprocess: as root, another user, because the server refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoPostgres("no system user `postgres` or `nobody` to run PostgreSQL as")


def end_with_parent() -> None:
    """In the child, before exec: ask the kernel (Linux) to end it at once if this process is killed."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


class PrivateCluster:
    """`durable`: real fsync, for measurements; `keep`: a folder whose data outlives the block, for large bench data.

    `archiving`: each WAL segment is archived, as in production, into `backups/wal` of its folder; `more`: settings
    beside or instead of ours.
    """

    def __init__(
        self,
        *,
        durable: bool = False,
        keep: Path | None = None,
        archiving: bool = False,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.durable = durable
        self.more = more or {}
        self.archiving = archiving
        self.keep = keep
        self.programs = server_programs()
        self.identity = unprivileged()
        self.server: subprocess.Popen[bytes] | None = None
        self.folder = Path()
        self.kept = False

    def __enter__(self) -> Urls:
        # The path of a Unix socket may have at most 107 bytes: not below a long TMPDIR.
        base = tempfile.gettempdir()
        self.folder = Path(tempfile.mkdtemp(prefix="shanzhi-pg-", dir=base if len(base) < 60 else "/tmp"))
        try:
            self._hand_over(self.folder)
            self._prepare()
            if self.archiving:
                for path in (self.backups, self.backups / "wal"):
                    path.mkdir()
                    self._hand_over(path)
            self._start()
            if not self.kept:
                self._sql("template1", LEAKPROOF)
                self._sql("postgres", ROLES)
        except BaseException:
            self._stop()
            raise
        return self._urls()

    def __exit__(self, *exc: object) -> None:
        self._stop()

    @property
    def data(self) -> Path:
        return self.keep.resolve() if self.keep else self.folder / "data"

    @property
    def backups(self) -> Path:
        """Where backups and the archive of the WAL lie, if it archives."""
        return self.folder / "backups"

    def _hand_over(self, path: Path) -> None:
        if self.identity:
            os.chown(path, self.identity["user"], self.identity["group"])

    def _run(self, program: str, *args: str, stdin: str | None = None) -> None:
        done = subprocess.run(
            [str(self.programs / program), *args],
            input=stdin,
            text=True,
            capture_output=True,
            cwd="/",
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            **self.identity,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _sql(self, database: str, sql: str) -> None:
        options = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-p", str(PORT), "-U", "postgres"]
        self._run("psql", *options, "-d", database, "-f", "-", stdin=sql)

    def _prepare(self) -> None:
        self.kept = (self.data / "PG_VERSION").exists()
        if self.kept:
            return
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._hand_over(self.data)
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        )

    def _start(self) -> None:
        settings = {
            **(DURABLE if self.durable else FAST),
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "port": str(PORT),
            "max_connections": "100",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "dynamic_shared_memory_type": "mmap",
            **(self._archive() if self.archiving else {}),
            **self.more,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = (self.folder / "log").open("wb")
        self.server = subprocess.Popen(
            [str(self.programs / "postgres"), "-D", str(self.data), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - started from the main thread only
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            **self.identity,
        )
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            if self.server.poll() is not None or time.monotonic() > deadline:
                log_text = (self.folder / "log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL did not start:\n{log_text}")
            time.sleep(0.02)

    def _archive(self) -> dict[str, str]:
        script = self.folder / "archive-wal"  # a copy, as the checkout may lie where the server's user may not look
        shutil.copy2(ARCHIVE_SCRIPT, script)
        script.chmod(0o755)
        return {**ARCHIVING, "archive_command": f'{script} "%p" "%f" {self.backups / "wal"}'}

    def _ready(self) -> bool:
        """The server writes its state into the eighth line of its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        assert self.server is not None
        return len(lines) >= 8 and lines[0] == str(self.server.pid) and lines[7].strip() == "ready"

    def _stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT if self.keep else signal.SIGQUIT)
            try:
                self.server.wait(timeout=START_SECONDS)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _urls(self) -> Urls:
        assert self.server is not None

        def url(role: str, database: str) -> str:
            return f"postgresql://{role}@/{database}?host={self.folder}&port={PORT}"

        return Urls(
            app=url("shanzhi_app", "shanzhi"),
            owner=url("shanzhi_owner", "shanzhi"),
            superuser=url("postgres", "postgres"),
            backup=url("shanzhi_backup", "shanzhi"),
            postmaster=self.server.pid,
        )


@contextlib.contextmanager
def ended_by(signals: Sequence[int]) -> Iterator[None]:
    """In the block these signals raise SystemExit, so that what is open is closed."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before: list[tuple[int, Callable[[int, FrameType | None], Any] | int | None]] = [
        (number, signal.signal(number, leave)) for number in signals
    ]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Run a command beside a private PostgreSQL cluster.")
    parser.add_argument("--durable", action="store_true", help="with fsync, for measurements")
    parser.add_argument("--keep", type=Path, help="a folder whose data outlives the run")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args(arguments)
    try:
        with (
            ended_by([signal.SIGTERM, signal.SIGHUP]),
            PrivateCluster(durable=options.durable, keep=options.keep) as urls,
        ):
            return subprocess.run(options.command, env={**os.environ, **urls.environment}).returncode
    except NoPostgres as error:
        print(error, file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
