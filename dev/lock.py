"""`make lock`: the newest versions that requirements/*.in and package.json allow, with hashes and without addresses."""

import json
import sys

from dev.environment import REQUIREMENTS, ROOT, VENV, Problem, prepare, run, say

# `dev` is constrained by `runtime`, so that the tests run what production runs.
NAMES = ("runtime", "dev", "node")
OPTIONS = ("--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade", "--no-header", "--quiet",
           "--no-emit-index-url", "--no-emit-find-links")  # fmt: skip


def lock_python(name: str) -> None:
    folder = REQUIREMENTS.relative_to(ROOT)
    run([VENV / "bin/uv", "pip", "compile", *OPTIONS, folder / f"{name}.in", "-o", folder / f"{name}.txt"])


def lock_node() -> None:
    """npm leaves out where it fetched from (.npmrc); whom to fund is an address too, and of no use here."""
    run(["npm", "install", "--package-lock-only", "--no-audit", "--no-fund"], quiet=True)
    path = ROOT / "package-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    try:
        prepare(dev=True)
        for name in NAMES:
            say(f"requirements/{name}.txt")
            lock_python(name)
        say("package-lock.json")
        lock_node()
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
