"""`make run`: from a fresh clone to a running system with its demo, and again in seconds the next time.

Two children are kept: the web server and the background worker. A worker that dies is started again; a web server
that dies ends the run with a message. Ctrl-C ends both; if this process is killed, the kernel ends them.
"""

import argparse
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from dev.environment import PYTHON, ROOT, VENV, Problem, environment, prepare, run, say

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
DOCUMENTATION_ADDRESS = "192.0.2.1"  # RFC 5737: belongs to nobody
THREADS = 8
STOP_SECONDS = 10
QUICK_DEATH_SECONDS = 5
QUICK_DEATHS = 5


def hosts(host: str) -> str:
    """Names under which the system answers: this machine's own, and on all interfaces also its address outside."""
    names = ["127.0.0.1", "localhost", "[::1]", f"[{host}]" if ":" in host else host]
    if host in EVERYWHERE:
        names.append(socket.gethostname())
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((DOCUMENTATION_ADDRESS, 9))  # chooses a route; sends nothing
            names.append(probe.getsockname()[0])
    return ",".join(dict.fromkeys(names))


def web_command(host: str, port: int, database: str) -> list[str]:
    """SQLite has one writer at a time and its fair lock lives in one process; PostgreSQL gets two processes."""
    workers = "2" if database.startswith("postgres") else "1"
    return [
        str(VENV / "bin/granian"), "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", workers, "--blocking-threads", str(THREADS), "--respawn-failed-workers", "--no-access-log",
        "--log-level", "error", "shanzhi.config.wsgi:application",
    ]  # fmt: skip


def port_is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int) -> bool:
    """Whether the application answers, not only its port: the first page has then been made once."""
    connection = http.client.HTTPConnection(EVERYWHERE.get(host, host), port, timeout=10)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    return False


def end_with_parent() -> None:
    """In the child, before exec: ask the kernel (Linux) for SIGTERM if this process is killed."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Child:
    """A program that runs beside this one, in a process group of its own so that all of it can be ended."""

    def __init__(self, name: str, command: Sequence[str], env: dict[str, str]) -> None:
        self.name, self.command, self.env = name, command, env
        self.deaths: list[float] = []
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - this process has one thread
        )
        self.started = time.monotonic()

    def dead(self) -> bool:
        return self.process.poll() is not None

    def start_again(self) -> None:
        """Raises Problem if it died too often too soon: then the fault is not a passing one."""
        lived = time.monotonic() - self.started
        self.deaths = [*self.deaths, lived] if lived < QUICK_DEATH_SECONDS else []
        if len(self.deaths) >= QUICK_DEATHS:
            raise Problem(f"the {self.name} ended {QUICK_DEATHS} times in a row right after its start; see above")
        say(f"the {self.name} ended ({self.process.returncode}); starting it again")
        self.signal(signal.SIGKILL)  # what it had started does not know that it is gone
        time.sleep(len(self.deaths))
        self.start()

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def end(self) -> None:
        """Asks first; what is left after ten seconds is killed."""
        with suppress(ProcessLookupError):
            self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self.signal(signal.SIGKILL)
        self.process.wait()


def watch(web: Child, worker: Child, host: str, port: int) -> None:
    """Until the web server ends, which raises Problem, or a signal does."""
    announced = False
    while True:
        time.sleep(0.1 if not announced else 0.5)
        if web.dead():
            raise Problem(f"the web server ended ({web.process.returncode})")
        if worker.dead():
            worker.start_again()
        if not announced and answers(host, port):
            announced = True
            there = EVERYWHERE.get(host, host)
            shown = f"[{there}]" if ":" in there else there
            print(f"\n  善治已启动 / ready: http://{shown}:{port}/    Ctrl-C 结束 / ends it\n", flush=True)


def messages() -> dict[str, str]:
    """Every channel is open and writes into var/messages, unless the environment says otherwise."""
    names = ("SHANZHI_SMS", "SHANZHI_WECHAT", "SHANZHI_DINGTALK", "SHANZHI_EMAIL")
    return {name: os.environ.get(name) or "file" for name in names}


def serve(host: str, port: int) -> None:
    env = environment(SHANZHI_HOSTS=os.environ.get("SHANZHI_HOSTS") or hosts(host), **messages())
    run([PYTHON, "-m", "dev.database"], env=env)
    web = Child("web server", web_command(host, port, env.get("SHANZHI_DATABASE", "")), env)
    worker = Child("background worker", [str(PYTHON), "manage.py", "worker"], env)
    try:
        watch(web, worker, host, port)
    finally:
        # A second Ctrl-C must not leave one of them behind.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in (web, worker):
            with suppress(ProcessLookupError):
                child.process.terminate()
        for child in (web, worker):
            child.end()


def leave(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Start the system with its demo.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # also if the shell told us to ignore one
        signal.signal(number, leave)
    try:
        if not port_is_free(options.host, options.port):
            raise Problem(f"port {options.port} on {options.host} is in use or not ours; try make run PORT=8001")
        prepare(dev=False)
        serve(options.host, options.port)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
