"""Installing and building happen once, and again when what they are made from changed; locks name no address."""

import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from dev import environment, lock
from dev.environment import Problem, digest, fresh, mark
from tests.source import ROOT

ADDRESS = re.compile(r"https?://|--index-url|--extra-index-url|--find-links|\bfile:|\bresolved\b", re.IGNORECASE)
LOCKS = ["runtime.in", "runtime.txt", "dev.in", "dev.txt", "node.in", "node.txt"]


class Recorder:
    """Stands in for running programs, and keeps what would have run."""

    def __init__(self) -> None:
        self.ran: list[list[str]] = []

    def __call__(self, command: Sequence[str | Path], **options: object) -> None:
        self.ran.append([Path(str(part)).name if str(part).startswith("/") else str(part) for part in command])


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout with a lock of each kind and one front-end source."""
    (tmp_path / "requirements").mkdir()
    for name in ("runtime", "dev", "node"):
        (tmp_path / f"requirements/{name}.txt").write_text(f"{name}==1\n")
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "package-lock.json").write_text("{}")
    source = tmp_path / "shanzhi/ui/frontend/main.js"
    source.parent.mkdir(parents=True)
    source.write_text("1;")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "REQUIREMENTS", tmp_path / "requirements")
    monkeypatch.setattr(environment, "node_on_path", lambda: True)
    return tmp_path


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    found = Recorder()
    monkeypatch.setattr(environment, "run", found)
    return found


def test_a_digest_sees_contents_names_and_what_is_missing(tmp_path: Path) -> None:
    one = tmp_path / "one"
    seen = {digest([one])}
    for change in (lambda: one.write_text("a"), lambda: one.write_text("b"), lambda: one.rename(tmp_path / "two")):
        change()
        seen.add(digest([tmp_path]))
    assert len(seen) == 4
    assert digest([tmp_path]) == digest([tmp_path])
    assert digest([tmp_path], "3.11") != digest([tmp_path], "3.12")


def test_a_stamp_holds_for_its_value_only(tmp_path: Path) -> None:
    stamp = tmp_path / "below/stamp"
    assert not fresh(stamp, "a")
    mark(stamp, "a")
    assert fresh(stamp, "a")
    assert not fresh(stamp, "b")


def test_requirements_are_installed_once_with_hashes(house: Path, recorder: Recorder) -> None:
    environment.install("runtime")
    environment.install("runtime")
    assert len(recorder.ran) == 1
    assert "--require-hashes" in recorder.ran[0]
    (house / "requirements/runtime.txt").write_text("runtime==2\n")
    environment.install("runtime")
    assert len(recorder.ran) == 2


def test_what_the_tests_need_contains_what_the_system_needs(house: Path, recorder: Recorder) -> None:
    environment.install("dev")
    environment.install("runtime")
    assert len(recorder.ran) == 1


def test_a_failed_installation_is_tried_again(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise Problem("no network")

    monkeypatch.setattr(environment, "run", fail)
    with pytest.raises(Problem):
        environment.install("runtime")
    recorder = Recorder()
    monkeypatch.setattr(environment, "run", recorder)
    environment.install("runtime")
    assert len(recorder.ran) == 1


def test_the_front_end_is_built_when_a_source_changed(house: Path, recorder: Recorder) -> None:
    built = house / "shanzhi/ui/static/ui/dist"
    built.mkdir(parents=True)
    environment.build_front_end()
    environment.build_front_end()
    assert [line[1] for line in recorder.ran] == ["ci", "run"]
    (house / "shanzhi/ui/frontend/main.js").write_text("2;")
    environment.build_front_end()
    assert [line[1] for line in recorder.ran] == ["ci", "run", "run"]
    built.rmdir()
    environment.build_front_end()
    assert len(recorder.ran) == 4


def test_without_node_one_is_installed_from_its_lock(
    house: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "node_on_path", lambda: False)
    environment.build_front_end()
    assert recorder.ran[0][-1] == "node.txt"
    assert "--require-hashes" in recorder.ran[0]


def test_node_must_be_new_enough_and_come_with_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setenv("PATH", str(tmp_path))

    def program(name: str, says: str) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\necho {says}\n")
        (tmp_path / name).chmod(0o755)

    assert not environment.node_on_path()
    program("node", "v22.3.0")
    assert not environment.node_on_path()
    program("npm", "10.0.0")
    assert environment.node_on_path()
    program("node", "v12.22.0")
    assert not environment.node_on_path()


def test_an_incomplete_venv_names_the_package(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian splits ensurepip off into a package of its own."""
    monkeypatch.setattr(environment, "PYTHON", house / ".venv/bin/python")
    broken = house / "python"
    broken.write_text("#!/bin/sh\necho ensurepip is not available; exit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(Problem, match="apt-get install -y python3-venv"):
        environment.ensure_venv()
    assert not (house / ".venv").exists()


def test_an_old_python_is_refused_in_words(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "OLDEST_PYTHON", (9, 0))
    with pytest.raises(Problem, match=r"Python 9\.0 or newer is needed"):
        environment.ensure_venv()


def test_a_failing_program_says_what_it_said() -> None:
    with pytest.raises(Problem, match=r"`sh -c.*failed \(3\)\s+no disk"):
        environment.run(["sh", "-c", "echo no disk; exit 3"], env=dict(os.environ), quiet=True)


def test_our_programs_see_the_virtual_environment_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    found = environment.environment(EXTRA="1")
    assert found["PATH"].split(os.pathsep)[0] == str(environment.VENV / "bin")
    assert found["EXTRA"] == "1"
    assert "PYTHONPATH" not in found


@pytest.mark.parametrize("name", LOCKS)
def test_requirements_name_no_address(name: str) -> None:
    assert not ADDRESS.search((ROOT / "requirements" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt", "node.txt"])
def test_every_locked_requirement_has_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements" / name).read_text(encoding="utf-8"))
    bare = [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
    assert not bare


def test_the_tests_run_what_production_runs() -> None:
    def versions(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return dict(re.findall(r"^([\w.-]+(?:\[[\w,]+\])?)==(\S+)", text, re.MULTILINE))

    runtime, dev = versions("runtime.txt"), versions("dev.txt")
    assert {name: dev.get(name) for name in runtime} == runtime


def test_the_lock_of_npm_names_no_address_and_has_hashes() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert not ADDRESS.search(text)
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())


def test_locking_takes_addresses_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = {"version": "1.0.0", "resolved": "somewhere", "integrity": "sha512-x", "funding": {"url": "elsewhere"}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": {"node_modules/a": package}}))
    monkeypatch.setattr(lock, "ROOT", tmp_path)
    monkeypatch.setattr(lock, "run", Recorder())
    lock.lock_node()
    kept = json.loads((tmp_path / "package-lock.json").read_text())["packages"]["node_modules/a"]
    assert kept == {"version": "1.0.0", "integrity": "sha512-x"}


def test_locking_asks_for_hashes_and_no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    monkeypatch.setattr(lock, "run", recorder)
    lock.lock_python("runtime")
    assert {"--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--universal"} <= set(recorder.ran[0])
