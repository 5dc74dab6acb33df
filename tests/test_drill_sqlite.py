"""The drill on SQLite: a backup while people report, restored into an empty folder, where nothing is lost or torn."""

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from dev.environment import ROOT
from shanzhi.cases.services import Report, case_report
from shanzhi.files.services import photo_store
from shanzhi.files.storage import kept
from shanzhi.files.tests import pictures
from shanzhi.operations.backups import restoring, sqlite
from shanzhi.operations.backups.files import read_list
from shanzhi.operations.backups.folders import Refused
from shanzhi.operations.backups.making import make_backup
from shanzhi.operations.backups.restoring import Wanted
from shanzhi.operations.running import somebody_runs
from shanzhi.tenancy import ids
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.sealing import seal_county
from tests.cast import Cast, build_cast
from tests.killing.server import child_environment
from tests.killing.world import A, with_trail

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]
WRITERS = 3


class Reporters:
    """Threads that report with a photo each, through the services; `acked` got their number."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.stopping = cast, threading.Event()
        self.sent: set[str] = set()
        self.acked: dict[str, str] = {}
        self.broken: list[str] = []
        self.threads = [threading.Thread(target=self._run, args=(number,)) for number in range(WRITERS)]

    def __enter__(self) -> "Reporters":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    def _run(self, number: int) -> None:
        try:
            for turn in count():
                if self.stopping.is_set():
                    return
                self._report(f"w{number}-{turn:05d}", turn)
        except Exception as error:  # noqa: BLE001 - told by the test
            self.broken.append(repr(error))
        finally:
            connection.close()

    def _report(self, key: str, turn: int) -> None:
        actor = self.cast.actor("grid_worker")
        self.sent.add(key)
        with county(A):
            photo = photo_store(actor=actor, upload=pictures.upload(pictures.picture(40 + turn % 200, 30)))
            words = Report(body=f"{key}，路口井盖断裂", kind="facilities", photo_ids=[photo.id])
            case = case_report(actor=actor, report=words, area=self.cast.areas["g1"], key=key)
        self.acked[key] = case.number

    def wait_for(self, acked: int) -> None:
        deadline = time.monotonic() + 60
        while len(self.acked) < acked:
            assert time.monotonic() < deadline, self.broken
            time.sleep(0.02)


@pytest.fixture
def cast(transactional_db: None, var: Path) -> Cast:
    row = County.objects.create(id=A, code=str(A), name="天长市", joined_at=timezone.now())
    made = build_cast(row)
    with_trail(made)
    return made


@pytest.fixture(autouse=True)
def _only_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only meaningful on SQLite")


def run(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A program of ours on the installation in this folder."""
    env = child_environment(folder, f"sqlite:///{folder}/shanzhi.sqlite3")
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=env, input=stdin, capture_output=True, text=True, check=False
    )


