"""`make check`: what reads the code without running it. Every check runs; the exit says whether one failed."""

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from dev.environment import ROOT, VENV, Problem, environment, prepare

WORKERS = 2


@dataclass(frozen=True)
class Outcome:
    name: str
    code: int
    said: str
    seconds: float


def templates() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("shanzhi/*/templates/**/*.html"))


def commands() -> dict[str, list[str]]:
    """The slowest first, because two run at a time."""
    tool = VENV / "bin"
    python = str(tool / "python")
    known = {
        "types": [str(tool / "mypy")],
        "migrations": [python, "manage.py", "makemigrations", "--check", "--dry-run"],
        "layers": [str(tool / "lint-imports")],
        "style": [str(tool / "ruff"), "check", "."],
        "format": [str(tool / "ruff"), "format", "--check", "."],
    }
    found = templates()
    if found:
        known["templates"] = [str(tool / "djhtml"), "--check", *found]
    return known


def outcome(name: str, command: Sequence[str]) -> Outcome:
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return Outcome(name, done.returncode, done.stdout.strip(), time.monotonic() - began)


def check() -> list[Outcome]:
    """Runs all checks, prints what each failing one said, and returns all outcomes."""
    known = commands()
    with ThreadPoolExecutor(WORKERS) as pool:
        outcomes = list(pool.map(outcome, known.keys(), known.values()))
    for one in outcomes:
        if one.code:
            print(f"\n--- {one.name} ---\n{one.said}")
    print()
    for one in outcomes:
        print(f"{'FAILED' if one.code else 'ok':8}{one.name:12}{one.seconds:6.1f} s", flush=True)
    return outcomes


def main() -> int:
    try:
        prepare(dev=True)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    return int(any(one.code for one in check()))


if __name__ == "__main__":
    sys.exit(main())
