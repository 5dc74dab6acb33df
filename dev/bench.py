"""`make bench`: what `bench/` measures, on SQLite and on a private PostgreSQL cluster that really syncs to disk."""

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence

from dev.cluster import NoPostgres, PrivateCluster, ended_by
from dev.environment import PYTHON, ROOT, Problem, environment, prepare


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure, into bench/results/latest.jsonl.")
    parser.add_argument("--only", default="", help="names, separated by commas")
    options = parser.parse_args(arguments)
    chosen = ["--only", options.only] if options.only else []
    try:
        prepare(dev=True)
        with ended_by([signal.SIGTERM, signal.SIGHUP]), PrivateCluster(durable=True) as urls:
            env = environment(SHANZHI_BENCH_PG=urls.app, SHANZHI_BENCH_PG_OWNER=urls.owner)
            return subprocess.run([PYTHON, "-m", "bench", *chosen], cwd=ROOT, env=env).returncode
    except (Problem, NoPostgres) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
