"""The measurements of cases over HTTP: reporting one, the work list at 20,000, and the page of one."""

import itertools
import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from bench import maps
from bench.load import Call, Client, Outcome, drive
from bench.meter import trace_load
from bench.replay import Program, Replayer
from bench.report import Result
from bench.server import Server, yardstick_ms
from bench.world import MATTERS, SPOTS

CLIENTS: Final = 4
ROUNDS: Final = 3
TRACED: Final = 3
ALONE: Final = 12
TURNS: Final = 4
PAGE: Final = 50
Site = dict[str, Any]
# What the reception of a township looks through: by state, by kind, the late ones, the ended ones, a search.
LISTS: Final[tuple[dict[str, str], ...]] = (
    {"tab": "open"},
    {"tab": "open", "state": "reported"},
    {"tab": "ended", "kind": "facilities"},
    {"tab": "ended", "sort": "oldest"},
    {"tab": "overdue"},
    {"tab": "ended", "q": "路灯"},
    {"tab": "open", "q": "2611-0203"},
)


@dataclass(frozen=True)
class Pace:
    """Seconds of each part; the tests of the bench itself are quicker."""

    warm: float = 1.5
    alone: float = 4.0
    together: float = 2.5
    limit: float = 1.2


@dataclass(frozen=True)
class Scenario:
    """`calls(client)` are the endless requests of one client. The SQL of `traced` is counted and replayed, with new
    `texts` where they must be unique; that of `sizes` is only counted, because it must not grow with the page."""

    name: str
    via: str
    calls: Callable[[int], Iterator[Call]]
    traced: Sequence[Call]
    texts: tuple[str, ...] = ()
    sizes: Sequence[Call] = ()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/json"}


def browser(cookie: str) -> dict[str, str]:
    return {"Cookie": f"session={cookie}", "Accept": "text/html", "Accept-Language": "zh-CN"}


def report_call(site: Site, reporter: dict[str, str], number: int, key: str) -> Call:
    """A report from a grid, with a position and a key of its own."""
    kind, title, body = MATTERS[number % len(MATTERS)]
    place = SPOTS[number % len(SPOTS)]
    content = {
        "body": f"{place}{title}，{body}。第 {number} 次巡查时发现。", "kind": kind, "area": reporter["area"],
        "answers": site["answers"][number % len(MATTERS)],
        "place": place, "lon": 118.9 + number % 1000 / 1e4, "lat": 32.6 + number % 997 / 1e4, "accuracy": 12,
    }  # fmt: skip
    headers = {**bearer(reporter["token"]), "Content-Type": "application/json", "Idempotency-Key": key}
    path = f"/api/v1/{site['county']}/cases"
    return Call("POST", path, headers, json.dumps(content, ensure_ascii=False).encode(), status=201)


def create(site: Site) -> Scenario:
    """Validation, place → grid, routing, clock, trail, outbox: as grid workers of different grids."""
    reporters: list[dict[str, str]] = site["reporters"]

    def calls(client: int) -> Iterator[Call]:
        mine = reporters[client::CLIENTS]
        for number in itertools.count():
            yield report_call(site, mine[number % len(mine)], number, secrets.token_hex(16))

    keys = tuple(secrets.token_hex(16) for _ in range(TRACED))
    traced = [report_call(site, reporters[0], number, key) for number, key in enumerate(keys)]
    return Scenario("case_create", "api", calls, traced, texts=keys)


def case_list(site: Site, *, api: bool, name: str = "case_list_20k") -> Scenario:
    """Fifty rows of every kind of list for the largest township's reception; the page beside the API."""
    base = f"/api/v1/{site['county']}/cases" if api else f"/{site['county']}/cases/"
    headers = bearer(site["officer"]["token"]) if api else browser(site["officer"]["cookie"])
    limit = {"limit": str(PAGE)} if api else {}
    asked = [Call("GET", f"{base}?{urlencode({**one, **limit})}", headers) for one in LISTS]

    def calls(client: int) -> Iterator[Call]:
        return itertools.islice(itertools.cycle(asked), client, None)

    sizes = [Call("GET", f"{base}?tab=ended&limit={size}", headers) for size in (10, 200)] if api else []
    return Scenario(name, "api" if api else "page", calls, asked, sizes=sizes)


def case_bbox(site: Site, *, api: bool, name: str = "case_bbox") -> Scenario:
    """Parts of the map, and the list of what is seen there."""
    asked = maps.calls(site, api=api)

    def calls(client: int) -> Iterator[Call]:
        return itertools.islice(itertools.cycle(asked), client, None)

    return Scenario(name, "api" if api else "page", calls, asked)


def case_page(site: Site, *, api: bool) -> Scenario:
    """The newest cases of a township, one after another, with timeline, photos and acts."""
    base = f"/api/v1/{site['county']}/cases" if api else f"/{site['county']}/cases"
    end, headers = ("", bearer(site["officer"]["token"])) if api else ("/", browser(site["officer"]["cookie"]))
    asked = [Call("GET", f"{base}/{number}{end}", headers, holds=number.encode()) for number in site["numbers"]]

    def calls(client: int) -> Iterator[Call]:
        return itertools.cycle(asked[client::CLIENTS])

    return Scenario("case_page", "api" if api else "page", calls, asked[:TRACED])


