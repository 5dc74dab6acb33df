"""`make bench`: what `bench/` measures, on SQLite and on a private PostgreSQL cluster that really syncs to disk.

The two million cases lie in a second cluster, whose data are kept in var/bench until what they are made of changes.
"""

import argparse
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dev.cluster import NoPostgres, PrivateCluster, ended_by
from dev.environment import PYTHON, ROOT, Problem, digest, environment, prepare

KEPT = ROOT / "var/bench"
LARGE = {"case_list_2m", "case_bbox_2m", "dashboard_2m", "killed_2m"}
WORLD = ("rows.py", "blocks.py", "copying.py", "world.py", "management/commands/bench_seed.py")


def kept_folder(copies: int) -> Path:
    """Named after the schema and the invented world: when these change, the cases are loaded anew and the old go."""
    made_of = [*ROOT.glob("shanzhi/*/migrations/0*.py"), *(ROOT / "bench" / name for name in WORLD)]
    folder = KEPT / f"cases-{copies}-{digest(made_of)[:16]}"
    for old in KEPT.glob("cases-*"):
        if old != folder:
            shutil.rmtree(old)
    return folder


@contextmanager
def millions(names: str, copies: int) -> Iterator[dict[str, str]]:
    """The second cluster, if it is asked for: what a program has to know of it."""
    if names and not LARGE.intersection(names.split(",")):
        yield {}
        return
    folder = kept_folder(copies)
    folder.mkdir(parents=True, exist_ok=True)
    with PrivateCluster(durable=True, keep=folder / "data") as urls:
        yield {"SHANZHI_BENCH_2M": urls.app, "SHANZHI_BENCH_2M_OWNER": urls.owner, "SHANZHI_BENCH_KEPT": str(folder)}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure, into bench/results/latest.jsonl.")
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--copies", type=int, default=100, help="of 20,000 cases, for what is measured at 2 M")
    parser.add_argument("--on", default="", help="postgresql or sqlite; both, if it is left out")
    options = parser.parse_args(arguments)
    chosen = ["--only", options.only, "--on", options.on, "--copies", str(options.copies)]
    try:
        prepare(dev=True)
        with (
            ended_by([signal.SIGTERM, signal.SIGHUP]),
            PrivateCluster(durable=True) as urls,
            millions(options.only, options.copies) as kept,
        ):
            env = environment(SHANZHI_BENCH_PG=urls.app, SHANZHI_BENCH_PG_OWNER=urls.owner, **kept)
            return subprocess.run([PYTHON, "-m", "bench", *chosen], cwd=ROOT, env=env).returncode
    except (Problem, NoPostgres) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
