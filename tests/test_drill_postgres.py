"""The drill on PostgreSQL: a base backup under load, more writes, then everything as it was at a moment in between."""

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings

from dev.cluster import NoPostgres, PrivateCluster, server_programs
from shanzhi.operations.backups.folders import WAL, Refused
from shanzhi.operations.backups.manifest import read
from shanzhi.operations.backups.postgres import segment
from shanzhi.operations.backups.restoring import Wanted, restore
from tests.killing.elsewhere import Elsewhere
from tests.killing.server import Process, Server
from tests.killing.world import World
from tests.killing.writers import Writers

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def archiving(tmp_path: Path) -> Iterator[Elsewhere]:
    if not django_settings.DATABASE_URL.startswith("postgres"):
        pytest.skip("only meaningful on PostgreSQL")
    try:
        server_programs()
    except NoPostgres as error:
        pytest.skip(str(error))
    cluster = PrivateCluster(archiving=True)
    with cluster as urls:
        yield Elsewhere(cluster, urls, tmp_path / "var")


@pytest.fixture
def room() -> Iterator[Path]:
    """Where the server's user may enter, which pytest's own folder is not for, as root."""
    folder = Path(tempfile.mkdtemp(prefix="shanzhi-drill-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def asked(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


def clock(elsewhere: Elsewhere) -> datetime:
    (moment,) = asked(elsewhere.urls.superuser, "SELECT clock_timestamp()")[0]
    assert isinstance(moment, datetime)
    return moment


def manage(elsewhere: Elsewhere, var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of ours for the installation in the folder `var`."""
    usual, elsewhere.env = elsewhere.env, {**elsewhere.env, "SHANZHI_VAR": str(var)}
    try:
        said = elsewhere.python("manage.py", *arguments)
        return subprocess.CompletedProcess(arguments, 0, said, "")
    except AssertionError as error:
        return subprocess.CompletedProcess(arguments, 1, "", str(error))
    finally:
        elsewhere.env = usual


class Reopened:
    """The restored data folder under a server, as an operator starts it: with our own check of what is in it."""

    def __init__(self, elsewhere: Elsewhere, data: Path) -> None:
        self.elsewhere, self.cluster = elsewhere, PrivateCluster(keep=data)

    def __enter__(self) -> "Reopened":
        self.urls = self.cluster.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self.cluster.__exit__(*exc)

    def findings(self, book: dict[str, object], var: Path) -> str:
        env = {**self.elsewhere.env, "SHANZHI_DATABASE": self.urls.app, "SHANZHI_VAR": str(var)}
        usual, self.elsewhere.env = self.elsewhere.env, env
        try:
            return self.elsewhere.python("-m", "tests.killing", "check", stdin=json.dumps(book))
        finally:
            self.elsewhere.env = usual

    def numbers(self) -> set[object]:
        with psycopg.connect(self.urls.app, autocommit=True) as connection:
            connection.execute("SET ROLE shanzhi_cross")
            return {row[0] for row in connection.execute("SELECT number FROM cases_case").fetchall()}


def test_back_to_a_moment_between_two_writes(
    archiving: Elsewhere, tmp_path: Path, room: Path, started: Callable[[Process], Process], settings: Any
) -> None:
    world = World(**json.loads(archiving.python("-m", "tests.killing", "world")))
    server = Server(archiving.env, tmp_path / "server.log")
    started(server)
    backups = archiving.cluster.backups
    with Writers(server.port, world) as writers:
        writers.wait_for(acked=10)
        sure = dict(writers.book.acked)
        under_load = [0]
        done = SimpleNamespace(made=None)
        thread = threading.Thread(
            target=lambda: setattr(
                done, "made", manage(archiving, tmp_path / "var", "backup", str(backups), "--keep", "1")
            )
        )
        thread.start()
        while thread.is_alive():
            under_load[0] = len(writers.book.acked) - len(sure)
            thread.join(0.1)
        assert done.made.returncode == 0, done.made.stderr
        assert under_load[0] > 0, "nobody wrote while the backup was made"
        writers.wait_for(acked=10)
        writers.stop()
    book = writers.book
    assert book.refused == []
    moment = clock(archiving)
    before = dict(book.acked)
    with Writers(server.port, world) as later:
        later.book.sent = set(book.sent)
        later.wait_for(acked=0)
        later._one("late-00001", persistent=True)
        later.stop()
    server.kill()
    after = set(later.book.acked.values()) - set(before.values())
    assert after
    asked(archiving.urls.superuser, "SELECT pg_switch_wal()")
    _archived(archiving)

    fresh = tmp_path / "fresh"
    until = moment.isoformat(sep=" ")
    restored = manage(archiving, fresh, "restore", str(backups), "--into", str(room / "data"), "--until", until)
    assert restored.returncode == 0, restored.stderr
    assert "全部相符" in restored.stdout
    with Reopened(archiving, room / "data") as again:
        assert again.findings(book.as_json(), fresh) == ""
        assert set(sure.values()) <= again.numbers()
        assert set(before.values()) <= again.numbers()
        assert not after & again.numbers(), "what came after that moment is there"

    settings.VAR_DIR = tmp_path / "no"
    _refusals(tmp_path / "no", room, backups, moment)


def _archived(elsewhere: Elsewhere) -> None:
    """Until the segment that was switched away from is in the archive."""
    deadline = clock(elsewhere) + timedelta(seconds=60)
    waiting = "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"
    while asked(elsewhere.urls.superuser, waiting) != [(0,)]:
        assert clock(elsewhere) < deadline, "the archive is behind"


def _refusals(var: Path, room: Path, backups: Path, moment: datetime) -> None:
    """Each says why in one sentence, and leaves no folder that looks restored."""
    made = next(path for path in backups.iterdir() if (path / "manifest.json").exists())
    content = read(made)
    first = segment(content["wal"]["timeline"], content["wal"]["start"], content["wal"]["segment_size"])
    kept = sorted(path.name for path in (backups / WAL).iterdir() if len(path.name) == 24)
    assert kept[0] == first, "older segments than the kept backup needs"

    at, into = datetime.now(UTC), room / "no"
    late = Wanted(backups, at, until=moment + timedelta(days=1), into=into)
    early = Wanted(backups, at, until=moment - timedelta(days=1), into=into)
    over, nowhere = Wanted(backups, at, into=room / "data"), Wanted(backups, at)
    for wanted, sentence in (
        (late, "没有这个时间之后的提交"), (early, "没有能用的备份"), (over, "已经有内容，没有恢复"), (nowhere, "请用 --into"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=sentence):
            restore(wanted, say=print)
    tar = made / "base" / "base.tar.gz"
    with tar.open("r+b") as file:
        file.seek(os.fstat(file.fileno()).st_size // 2)
        file.write(b"damaged")
    with pytest.raises(Refused, match=r"base\.tar\.gz 缺失或被改动"):
        restore(Wanted(backups, at, into=into), say=print)
    assert list(var.iterdir()) == []
    assert {path.name for path in room.iterdir()} == {"data"}


@pytest.mark.parametrize(
    ("lsn", "name"),
    [("0/1000028", "000000010000000000000001"), ("0/FF000000", "0000000100000000000000FF"),
     ("1/0", "000000010000000100000000"), ("A/3F000060", "000000010000000A0000003F")],
)  # fmt: skip
def test_the_name_of_a_segment(lsn: str, name: str) -> None:
    assert segment(1, lsn, 16 * 1024**2) == name
