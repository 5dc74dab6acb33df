"""`make run`: two children are watched, none is left behind, and what goes wrong is said in words."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev import run
from dev.environment import Problem
from dev.run import Child

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
FAMILY = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"


@pytest.fixture
def children() -> Iterator[list[Child]]:
    started: list[Child] = []
    yield started
    for child in started:
        child.end()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def soon(question: object, seconds: float = 10) -> bool:
    assert callable(question)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.05)
    return False


def test_on_sqlite_one_process_writes_and_on_postgresql_two_serve() -> None:
    def workers(database: str) -> str:
        command = run.web_command("127.0.0.1", 8000, database)
        return command[command.index("--workers") + 1]

    assert workers("") == workers("sqlite:///var/x.sqlite3") == "1"
    assert workers("postgresql://shanzhi_app@/shanzhi") == "2"
    assert "--respawn-failed-workers" in run.web_command("127.0.0.1", 8000, "")


def test_a_port_in_use_is_noticed_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert run.main(["--port", str(number)]) == 1
    assert "try make run PORT=" in capsys.readouterr().err


def test_it_answers_under_its_own_names_only() -> None:
    assert run.hosts("127.0.0.1") == "127.0.0.1,localhost,[::1]"
    assert "*" not in run.hosts("0.0.0.0")
    assert socket.gethostname() in run.hosts("0.0.0.0").split(",")
    assert "[fd00::5]" in run.hosts("fd00::5").split(",")


def test_ending_a_child_ends_its_family(children: list[Child], tmp_path: Path) -> None:
    said = tmp_path / "said"
    child = Child("worker", ["sh", "-c", f'exec "{sys.executable}" -c "{FAMILY}" > {said}'], dict(os.environ))
    children.append(child)
    assert soon(lambda: said.exists() and said.read_text().strip())
    grandchild = int(said.read_text())
    assert alive(grandchild)
    child.end()
    assert child.dead()
    assert soon(lambda: not alive(grandchild))


def test_a_worker_that_dies_is_started_again(children: list[Child], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.time, "sleep", lambda seconds: None)
    child = Child("worker", SLEEP, dict(os.environ))
    children.append(child)
    first = child.process.pid
    child.process.kill()
    child.process.wait()
    child.start_again()
    assert child.process.pid != first
    assert not child.dead()


def test_a_worker_that_can_not_live_ends_the_run(children: list[Child], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.time, "sleep", lambda seconds: None)
    child = Child("worker", ["false"], dict(os.environ))
    children.append(child)
    with pytest.raises(Problem, match="5 times in a row"):
        for _ in range(run.QUICK_DEATHS):
            child.process.wait()
            child.start_again()


def test_a_web_server_that_ends_is_reported(children: list[Child], port: int) -> None:
    web, worker = Child("web server", ["false"], dict(os.environ)), Child("worker", SLEEP, dict(os.environ))
    children += [web, worker]
    with pytest.raises(Problem, match="the web server ended"):
        run.watch(web, worker, "127.0.0.1", port)


def test_the_address_is_shown_when_it_answers(
    children: list[Child], port: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    serves = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    web, worker = Child("web server", serves, dict(os.environ)), Child("worker", SLEEP, dict(os.environ))
    children += [web, worker]
    slept = time.sleep

    def sleep(seconds: float) -> None:
        """A half-second pause means that the address was shown: then the server goes."""
        if seconds >= 0.5:
            web.process.kill()
            web.process.wait()
        slept(0.05)

    monkeypatch.setattr(run.time, "sleep", sleep)
    with pytest.raises(Problem):
        run.watch(web, worker, "127.0.0.1", port)
    assert f"http://127.0.0.1:{port}/" in capsys.readouterr().out


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_it_ends_no_child_stays(how: signal.Signals, tmp_path: Path, port: int) -> None:
    """The run of a stand-in system: its web server and its worker sleep."""
    script = tmp_path / "stand_in.py"
    script.write_text(
        "import sys\n"
        "from dev import run\n"
        f"sleep = {SLEEP!r}\n"
        "run.prepare = lambda dev: None\n"
        "run.run = lambda command, env=None: None\n"
        "run.web_command = lambda *arguments: sleep\n"
        "start = run.Child.start\n"
        "def spy(child):\n"
        "    child.command = sleep\n"
        "    start(child)\n"
        "    print(child.process.pid, flush=True)\n"
        "run.Child.start = spy\n"
        f"sys.exit(run.main(['--port', '{port}']))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(run.ROOT)}
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    found = [int(process.stdout.readline()) for _ in range(2)]
    assert all(alive(one) for one in found)
    process.send_signal(how)
    assert process.wait(20) == (-how if how == signal.SIGKILL else 0)
    assert soon(lambda: not any(alive(one) for one in found))
    process.stdout.close()
