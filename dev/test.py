"""`make test`: the checks, then the whole suite on SQLite and on a private PostgreSQL cluster.

A stage that fails does not stop those after it; the exit says whether one failed. What could not run for want of a
program is named at the end, loudly, because a suite that silently shrinks proves less than it says.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from dev.check import check
from dev.cluster import PrivateCluster, ended_by
from dev.environment import PYTHON, ROOT, Problem, environment, prepare
from dev.packages import BROWSER_TESTS, POSTGRES_TESTS, Package, apt_line, browser, missing_packages

# PostgreSQL answers in processes of its own: while it does, a worker waits, and a third one uses that time.
WORKERS = {"SQLite": 2, "PostgreSQL": 3}
STAGE_SECONDS: float = 55 * 60
COMMAND = [str(PYTHON), "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"]
NOTHING_COLLECTED = 5
SUMMARY = re.compile(
    r"^(?:=+ )?((?:no tests ran|\d+ (?:passed|failed|errors?|skipped|deselected)).* in [\d.]+s.*?)(?: =+)?$"
)
BY_FILE = ["-n", "2", "--dist", "loadfile"]


@dataclass
class Stage:
    """One run of pytest. `chosen` are its arguments; the outcome is filled in by `run_stage`."""

    name: str
    chosen: list[str]
    failed: bool = False
    summary: str = "did not end with a summary"
    seconds: float = 0.0


def stages(database: str) -> list[Stage]:
    """On PostgreSQL only the journeys that are marked so are driven through the browser a second time.

    Two browsers with a system each share the files of journeys; the few on PostgreSQL need one.
    """
    few = database != "SQLite"
    browsers = ["-m", "browser and both"] if few else ["-m", "browser", *BY_FILE]
    return [
        Stage(f"tests on {database}", ["-m", "not browser", "-n", str(WORKERS[database]), "--dist", "worksteal"]),
        Stage(f"browser on {database}", browsers),
    ]


def run_stage(stage: Stage, env: dict[str, str], extra: Sequence[str]) -> None:
    """Prints what pytest prints and keeps its last line. Ended after 55 minutes, with everything it started."""
    print(f"\n===== {stage.name} =====", flush=True)
    began = time.monotonic()
    process = subprocess.Popen(
        [*COMMAND, *stage.chosen, *extra],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    limit = threading.Timer(STAGE_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    limit.start()
    assert process.stdout is not None
    try:
        for line in process.stdout:
            print(line, end="", flush=True)
            found = SUMMARY.match(line.strip())
            stage.summary = found.group(1) if found else stage.summary
        code = process.wait()
    finally:
        limit.cancel()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    stage.seconds = time.monotonic() - began
    stage.failed = code not in ((0, NOTHING_COLLECTED) if extra else (0,))


def run_suite(missing: Sequence[Package], extra: Sequence[str]) -> list[Stage]:
    lacking = {package.tests for package in missing}
    env = environment(SHANZHI_CHROMIUM=browser() or "")
    env.pop("SHANZHI_DATABASE", None)
    env.pop("SHANZHI_DATABASE_OWNER", None)
    done: list[Stage] = []
    with ExitStack() as stack:
        for database in ("SQLite", "PostgreSQL"):
            if database == "PostgreSQL":
                if POSTGRES_TESTS in lacking:
                    break
                env.update(stack.enter_context(PrivateCluster()).environment)
            for stage in stages(database):
                if stage.name.startswith("browser") and BROWSER_TESTS in lacking:
                    continue
                run_stage(stage, env, extra)
                done.append(stage)
    return done


def report(checks_failed: bool, done: Sequence[Stage], missing: Sequence[Package]) -> None:
    print("\n===== summary =====")
    if missing:
        print("!" * 100)
        for package in missing:
            print(f"!!! NOT RUN: {package.tests}: {package.apt} is not installed")
        print(f"!!! as root: {apt_line(list(missing))}")
        print("!" * 100)
    print(f"{'FAILED' if checks_failed else 'ok':8}checks")
    for stage in done:
        print(f"{'FAILED' if stage.failed else 'ok':8}{stage.name:24}{stage.seconds:6.0f} s   {stage.summary}")
    sys.stdout.flush()


def main() -> int:
    extra = shlex.split(os.environ.get("PYTEST_ARGS", ""))
    try:
        with ended_by([signal.SIGTERM, signal.SIGHUP]):
            prepare(dev=True)
            missing = missing_packages()
            checks_failed = any(one.code for one in check())
            done = run_suite(missing, extra)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    report(checks_failed, done, missing)
    return int(checks_failed or any(stage.failed for stage in done))


if __name__ == "__main__":
    sys.exit(main())
