"""`make test` and `make check`: nothing shrinks silently, and one failure makes the whole fail."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from dev import bench, check, packages, test
from dev.environment import Problem
from dev.packages import PACKAGES, Package
from dev.test import Stage

POSTGRES = next(package for package in PACKAGES if package.apt == "postgresql")
CHROMIUM = next(package for package in PACKAGES if package.apt == "chromium")
ATOMIC = next(package for package in PACKAGES if package.apt == "libatomic1")
OK = check.Outcome("types", 0, "", 1.0)


class Suite:
    """Stands in for pytest: keeps the stages and fails those that are named."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing
        self.ran: list[tuple[str, bool]] = []

    def __call__(self, stage: Stage, env: dict[str, str], extra: Sequence[str]) -> None:
        self.ran.append((stage.name, "SHANZHI_DATABASE" in env))
        stage.failed = stage.name in self.failing
        stage.summary = "1 failed in 0.1s" if stage.failed else "2 passed in 0.1s"


@pytest.fixture
def suite(monkeypatch: pytest.MonkeyPatch) -> Suite:
    found = Suite("tests on SQLite")
    monkeypatch.setattr(test, "run_stage", found)
    monkeypatch.setattr(test, "prepare", lambda dev: None)
    monkeypatch.setattr(test, "check", lambda: [OK])
    monkeypatch.delenv("PYTEST_ARGS", raising=False)
    return found


class NoCluster:
    """A cluster that is not started."""

    environment = {"SHANZHI_DATABASE": "postgresql://", "SHANZHI_DATABASE_OWNER": "postgresql://"}

    def __enter__(self) -> "NoCluster":
        return self

    def __exit__(self, *exc: object) -> None:
        return


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test, "PrivateCluster", NoCluster)


