"""The private PostgreSQL cluster: quick, closed to others, with the roles of production, and gone afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from dev import cluster
from dev.cluster import NoPostgres, PrivateCluster, Urls
from tests.source import ROOT

SCRIPT = str(ROOT / "dev/cluster.py")


def installed() -> bool:
    try:
        cluster.server_programs()
    except NoPostgres:
        return False
    return True


needs_postgres = pytest.mark.skipif(not installed(), reason="PostgreSQL is not installed")


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(question.encode()).fetchall()


def folder_of(urls: Urls) -> Path:
    return Path(parse_qs(urlsplit(urls.app).query)["host"][0])


@pytest.fixture(scope="module")
def urls() -> Iterator[Urls]:
    with PrivateCluster() as found:
        yield found


@needs_postgres
def test_the_applications_role_can_do_nothing_special(urls: Urls) -> None:
    rights = "rolsuper, rolbypassrls, rolinherit, rolcreatedb, rolcreaterole"
    assert ask(urls.app, f"SELECT {rights} FROM pg_roles WHERE rolname = current_user") == [(False,) * 5]


@needs_postgres
def test_the_applications_role_owns_nothing_and_makes_nothing(urls: Urls) -> None:
    assert ask(urls.app, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shanzhi'") == [
        ("shanzhi_owner",)
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(urls.app) as connection:
        connection.execute("CREATE TABLE mine (id int)")


@needs_postgres
def test_the_cross_county_role_is_only_had_by_asking_for_it(urls: Urls) -> None:
    assert ask(urls.superuser, "SELECT rolcanlogin, rolbypassrls FROM pg_roles WHERE rolname = 'shanzhi_cross'") == [
        (False, False)
    ]
    with psycopg.connect(urls.app) as connection:
        connection.execute("SET LOCAL ROLE shanzhi_cross")
        assert connection.execute("SELECT current_user").fetchone() == ("shanzhi_cross",)


@needs_postgres
def test_the_owner_makes_databases_in_which_full_text_search_is_leakproof(urls: Urls) -> None:
    ask_made = "SELECT proleakproof FROM pg_proc WHERE proname = 'ts_match_vq'"
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        connection.execute("CREATE DATABASE made_by_owner")
    assert ask(urls.owner.replace("/shanzhi?", "/made_by_owner?"), ask_made) == [(True,)]


@needs_postgres
def test_text_is_utf8_and_sorts_by_code_point(urls: Urls) -> None:
    assert ask(urls.app, "SHOW server_encoding") == [("UTF8",)]
    assert ask(urls.app, "SELECT x FROM (VALUES ('b'), ('B'), ('a')) v(x) ORDER BY x") == [("B",), ("a",), ("b",)]


@needs_postgres
def test_it_listens_on_a_socket_in_a_closed_folder_only(urls: Urls) -> None:
    assert ask(urls.app, "SHOW listen_addresses") == [("",)]
    assert folder_of(urls).stat().st_mode & 0o077 == 0


@needs_postgres
def test_the_server_does_not_run_as_root(urls: Urls) -> None:
    assert Path(f"/proc/{urls.postmaster}").stat().st_uid != 0


@needs_postgres
def test_it_is_quick_and_nothing_is_left() -> None:
    began = time.monotonic()
    with PrivateCluster() as found:
        folder = folder_of(found)
        assert folder.is_dir()
    assert time.monotonic() - began < 20, "about one second on an idle machine"
    assert not folder.exists()
    assert not Path(f"/proc/{found.postmaster}").exists()


@needs_postgres
def test_for_measurements_it_really_writes_to_disk() -> None:
    with PrivateCluster(durable=True) as found:
        settings = [
            ask(found.app, f"SHOW {name}")[0][0] for name in ("fsync", "synchronous_commit", "full_page_writes")
        ]
    assert settings == ["on", "on", "on"]


@needs_postgres
def test_kept_data_is_there_the_next_time() -> None:
    # Not pytest's folder: as root the server runs as another user, who may not enter it.
    with PrivateCluster() as parent:
        keep = folder_of(parent).with_name(folder_of(parent).name + "-kept")
    try:
        with PrivateCluster(keep=keep) as found, psycopg.connect(found.owner, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        with PrivateCluster(keep=keep) as found:
            assert ask(found.owner, "SELECT n FROM kept") == [(7,)]
    finally:
        subprocess.run(["rm", "-rf", str(keep)], check=True)


@needs_postgres
def test_the_command_gets_both_addresses_and_its_exit_is_ours() -> None:
    probe = "import os, sys; print(os.environ['SHANZHI_DATABASE'], os.environ['SHANZHI_DATABASE_OWNER']); sys.exit(5)"
    done = subprocess.run([sys.executable, SCRIPT, "--", sys.executable, "-c", probe], capture_output=True, text=True)
    assert done.returncode == 5
    app, owner = done.stdout.split()
    assert app.startswith("postgresql://shanzhi_app@/shanzhi?")
    assert owner.startswith("postgresql://shanzhi_owner@/shanzhi?")


@needs_postgres
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_run_leaves_no_server_behind(how: signal.Signals) -> None:
    waits = ["sh", "-c", 'echo "$SHANZHI_DATABASE"; exec sleep 20']
    process = subprocess.Popen([sys.executable, SCRIPT, "--", *waits], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    folder = Path(parse_qs(urlsplit(process.stdout.readline().strip()).query)["host"][0])
    server = int((folder / "data/postmaster.pid").read_text().split()[0])
    process.send_signal(how)
    process.wait(30)
    deadline = time.monotonic() + 30
    while Path(f"/proc/{server}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{server}").exists()
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    process.stdout.close()


def test_without_postgresql_the_line_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise NoPostgres("PostgreSQL is not installed; as root: apt-get install -y postgresql")

    monkeypatch.setattr(cluster, "server_programs", missing)
    assert cluster.main(["--", "true"]) == 3


def test_root_hands_the_server_to_another_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert cluster.unprivileged()["user"] != 0
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert cluster.unprivileged() == {}


def test_signals_become_exits_and_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as left, cluster.ended_by([signal.SIGTERM]):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)
    assert left.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before
