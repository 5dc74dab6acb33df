"""`python -m bench`: every measurement that was asked for, on PostgreSQL and on SQLite; see `make bench`.

A temporary folder holds the SQLite database, the static files and the traces; nothing of it outlives the run.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bench import batches, cases, divisions, field, flood, killed, places, residents, rollups, suggestion
from bench.meter import FOLDER
from bench.replay import Replayer
from bench.report import Result, save, table
from bench.server import Broken, Server
from dev.cluster import ended_by
from dev.environment import PYTHON, ROOT, environment, say

NAMES: Final = (
    "case_create", "case_list_20k", "case_list_2m", "case_page", "case_bbox", "case_bbox_2m", "batch_dispatch_500",
    "public_flood", "village_public_page", "queued_1000", "divisions_import", "suggestion", "place_to_grid", "rollup",
    "dashboard_county", "dashboard_2m", "killed_2m", "resident_import", "resident_search",
)  # fmt: skip
ALONE: Final[dict[str, Callable[[], Result]]] = {  # the same on every database
    "suggestion": suggestion.measure, "place_to_grid": places.measure,
}  # fmt: skip
MILLIONS: Final = ("case_list_2m", "case_bbox_2m", "dashboard_2m", "killed_2m")  # on the database that is kept
KILLED: Final = "killed_2m"
BATCH: Final = "batch_dispatch_500"
FLOOD: Final = "public_flood"
ROLLUP: Final = "rollup"
FIELD: Final = ("village_public_page", "queued_1000")
RESULTS: Final = ROOT / "bench/results/latest.jsonl"
CASES: Final = 20_000
COPIES: Final = 100
SITE: Final = "bench-site.json"


@dataclass(frozen=True)
class Database:
    """One that is measured: its addresses for the application and for the owner, and the environment of programs."""

    name: str
    app: str
    owner: str
    env: dict[str, str]


def chosen(text: str, known: Sequence[str]) -> list[str]:
    """The names of a comma-separated list, all of them if it is empty; ValueError for an unknown one."""
    wanted = [one.strip() for one in text.split(",") if one.strip()]
    unknown = [one for one in wanted if one not in known]
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
    return [one for one in known if one in wanted] or list(known)


def databases(folder: Path, names: Sequence[str]) -> list[Database]:
    """PostgreSQL is the private cluster that `make bench` started and names in the environment; `millions` the one
    whose data are kept between runs."""
    sqlite = f"sqlite:///{folder}/shanzhi.sqlite3"
    addresses = {
        "postgresql": (os.environ.get("SHANZHI_BENCH_PG", ""), os.environ.get("SHANZHI_BENCH_PG_OWNER", "")),
        "millions": (os.environ.get("SHANZHI_BENCH_2M", ""), os.environ.get("SHANZHI_BENCH_2M_OWNER", "")),
        "sqlite": (sqlite, sqlite),
    }
    found = []
    for name in names:
        app, owner = addresses[name]
        if not app:
            raise Broken("PostgreSQL is measured on the cluster that `make bench` starts; use it")
        env = environment(
            SHANZHI_DATABASE=app, SHANZHI_DATABASE_OWNER=owner, SHANZHI_VAR=str(folder),
            DJANGO_SETTINGS_MODULE="bench.settings", SHANZHI_REQUIRE_TOTP="0", **{FOLDER: str(folder / "traces")},
        )  # fmt: skip
        found.append(Database("postgresql" if name == "millions" else name, app, owner, env))
    return found


def manage(database: Database, *arguments: str) -> str:
    """What a command of manage.py printed; its complaints go to the terminal."""
    done = subprocess.run(
        [str(PYTHON), "manage.py", *arguments],
        check=False,
        cwd=ROOT,
        env=database.env,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise Broken(f"manage.py {arguments[0]} ended with {done.returncode}")
    return done.stdout


def seed(database: Database, count: int, copies: int = 1) -> cases.Site:
    began = time.monotonic()
    arguments = ["--cases", str(count), "--copies", str(copies)]
    site: dict[str, Any] = json.loads(manage(database, "bench_seed", *arguments))
    site["loaded_s"] = round(time.monotonic() - began)
    say(f"{database.name}: {site['rows']:,} rows of {site['cases']:,} cases in {site['loaded_s']} s")
    return site


def measure(
    database: Database, names: Sequence[str], folder: Path, pace: cases.Pace, sites: dict[str, cases.Site]
) -> Iterator[Result]:
    """On an empty database: schema, then what needs a server, then the import, whose rows would be in the way.

    `sites` learns who may call on this one, for what is compared with it later.
    """
    manage(database, "migrate", "--no-input", "--verbosity", "0")
    manage(database, "distribute")
    if any(name.startswith(("case", "batch", "public", "village", "queued", "rollup", "dashboard")) for name in names):
        site = sites[database.name] = seed(database, CASES)
        manage(database, "collectstatic", "--no-input", "--verbosity", "0")
        yield from measure_cases(database, site, [name for name in names if name not in MILLIONS], folder, pace)
        if BATCH in names:
            say(f"{database.name}: {BATCH}")
            waiting = json.loads(manage(database, "bench_seed", "--waiting", str(batches.ROWS * batches.ROUNDS)))
            with Server(database.env) as server:
                yield batches.measure(site, server, waiting)
        if wanted := [name for name in names if name in FIELD]:
            say(f"{database.name}: {', '.join(wanted)}")
            with Server(database.env) as server:
                yield from field.measures(wanted, site, server)
        if ROLLUP in names:
            say(f"{database.name}: {ROLLUP}")
            yield rollups.result_of(json.loads(manage(database, "bench_rollup")))
        if FLOOD in names:  # the last: what it leaves behind is in nobody's way
            say(f"{database.name}: {FLOOD}")
            with Server(database.env) as server:
                yield flood.measure(site, server, database.env)
    if wanted := [name for name in names if name in residents.NAMES]:
        yield from measure_residents(database, folder, wanted)
    if "divisions_import" in names:
        say(f"{database.name}: divisions_import")
        empty = apart(database, folder)
        yield divisions.measure(empty.env, empty.owner, folder)


def measure_residents(database: Database, folder: Path, names: Sequence[str]) -> Iterator[Result]:
    """In a county of its own: lists come in, then people are looked for among them."""
    where = apart(database, folder, "residents")

    def run(*words: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(manage(where, "bench_people", *words))
        return found

    say(f"{database.name}: resident_import")
    run("open")
    yield from residents.imports(run, where.env, where.owner, folder)
    if "resident_search" in names:
        say(f"{database.name}: resident_search")
        manage(where, "collectstatic", "--no-input", "--verbosity", "0")
        with Server(where.env) as server:
            yield from residents.searches(run("site"), server)


def measure_cases(
    database: Database, site: cases.Site, names: Sequence[str], folder: Path, pace: cases.Pace
) -> Iterator[Result]:
    with Server(database.env) as server, closing(Replayer(database.app)) as replayer:
        for scenario in cases.scenarios(site, names):
            say(f"{database.name}: {scenario.name} ({scenario.via})")
            found = cases.measure(scenario, server, replayer, folder / "traces", pace)
            found.params["cases"] = site["cases"]
            yield found


def measure_millions(
    database: Database, folder: Path, pace: cases.Pace, small: tuple[Database, cases.Site] | None,
    copies: int = COPIES, names: Sequence[str] = MILLIONS,
) -> Iterator[Result]:  # fmt: skip
    """On the kept cluster: loaded once, found again as long as the schema and the invented world stay the same.

    `small` is the database of 20,000 cases, beside which the growth is measured by turns: what slows the machine down
    slows both.
    """
    kept = Path(os.environ["SHANZHI_BENCH_KEPT"]) / SITE
    if not kept.exists():
        manage(database, "migrate", "--no-input", "--verbosity", "0")
        manage(database, "distribute")
        loaded = seed(database, CASES, copies)
        kept.write_text(json.dumps({"rows": loaded["rows"], "cases": loaded["cases"], "loaded_s": loaded["loaded_s"]}))
    known = json.loads(kept.read_text())
    site = {**json.loads(manage(database, "bench_seed", "--kept")), **known}
    manage(database, "collectstatic", "--no-input", "--verbosity", "0")
    found = {(one.name, one.params["via"]): one for one in measure_cases(database, site, names, folder, pace)}
    growth: dict[tuple[str, str], float] = {}
    if small is not None:
        with Server(small[0].env) as little, Server(database.env) as large:
            for name, via in found:
                say(f"postgresql: {name} ({via}) beside {CASES:,} cases")
                growth[name, via] = cases.growth(name, via, (little, small[1]), (large, site), pace)
    for key, one in found.items():
        params = {**one.params, "rows": site["rows"], "loaded_s": site["loaded_s"]}
        yield replace(one, growth=growth.get(key), params=params)
    if KILLED in names:
        say(f"postgresql: {KILLED}")
        yield killed.measure(site, database.env, database.app)


def apart(database: Database, folder: Path, name: str = "divisions") -> Database:
    """SQLite maps its file into memory: the import would be charged for the cases, and gets a file of its own."""
    if database.name != "sqlite":
        return database
    url = f"sqlite:///{folder}/{name}.sqlite3"
    env = {**database.env, "SHANZHI_DATABASE": url, "SHANZHI_DATABASE_OWNER": url}
    found = Database(database.name, url, url, env)
    manage(found, "migrate", "--no-input", "--verbosity", "0")
    return found


def placed(result: Result, database: Database) -> Result:
    """With where it was measured, and how busy the machine was."""
    circumstances = {"database": database.name, "load": round(os.getloadavg()[0], 1)}
    return replace(result, params={**circumstances, **result.params})


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench", description="Measure, into bench/results/latest.jsonl.")
    parser.add_argument("--only", default="", help=f"of {', '.join(NAMES)}, separated by commas")
    parser.add_argument("--on", default="", help="postgresql, sqlite, or both (the default)")
    parser.add_argument("--copies", type=int, default=COPIES, help=f"the 2 M cases are that many copies of {CASES:,}")
    options = parser.parse_args(arguments)
    results: list[Result] = []
    try:
        names, wanted = chosen(options.only, NAMES), chosen(options.on, ("postgresql", "sqlite"))
        with (
            ended_by([signal.SIGTERM, signal.SIGHUP]),
            tempfile.TemporaryDirectory(prefix="shanzhi-bench-") as made,
        ):
            folder = Path(made)
            (folder / "traces").mkdir()
            for name, alone in ALONE.items():
                if name in names:
                    say(name)
                    results.append(alone())
                    save(results, RESULTS)
            others = [name for name in names if name not in (*ALONE, *MILLIONS)]
            sites: dict[str, cases.Site] = {}
            small: tuple[Database, cases.Site] | None = None
            for database in databases(folder, wanted) if others else []:
                for result in measure(database, others, folder, cases.Pace(), sites):
                    results.append(placed(result, database))
                    save(results, RESULTS)
                if database.name == "postgresql" and "postgresql" in sites:
                    small = database, sites["postgresql"]
            many = [name for name in names if name in MILLIONS]
            if many and "postgresql" in wanted:
                [database] = databases(folder, ["millions"])
                for result in measure_millions(database, folder, cases.Pace(), small, options.copies, many):
                    results.append(placed(result, database))
                    save(results, RESULTS)
    except (Broken, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"\n{table(results)}\n\ninto {RESULTS.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