def test_a_failing_stage_fails_the_whole_and_the_others_still_run(
    suite: Suite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(test, "missing_packages", list)
    assert test.main() == 1
    assert suite.ran == [
        ("tests on SQLite", False),
        ("browser on SQLite", False),
        ("tests on PostgreSQL", True),
        ("browser on PostgreSQL", True),
    ]
    said = capsys.readouterr().out.strip().splitlines()
    assert len([line for line in said if "2 passed" in line]) == 3
    assert said[-1].endswith("2 passed in 0.1s")


def test_all_well_is_zero(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    suite.failing = ()
    monkeypatch.setattr(test, "missing_packages", list)
    assert test.main() == 0


def test_a_failing_check_fails_the_whole(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    suite.failing = ()
    monkeypatch.setattr(test, "missing_packages", list)
    monkeypatch.setattr(test, "check", lambda: [OK, check.Outcome("style", 1, "bad", 1.0)])
    assert test.main() == 1
    assert len(suite.ran) == 4


@pytest.mark.parametrize(
    ("missing", "stages"),
    [
        ([POSTGRES], ["tests on SQLite", "browser on SQLite"]),
        ([CHROMIUM], ["tests on SQLite", "tests on PostgreSQL"]),
        ([ATOMIC], ["tests on SQLite", "tests on PostgreSQL"]),
        ([CHROMIUM, POSTGRES], ["tests on SQLite"]),
    ],
)
def test_what_is_missing_is_left_out_and_named(
    missing: list[Package],
    stages: list[str],
    suite: Suite,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(test, "missing_packages", lambda: missing)
    test.main()
    said = capsys.readouterr().out
    assert [name for name, _ in suite.ran] == stages
    for package in missing:
        assert f"NOT RUN: {package.tests}: {package.apt} is not installed" in said
    assert packages.apt_line(missing) in said


def test_an_environment_that_can_not_be_made_is_said(
    suite: Suite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(dev: bool) -> None:
        raise Problem("as root: apt-get install -y python3-venv")

    monkeypatch.setattr(test, "prepare", fail)
    assert test.main() == 1
    assert "python3-venv" in capsys.readouterr().err
    assert suite.ran == []


@pytest.mark.parametrize(
    ("line", "summary"),
    [
        (
            "==== 3 failed, 512 passed, 2 warnings in 80.20s (0:01:20) ====",
            "3 failed, 512 passed, 2 warnings in 80.20s",
        ),
        ("512 passed in 80.20s", "512 passed in 80.20s"),
        ("1 error in 0.01s", "1 error in 0.01s"),
        ("no tests ran in 0.01s", "no tests ran in 0.01s"),
        ("7 deselected in 0.01s", "7 deselected in 0.01s"),
    ],
)
def test_the_last_line_of_pytest_is_recognised(line: str, summary: str) -> None:
    found = test.SUMMARY.match(line)
    assert found
    assert found.group(1).startswith(summary)


def test_other_lines_are_not() -> None:
    assert not test.SUMMARY.match("tests/test_house.py ....... [ 12%]")


@pytest.mark.parametrize(
    ("code", "extra", "failed"),
    [("0", [], False), ("1", [], True), ("5", [], True), ("5", ["-k", "name"], False), ("2", ["-k", "name"], True)],
)
def test_a_stage_fails_as_pytest_does(
    code: str, extra: list[str], failed: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """A selection that is empty on one database is no failure; an empty suite is."""
    script = f"print('12 passed in 3.4s'); raise SystemExit({code})"
    monkeypatch.setattr(test, "COMMAND", [sys.executable, "-c", script])
    stage = Stage("tests on SQLite", [])
    test.run_stage(stage, {}, extra)
    assert stage.failed is failed
    assert stage.summary == "12 passed in 3.4s"


def test_a_stage_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test, "STAGE_SECONDS", 0.5)
    monkeypatch.setattr(test, "COMMAND", [sys.executable, "-c", "import time; time.sleep(60)"])
    stage = Stage("tests on SQLite", [])
    test.run_stage(stage, {}, [])
    assert stage.failed
    assert stage.seconds < 30


def test_only_marked_journeys_run_a_second_time() -> None:
    assert [stage.chosen[1] for stage in test.stages("SQLite")] == ["not browser", "browser"]
    assert [stage.chosen[1] for stage in test.stages("PostgreSQL")] == ["not browser", "browser and both"]
    assert ["loadfile" in stage.chosen for stage in test.stages("SQLite")] == [False, True]


def test_checks_all_run_and_the_failing_one_speaks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fails = [sys.executable, "-c", "print('line 7 is wrong'); raise SystemExit(1)"]
    monkeypatch.setattr(check, "commands", lambda: {"types": fails, "style": [sys.executable, "-c", "print('fine')"]})
    monkeypatch.setattr(check, "prepare", lambda dev: None)
    assert check.main() == 1
    said = capsys.readouterr().out
    assert "line 7 is wrong" in said
    assert "fine" not in said
    assert "FAILED  types" in said
    assert "ok      style" in said


def test_the_checks_of_the_house_are_all_there() -> None:
    assert set(check.commands()) >= {"types", "migrations", "layers", "style", "format"}


def test_as_root_missing_packages_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    present: list[str] = []
    package = Package("thing", lambda: bool(present), "things")

    def install(command: list[str], **options: object) -> None:
        present.extend(command[-1:] if command[1] == "install" else [])

    monkeypatch.setattr(packages, "PACKAGES", (package,))
    monkeypatch.setattr(packages.os, "geteuid", lambda: 0)
    monkeypatch.setattr(packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", install)
    assert packages.missing_packages() == []
    assert present == ["thing"]


def test_others_are_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    package = Package("thing", lambda: False, "things")
    monkeypatch.setattr(packages, "PACKAGES", (package,))
    monkeypatch.setattr(packages.os, "geteuid", lambda: 1000)
    assert packages.missing_packages() == [package]


def test_a_browser_that_does_not_start_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ubuntu's chromium package is a stub that asks for its snap."""
    monkeypatch.setattr(packages.shutil, "which", lambda name: "/bin/false" if name == "chromium-browser" else None)
    assert packages.browser() is None


def test_bench_says_what_it_needs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(dev: bool) -> None:
        raise Problem("no network")

    monkeypatch.setattr(bench, "prepare", fail)
    assert bench.main(["--only", "case_create"]) == 1
    assert "no network" in capsys.readouterr().err