def test_nothing_acknowledged_is_lost_and_nothing_is_torn(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PAGES", 16)
    said: list[str] = []

    def slowly(sentence: str) -> None:
        said.append(sentence)
        time.sleep(0.1)  # people go on while the database is copied

    with Reporters(cast) as writers:
        writers.wait_for(15)
        seal_county(A, at=timezone.now())
        before = dict(writers.acked)
        made = make_backup(tmp_path / "b", at=timezone.now(), keep=3, with_files=True, say=slowly)
        during = len(writers.acked) - len(before)
        seal_county(A, at=timezone.now())  # after the snapshot: not in the backup, and no sign of tampering
        writers.wait_for(len(writers.acked) + 3)
    assert writers.broken == []
    assert during >= 3, "nobody wrote while the backup was made"
    assert "数据库：50%" in said

    fresh = tmp_path / "fresh"
    restored = run(fresh, "manage.py", "restore", str(tmp_path / "b"))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "全部相符" in restored.stdout
    book = json.dumps({"sent": sorted(writers.sent), "acked": before})
    checked = run(fresh, "-m", "tests.killing", "check", stdin=book)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr
    rows = sqlite.ask(fresh / "shanzhi.sqlite3", "SELECT county_id, id FROM files_storedfile")
    assert len(rows) >= len(before)
    for number, file in rows:
        folder = fresh / "files" / str(number) / f"{(file >> 32) % 256:02x}"
        assert (folder / f"{file}.whole").stat().st_size
        assert (folder / f"{file}.thumb").stat().st_size
    assert len(read_list(made)) >= 2 * len(rows)


def test_what_is_there_is_moved_aside_only_if_asked(
    cast: Cast, tmp_path: Path, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Reporters(cast) as writers:
        writers.wait_for(2)
    seal_county(A, at=timezone.now())
    made = make_backup(tmp_path / "b", at=timezone.now(), keep=None, with_files=True, say=lambda _: None)
    monkeypatch.setattr(restoring, "_database", lambda: var / "shanzhi.sqlite3")
    shutil.copy(made / sqlite.DATABASE, var / "shanzhi.sqlite3")
    (var / "files/of-now").write_text("1")
    wanted = Wanted(tmp_path / "b", timezone.now())
    with pytest.raises(Refused, match="已经有内容，没有恢复"):
        restoring.restore(wanted, say=print)
    said: list[str] = []
    assert restoring.restore(replace(wanted, replace=True), say=said.append)
    assert "全部相符" in said[-1]
    aside = next(var.glob("replaced-*"))
    assert {path.name for path in aside.iterdir()} == {"shanzhi.sqlite3", "files", "seals"}
    assert (aside / "files/of-now").exists()
    assert not (var / "files/of-now").exists()
    assert sorted(path.relative_to(var).as_posix() for path in kept(var / "files")) == sorted(read_list(made))


def test_a_second_backup_links_what_did_not_change_and_old_ones_go_last(cast: Cast, tmp_path: Path) -> None:
    with Reporters(cast) as writers:
        writers.wait_for(3)
    at = timezone.now()
    made = [
        make_backup(tmp_path / "b", at=at + timedelta(seconds=n), keep=2, with_files=True, say=lambda _: None)
        for n in range(3)
    ]
    assert [path.exists() for path in made] == [False, True, True]
    first, second = (read_list(path) for path in made[1:])
    assert first == second
    name = next(iter(first))
    assert (made[1] / name).stat().st_ino == (made[2] / name).stat().st_ino
    assert (made[2] / name).stat().st_ino != (Path(django_settings.VAR_DIR) / name).stat().st_ino
    listed = subprocess.run(["sha256sum", "-c", "--quiet", "files.sha256"], cwd=made[2], check=False)
    assert listed.returncode == 0


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.unlink()  # hard links of other backups keep theirs
    path.write_bytes(data)


def test_a_damaged_backup_is_refused_and_nothing_is_changed(cast: Cast, tmp_path: Path, var: Path) -> None:
    with Reporters(cast) as writers:
        writers.wait_for(2)
    seal_county(A, at=timezone.now())
    made = make_backup(tmp_path / "b", at=timezone.now(), keep=None, with_files=True, say=lambda _: None)
    before = {path: path.stat().st_mtime_ns for path in var.rglob("*")}
    for what in (sqlite.DATABASE, "files", "files.sha256", "seals", "manifest.json"):
        copy = tmp_path / "damaged" / made.name
        shutil.copytree(made, copy)
        whole = copy / what
        _flip(next(path for path in sorted(whole.rglob("*")) if path.is_file()) if whole.is_dir() else whole)
        with pytest.raises(Refused, match="请换一份备份"):
            restoring.restore(Wanted(copy.parent, timezone.now(), replace=True), say=print)
        shutil.rmtree(copy)
    assert {path: path.stat().st_mtime_ns for path in var.rglob("*")} == before
    assert restoring.restore(Wanted(made, timezone.now(), replace=True, dry_run=True), say=print)
    assert {path: path.stat().st_mtime_ns for path in var.rglob("*")} == before


def test_a_full_disk_leaves_the_old_backups(cast: Cast, small_disk: Path) -> None:
    """A real one, of a few megabytes: the second backup does not fit, the first is as whole as before."""
    with Reporters(cast) as writers:
        writers.wait_for(2)
    call_command("backup", str(small_disk / "b"), "--keep", "1")
    kept = {path.name for path in (small_disk / "b").iterdir()}
    time.sleep(1)
    for room in (600_000, 100_000):  # in the middle of the database, and before anything
        (small_disk / "ballast").write_bytes(b"x" * (shutil.disk_usage(small_disk).free - room))
        with pytest.raises(CommandError, match="以前的备份都在"):
            call_command("backup", str(small_disk / "b"), "--keep", "1")
        (small_disk / "ballast").unlink()
        assert {path.name for path in (small_disk / "b").iterdir()} == kept
    call_command("restore", str(small_disk / "b"), "--dry-run", "--replace")


def test_a_running_system_is_not_overwritten(cast: Cast, var: Path, tmp_path: Path) -> None:
    """Whoever makes ids holds the lock of a node, as the web server and the worker do."""
    make_backup(tmp_path / "b", at=timezone.now(), keep=None, with_files=True, say=lambda _: None)
    lease = ids._lease(var / "nodes", 0, 3)
    with pytest.raises(CommandError, match="还在运行"):
        call_command("restore", str(tmp_path / "b"), "--replace")
    lease.file.close()
    assert not somebody_runs(var)


def test_a_backup_beside_a_backup_is_refused(cast: Cast, tmp_path: Path) -> None:
    def meanwhile(_: str) -> None:
        with pytest.raises(Refused, match="还在进行"):
            make_backup(tmp_path / "b", at=timezone.now(), keep=None, with_files=False, say=lambda _: None)

    make_backup(tmp_path / "b", at=timezone.now(), keep=None, with_files=False, say=meanwhile)


def small_disk_of(folder: Path, megabytes: int) -> Any:
    folder.mkdir()
    return subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)], capture_output=True, check=False
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    if small_disk_of(folder, 32).returncode:
        pytest.skip("a small disk can be made as root only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
