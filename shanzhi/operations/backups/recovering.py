"""A base backup replayed to a point in time: in a new data folder, by a server that only this process can reach."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import psycopg
from django.db import connection

from shanzhi.operations.backups.folders import WAL, Refused, Say
from shanzhi.operations.backups.postgres import BASE, unpack, verify
from shanzhi.operations.backups.programs import program, server_identity
from shanzhi.tenancy.context import CROSS_ROLE

STOP_SECONDS: Final = 60
TOLD_SECONDS: Final = 15
SHOWN: Final = 2_000


@dataclass(frozen=True)
class Restored:
    """A restored database: its address, how it is asked over all counties, and what puts it in place."""

    url: str
    ask: Callable[[str], Sequence[tuple[Any, ...]]]
    settle: Callable[[], None]


@contextmanager
def recovered(
    folder: Path, content: Mapping[str, Any], into: Path, until: datetime | None, say: Say
) -> Iterator[Restored]:
    """The data folder `into` exists after the block, stopped cleanly; in it a private server answers.

    Without `until` everything that was archived is replayed. Refused if the archive ends before that time.
    """
    version = int(content["wal"]["major"])
    built = into.with_name(f".{into.name}.restoring")
    shutil.rmtree(built, ignore_errors=True)
    into.parent.mkdir(parents=True, exist_ok=True)
    identity = server_identity()
    try:
        unpack(folder / BASE, built)
        verify(built, version)
        archive = folder.parent / WAL
        with _room(identity) as room:
            for path in (built, *built.rglob("*")):
                _give(path, identity)
            server = _Server(program("postgres", version), built, room, identity)
            server.start(_settings(archive if archive.is_dir() else None, until), say)
            try:
                yield Restored(server.url, server.ask, lambda: None)
            finally:
                server.stop()
        if into.is_dir():
            into.rmdir()
        built.rename(into)
    finally:
        shutil.rmtree(built, ignore_errors=True)


@contextmanager
def _room(identity: Mapping[str, Any]) -> Iterator[Path]:
    """A folder that nobody else may enter, for the socket and the server's settings. Its path must be short."""
    room = Path(tempfile.mkdtemp(prefix="shanzhi-restore-", dir="/tmp"))
    try:
        _give(room, identity)
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _give(path: Path, identity: Mapping[str, Any]) -> None:
    if identity:
        os.chown(path, identity["user"], identity["group"], follow_symlinks=False)


def _settings(archive: Path | None, until: datetime | None) -> dict[str, str]:
    """Of the recovery. Where nothing is archived the WAL of the backup itself is all there is."""
    found = {"archive_mode": "off", "hot_standby": "off", "restore_command": "false"}
    if archive is not None:
        place = str(archive.resolve()).replace("%", "%%").replace('"', '\\"')
        found["restore_command"] = f'cp "{place}/%f" "%p"'
    if until is not None:
        found["recovery_target_time"] = until.isoformat(sep=" ")
        found["recovery_target_action"] = "promote"
    return found


class _Server:
    """It listens on a socket in a private folder, trusts whoever may enter it, and reads no settings but ours."""

    def __init__(self, postgres: str, data: Path, room: Path, identity: Mapping[str, Any]) -> None:
        self.postgres, self.data, self.room, self.identity = postgres, data, room, identity
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        here = connection.settings_dict
        query = urlencode({"host": str(self.room), "port": "5432"})
        return f"postgresql://{quote(here['USER'])}@/{here['NAME']}?{query}"

    def ask(self, statement: str) -> Sequence[tuple[Any, ...]]:
        with psycopg.connect(self.url) as reader:
            reader.execute(f"SET ROLE {CROSS_ROLE}".encode())
            return reader.execute(statement.encode()).fetchall()

    def start(self, recovery: Mapping[str, str], say: Say) -> None:
        """Returns once it has replayed all, was promoted and answers; Refused with its words if it ends."""
        wanted = {
            "hba_file": str(self.room / "hba"), "ident_file": str(self.room / "ident"), "listen_addresses": "",
            "unix_socket_directories": str(self.room), "port": "5432", "logging_collector": "off",
            "log_destination": "stderr", "ssl": "off", "shared_preload_libraries": "", **recovery,
        }  # fmt: skip
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in wanted.items()]
        for name, text in (("conf", "\n".join(lines)), ("hba", "local all all trust"), ("ident", "")):
            path = self.room / name
            path.write_text(text + "\n", encoding="utf-8")
            _give(path, self.identity)
        signal = self.data / "recovery.signal"
        signal.touch()
        _give(signal, self.identity)
        _set_aside(self.data / "postgresql.auto.conf")
        with (self.room / "log").open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - PostgreSQL itself
                [self.postgres, "-D", str(self.data), "-c", f"config_file={self.room / 'conf'}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                env={**os.environ, "LC_ALL": "C.UTF-8"}, **self.identity,
            )  # fmt: skip
        try:
            self._wait(say)
        except BaseException:
            self.stop()
            raise

    def _wait(self, say: Say) -> None:
        assert self.process is not None
        told = time.monotonic()
        while not self._ready():
            if self.process.poll() is not None:
                raise Refused(self._why())
            if time.monotonic() - told > TOLD_SECONDS:
                told = time.monotonic()
                say(f"数据库：正在重放归档，到 {self._reached()}")
            time.sleep(0.1)

    def _ready(self) -> bool:
        with suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=5):
            return True
        return False

    def _log(self) -> str:
        return (self.room / "log").read_text(encoding="utf-8", errors="replace")

    def _reached(self) -> str:
        files = [line for line in self._log().splitlines() if "restored log file" in line]
        return files[-1].split('"')[1] if files else "开头"

    def _why(self) -> str:
        said = self._log()
        if "before configured recovery target was reached" in said:
            return "归档里没有这个时间之后的提交，没有恢复；要恢复到归档的末尾，请不写 --until。"
        return f"数据库没有恢复成功：{said.strip()[-SHOWN:]}"

    def stop(self) -> None:
        """A fast shutdown, so that the folder is left whole."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(2)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _set_aside(path: Path) -> None:
    """What ALTER SYSTEM once set would win over the settings of the recovery; it is put back by hand if wanted."""
    if path.exists() and path.stat().st_size:
        path.rename(path.with_name(f"{path.name}.restored"))
        path.touch(mode=0o600)
