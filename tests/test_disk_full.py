"""The disk fills up under load and is cleared again: nothing acknowledged is lost, nothing is torn, people are told."""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from dev.cluster import NoPostgres, PrivateCluster, server_programs
from dev.environment import ROOT
from shanzhi.access.middleware import FULL, ErrorMiddleware
from tests.killing.elsewhere import Elsewhere
from tests.killing.server import Process, Server, child_environment
from tests.killing.world import World, make
from tests.killing.writers import Writers

pytestmark = pytest.mark.slow
PATIENCE = 60


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """A disk of so many megabytes; with a real limit, which only root can make here."""
    mounted: list[Path] = []

    def make_disk(megabytes: int) -> Path:
        folder = Path("/tmp") / f"shanzhi-small-{tmp_path.name}-{len(mounted)}"
        folder.mkdir(mode=0o755)
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            folder.rmdir()
            pytest.skip("a small disk can be made as root only")
        mounted.append(folder)
        return folder

    yield make_disk
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def fill(disk: Path) -> Path:
    """Nothing is left, not a byte."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb") as file:
        while True:
            file.write(b"\0" * 4096)
            file.flush()
    return ballast


def wait_until(condition: Callable[[], bool], what: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.05)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_sqlite_on_a_disk_that_fills_up(
    small_disk: Callable[[int], Path], tmp_path: Path, started: Callable[[Process], Process]
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only meaningful on SQLite")
    world, disk = make(), small_disk(32)
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as here,
        closing(sqlite3.connect(disk / "shanzhi.sqlite3")) as there,
    ):
        here.backup(there)
    env = child_environment(disk / "var", f"sqlite:///{disk}/shanzhi.sqlite3")
    server = Server(env, tmp_path / "server.log")
    started(server)
    with Writers(server.port, world) as writers:
        for _ in range(2):
            writers.wait_for(acked=15)
            writers.book.said = ""
            ballast = fill(disk)
            wait_until(lambda: "storage_full" in writers.book.said, lambda: f"nobody was told: {writers.book.said}")
            assert " 503 " in writers.book.said
            assert FULL in writers.book.said
            ballast.unlink()
        writers.wait_for(acked=15)
        writers.stop()
    assert writers.book.refused == []
    server.kill()
    checked = subprocess.run(
        [sys.executable, "-m", "tests.killing", "check"], cwd=ROOT, env=env, input=json.dumps(writers.book.as_json()),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr
    with closing(sqlite3.connect(disk / "shanzhi.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.postgres
def test_postgresql_on_a_disk_that_fills_up(
    small_disk: Callable[[int], Path], tmp_path: Path, started: Callable[[Process], Process]
) -> None:
    """It may end itself, as its log can't be written; with room it is started again and recovers."""
    if not django_settings.DATABASE_URL.startswith("postgres"):
        pytest.skip("only meaningful on PostgreSQL")
    try:
        server_programs()
    except NoPostgres as error:
        pytest.skip(str(error))
    disk = small_disk(300)
    cluster = PrivateCluster(keep=disk / "data", more={"max_wal_size": "48MB", "full_page_writes": "on"})
    with cluster as urls:
        elsewhere = Elsewhere(cluster, urls, tmp_path / "var")
        world = World(**json.loads(elsewhere.python("-m", "tests.killing", "world")))
        server = Server(elsewhere.env, tmp_path / "server.log")
        started(server)
        with Writers(server.port, world) as writers:
            writers.wait_for(acked=20)
            writers.book.said = ""
            ballast = fill(disk)
            wait_until(lambda: writers.book.said != "" or writers.book.broken > 0, lambda: "the disk was never missed")
            ballast.unlink()
            wait_until(lambda: elsewhere.recovered(), lambda: "PostgreSQL did not come back")
            writers.wait_for(acked=20)
            writers.stop()
        assert writers.book.refused == []
        server.kill()
        assert elsewhere.python("-m", "tests.killing", "check", stdin=json.dumps(writers.book.as_json())) == ""
    shutil.rmtree(disk / "data", ignore_errors=True)


@pytest.mark.parametrize(
    "said", ["database or disk is full", 'could not extend file "base/5/1": No space left on device']
)
@pytest.mark.parametrize("path", ["/341181/cases/", "/api/v1/341181/cases"])
def test_people_and_programs_are_told_in_one_sentence(said: str, path: str) -> None:
    request: Any = RequestFactory().post(path)
    answer = ErrorMiddleware(lambda _: HttpResponse()).process_exception(request, OperationalError(said))
    assert answer is not None
    assert answer.status_code == 503
    text = answer.content.decode()
    assert FULL in (json.loads(text)["detail"] if path.startswith("/api/") else text)
    assert ErrorMiddleware(lambda _: HttpResponse()).process_exception(request, OperationalError("other")) is None
