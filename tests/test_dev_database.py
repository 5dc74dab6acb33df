"""What `make run` does to the database and the static files: only what is needed, and never to people's data."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from pytest_django.fixtures import Settings

from dev import database, environment


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the commands that would have run."""
    names: list[str] = []
    monkeypatch.setattr(database, "call_command", lambda name, **options: names.append(name))
    return names


@pytest.fixture
def files(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """One folder of static files, and nothing collected yet."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.css").write_text("a{}")
    settings.VAR_DIR = tmp_path / "var"
    settings.STATIC_ROOT = tmp_path / "var/static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source]
    finders.get_finder.cache_clear()
    yield source
    finders.get_finder.cache_clear()


def collected(settings: Settings) -> None:
    """As the command leaves it behind."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def test_static_files_are_collected_once(files: Path, called: list[str], settings: Settings) -> None:
    database.collect_static()
    collected(settings)
    database.collect_static()
    assert called == ["collectstatic"]


def test_static_files_are_collected_again_after_a_change(files: Path, called: list[str], settings: Settings) -> None:
    database.collect_static()
    collected(settings)
    (files / "one.css").write_text("a{color:red}")
    database.collect_static()
    (files / "two.css").write_text("b{}")
    database.collect_static()
    assert called == ["collectstatic"] * 3


def test_static_files_are_collected_again_when_they_are_gone(files: Path, called: list[str]) -> None:
    database.collect_static()
    database.collect_static()
    assert called == ["collectstatic"] * 2


def test_the_stamp_depends_on_how_files_are_stored(files: Path, settings: Settings) -> None:
    before = database.static_state()
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "elsewhere"}}
    assert database.static_state() != before


def test_the_demo_is_loaded_into_an_empty_database_only(
    called: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One county is enough: from then on the data are somebody's."""
    there = False

    class Counties:
        def exists(self) -> bool:
            return there

    monkeypatch.setattr(database.apps, "get_model", lambda app, name: SimpleNamespace(_default_manager=Counties()))
    database.load_demo()
    assert called == ["demo"]
    assert "demo" in capsys.readouterr().out
    there = True
    database.load_demo()
    assert called == ["demo"]


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_schema_that_is_up_to_date_is_left_alone() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL the owner looks each time")
    assert not database.schema_is_behind()


@pytest.mark.postgres
@pytest.mark.django_db
def test_on_postgresql_the_owner_looks_each_time() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite there is one role")
    assert database.schema_is_behind()


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_migration_that_was_remade_is_seen(tmp_path: Path, settings: Settings) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite is set aside by itself")
    settings.VAR_DIR = tmp_path
    assert "cases.0001_initial" in database.remade()  # no stamp: nobody knows what it was made from
    stamp = tmp_path / database.MIGRATIONS
    environment.mark(stamp, json.dumps(database.digests()))
    assert database.remade() == []
    environment.mark(stamp, json.dumps({**database.digests(), "cases.0001_initial": "another"}))
    assert database.remade() == ["cases.0001_initial"]


def test_an_old_database_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "one.sqlite3"
    for tail in ("", "-wal"):
        old.with_name(old.name + tail).write_text(f"data{tail}")
    monkeypatch.setattr(database, "connection", SimpleNamespace(close=lambda: None, settings_dict={"NAME": str(old)}))
    kept = database.set_aside()
    assert not old.exists()
    assert (kept.read_text(), kept.with_name(kept.name + "-wal").read_text()) == ("data", "data-wal")


def test_the_schema_is_written_by_processes_of_the_owner(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    settings.VAR_DIR = tmp_path
    ran: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **options: ran.append(command))
    database.migrate()
    assert [command[2] for command in ran] == ["migrate", "distribute"]


def test_a_failed_migration_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise subprocess.CalledProcessError(1, ["python", "manage.py", "migrate"])

    monkeypatch.setattr(database.django, "setup", lambda: None)
    monkeypatch.setattr(database, "remade", list)
    monkeypatch.setattr(database, "schema_is_behind", lambda: True)
    monkeypatch.setattr(database.connection, "close", lambda: None)
    monkeypatch.setattr(database, "migrate", fail)
    assert database.main() == 1
    assert capsys.readouterr().err.strip() == "manage.py migrate failed; what it said stands above"


def test_settings_are_found_without_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.django, "setup", lambda: None)
    monkeypatch.setattr(database, "remade", list)
    monkeypatch.setattr(database, "schema_is_behind", lambda: False)
    for name in ("collect_static", "load_demo"):
        monkeypatch.setattr(database, name, lambda: None)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    assert database.main() == 0
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "shanzhi.config.settings"


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_first_and_a_second_start(tmp_path: Path) -> None:
    """The real thing on SQLite: a database with the demo the first time, nothing to do the second."""
    if connection.vendor != "sqlite":
        pytest.skip("it makes its own SQLite database: once is enough")
    own = {"SHANZHI_VAR": str(tmp_path), "SHANZHI_DATABASE": f"sqlite:///{tmp_path}/one.sqlite3"}
    unset = {"SHANZHI_DATABASE_OWNER", "SHANZHI_STATIC_STORAGE", "DJANGO_SETTINGS_MODULE"}
    env = {name: value for name, value in environment.environment(**own).items() if name not in unset}
    said = []
    for _ in range(2):
        command = [environment.PYTHON, "-m", "dev.database"]
        done = subprocess.run(command, cwd=environment.ROOT, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert "loading the demo" in said[0]
    assert said[1] == ""
    assert (tmp_path / "static").is_dir()
    secret = tmp_path / "keys/shanzhi_secret_key"
    assert secret.stat().st_mode & 0o077 == 0


def test_the_demo_command_exists() -> None:
    """`call_command` is given a name; this is the check that somebody answers to it."""
    with pytest.raises(SystemExit) as left:
        call_command("demo", "--help")
    assert left.value.code == 0
