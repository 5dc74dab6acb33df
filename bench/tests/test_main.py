"""The command line, and which databases it measures."""

from pathlib import Path

import pytest

from bench import __main__ as bench
from bench.__main__ import NAMES, chosen, databases
from bench.server import Broken


def test_nothing_chosen_is_everything() -> None:
    assert chosen("", NAMES) == list(NAMES)
    assert chosen(" , ", NAMES) == list(NAMES)


def test_names_are_chosen_in_our_order() -> None:
    assert chosen("divisions_import, case_create", NAMES) == ["case_create", "divisions_import"]


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"case_lost; there are case_create, .*divisions_import"):
        chosen("case_page,case_lost", NAMES)


def test_the_command_says_so_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--only", "case_lost"]) == 1
    assert "case_lost" in capsys.readouterr().err


def test_sqlite_lives_in_the_folder_of_the_run(tmp_path: Path) -> None:
    [found] = databases(tmp_path, ["sqlite"])
    assert found.app == found.owner == f"sqlite:///{tmp_path}/shanzhi.sqlite3"
    assert found.env["SHANZHI_DATABASE"] == found.app
    assert found.env["SHANZHI_VAR"] == str(tmp_path)
    assert found.env["DJANGO_SETTINGS_MODULE"] == "bench.settings"


def test_postgresql_is_the_cluster_of_make_bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANZHI_BENCH_PG", "postgresql://app@/shanzhi?host=/run/x")
    monkeypatch.setenv("SHANZHI_BENCH_PG_OWNER", "postgresql://owner@/shanzhi?host=/run/x")
    postgresql, sqlite = databases(tmp_path, ["postgresql", "sqlite"])
    assert postgresql.env["SHANZHI_DATABASE_OWNER"] == postgresql.owner == "postgresql://owner@/shanzhi?host=/run/x"
    assert sqlite.name == "sqlite"


def test_without_the_cluster_it_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHANZHI_BENCH_PG", raising=False)
    with pytest.raises(Broken, match="make bench"):
        databases(tmp_path, ["postgresql"])


def test_a_failing_command_of_manage_ends_the_run(tmp_path: Path) -> None:
    [found] = databases(tmp_path, ["sqlite"])
    with pytest.raises(Broken, match="no_such_command"):
        bench.manage(found, "no_such_command")


def test_the_import_is_not_charged_for_the_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "manage", lambda *arguments: "")
    monkeypatch.setenv("SHANZHI_BENCH_PG", "postgresql://app@/shanzhi?host=/run/x")
    postgresql, sqlite = databases(tmp_path, ["postgresql", "sqlite"])
    assert bench.apart(postgresql, tmp_path) is postgresql
    apart = bench.apart(sqlite, tmp_path)
    assert apart.app != sqlite.app
    assert apart.env["SHANZHI_DATABASE"] == apart.app
