"""A flood: 10,000 public reports within a minute, from as many browsers, while clerks look through their lists."""

import itertools
import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any, Final

from bench.cases import LISTS, Site, bearer
from bench.load import Call, drive
from bench.report import Result
from bench.server import Broken, Server, yardstick_ms
from dev.environment import PYTHON, ROOT

REPORTS: Final = 10_000
SECONDS: Final = 60
STEP: Final = 2.0


def calls(site: Site, who: str) -> Iterator[Call]:
    """The lists that an office looks through, over and over."""
    for wanted in itertools.cycle(LISTS):
        query = "&".join(f"{name}={value}" for name, value in wanted.items() if name != "q")
        yield Call("GET", f"/api/v1/{site['county']}/cases?{query}", bearer(site[who]["token"]))


def flooding(env: dict[str, str], reports: int = REPORTS, seconds: float = SECONDS) -> subprocess.Popen[str]:
    arguments = ["bench_flood", "--reports", str(reports), "--seconds", str(seconds)]
    return subprocess.Popen(
        [str(PYTHON), "manage.py", *arguments], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
    )


def told(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What the flood says of itself; Broken if a receipt leads nowhere or too much reached the lists."""
    said, _ = process.communicate()
    if process.returncode:
        raise Broken(f"the flood ended with {process.returncode}")
    found: dict[str, Any] = json.loads(said)
    if found["follow"] != found["sent"]:
        raise Broken(f"{found['sent'] - found['follow']} of {found['sent']} receipts lead nowhere")
    if found["cases"] > found["limit"]:
        raise Broken(f"{found['cases']} reports reached the lists, {found['limit']} may")
    return found


def measure(
    site: Site, server: Server, env: dict[str, str], start: Callable[[dict[str, str]], Any] = flooding
) -> Result:
    """The lists of the township and of the county beside it, as their offices see them while it runs."""
    process = start(env)
    whole = drive(server.port, [calls(site, "officer")], STEP)
    while process.poll() is None:
        more = drive(server.port, [calls(site, "officer"), calls(site, "centre")], STEP)
        whole.add(more)
    found = told(process)
    return Result(
        "public_flood",
        p50_ms=whole.percentile_ms(0.5),
        p95_ms=whole.percentile_ms(0.95),
        rows_per_s=found["sent"] / found["seconds"],
        seconds=found["seconds"],
        params={**found, "lists_read": len(whole.times), "clients": 2, "yardstick_ms": round(yardstick_ms(), 1)},
    )