def dashboard(site: Site, *, api: bool, name: str = "dashboard_county") -> Scenario:
    """The board of the county for a year, with the year before, its townships, days, map and backlog: as its centre."""
    base = f"/api/v1/{site['county']}/dashboard" if api else f"/{site['county']}/dashboard/"
    headers = bearer(site["centre"]["token"]) if api else browser(site["centre"]["cookie"])
    asked = [Call("GET", f"{base}?{urlencode({'period': period})}", headers) for period in ("year", "month")]

    def calls(client: int) -> Iterator[Call]:
        return itertools.islice(itertools.cycle(asked), client, None)

    return Scenario(name, "api" if api else "page", calls, asked)


def scenarios(site: Site, names: Sequence[str]) -> list[Scenario]:
    """In the order in which they must run: reporting comes last, because it makes the lists longer."""
    known = {
        "case_list_20k": [case_list(site, api=True), case_list(site, api=False)],
        "case_list_2m": [case_list(site, api=api, name="case_list_2m") for api in (True, False)],
        **{
            name: [case_bbox(site, api=api, name=name) for api in (True, False)]
            for name in ("case_bbox", "case_bbox_2m")
        },
        "case_page": [case_page(site, api=True), case_page(site, api=False)],
        "dashboard_county": [dashboard(site, api=api) for api in (True, False)],
        "dashboard_2m": [dashboard(site, api=api, name="dashboard_2m") for api in (True, False)],
        "case_create": [create(site)],
    }
    return [one for name, found in known.items() if name in names for one in found]


def traced(scenario: Scenario, server: Server, folder: Path) -> tuple[list[int], list[Program]]:
    """How many statements each request made, those of other sizes last, and what is replayed."""
    client = Client(server.port)
    try:
        counts, programs = [], []
        for number, call in enumerate([*scenario.traced, *scenario.sizes]):
            name = f"{scenario.name}_{scenario.via}_{number}"
            counts.append(client.call(call, trace=name)[1])
            programs.append(Program.of(trace_load(folder / name), texts=scenario.texts))
        return counts, programs[: len(scenario.traced)]
    finally:
        client.close()


def each_ms(scenario: Scenario, server: Server) -> list[float]:
    """The slowest but one of each of the traced requests by itself, so that a slow list is not hidden by quick ones."""
    if scenario.traced[0].method != "GET":
        return []
    client, found = Client(server.port), []
    try:
        for call in scenario.traced:
            times = []
            for _ in range(ALONE):
                began = time.monotonic()
                client.call(call)
                times.append((time.monotonic() - began) * 1000)
            found.append(round(sorted(times)[-2], 1))
    finally:
        client.close()
    return found


MADE: Final = {"dashboard": dashboard, "case_bbox": case_bbox}  # by how a name begins; the others are lists


def growth(name: str, via: str, small: tuple[Server, Site], large: tuple[Server, Site], pace: Pace) -> float:
    """How many times as long the same requests take in the large one: medians, measured by turns."""
    made = next((make for start, make in MADE.items() if name.startswith(start)), case_list)
    sources = [(server, made(site, api=via == "api").calls(0)) for server, site in (small, large)]
    for server, calls in sources:
        drive(server.port, [calls], pace.warm)
    found = [Outcome(), Outcome()]
    for _ in range(TURNS):
        for outcome, (server, calls) in zip(found, sources, strict=True):
            outcome.add(drive(server.port, [calls], pace.together))
    return found[1].percentile_ms(0.5) / found[0].percentile_ms(0.5)


def measure(scenario: Scenario, server: Server, replayer: Replayer, folder: Path, pace: Pace) -> Result:
    """SQL of single requests; then latency with one client; then rate and processor time with four, by turns with
    the limit, so that a noisy machine is noisy for both."""
    drive(server.port, [scenario.calls(client) for client in range(CLIENTS)], pace.warm)
    counts, programs = traced(scenario, server, folder)
    alone = drive(server.port, [scenario.calls(0)], pace.alone)
    together, cpu, limits, yardsticks = Outcome(), 0.0, [], []
    replayer.rate(programs, pace.limit / 4)  # connects and prepares
    for _ in range(ROUNDS):
        before = server.cpu_seconds()
        together.add(drive(server.port, [scenario.calls(client) for client in range(CLIENTS)], pace.together))
        cpu += server.cpu_seconds() - before
        limits.append(replayer.rate(programs, pace.limit))
        yardsticks.append(yardstick_ms())
    return Result(
        scenario.name,
        sql=max(counts),
        cpu_ms=cpu / len(together.times) * 1000,
        p50_ms=alone.percentile_ms(0.5),
        p95_ms=alone.percentile_ms(0.95),
        per_s=together.per_second,
        limit_per_s=sum(limits) / len(limits),
        params={
            "via": scenario.via, "clients": CLIENTS, "requests": len(together.times),
            "p95_ms_each": each_ms(scenario, server),
            "p95_ms_all_clients": round(together.percentile_ms(0.95), 1), "sql_of_each": counts,
            "limit_clients": replayer.clients, "yardstick_ms": round(sum(yardsticks) / ROUNDS, 1),
        },
    )  # fmt: skip
