"""The field and the public: a village's page with 200 readers at once, and a thousand reports of phones that waited for
a signal and send them together, each of them twice."""

import itertools
import json
import secrets
import threading
import time
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from bench.cases import Site
from bench.load import Call, Client, Outcome, drive
from bench.report import Result
from bench.server import Broken, Server, yardstick_ms

READERS: Final = 200
READ_SECONDS: Final = 12.0
TRACE: Final = "village_page"
QUEUED: Final = 1_000
PHONES: Final = 50
TIMES: Final = 2
CSRF: Final = "b" * 32
KIND: Final = "other"  # asks nothing


def village_path(site: Site) -> str:
    return f"/{site['county']}/villages/{site['reporters'][0]['area'][:12]}/"


def readers(site: Site, server: Server, *, count: int = READERS, seconds: float = READ_SECONDS) -> Result:
    """`count` strangers with a connection each, who read one page after another without a pause. A page is made anew
    every few seconds: `sql_anew` are the statements of that, `sql` those of a reader."""
    call = Call("GET", village_path(site), {"Accept": "text/html"}, holds="我要反映".encode())
    client = Client(server.port)
    try:
        _, anew = client.call(call, trace=TRACE)
        _, statements = client.call(call, trace=TRACE)
    finally:
        client.close()
    alone = drive(server.port, [itertools.repeat(call)], 2.0)
    before = server.cpu_seconds()
    found = drive(server.port, [itertools.repeat(call) for _ in range(count)], seconds)
    cpu = server.cpu_seconds() - before
    return Result(
        "village_public_page",
        sql=statements,
        cpu_ms=cpu / len(found.times) * 1000,
        p50_ms=alone.percentile_ms(0.5),
        p95_ms=found.percentile_ms(0.95),
        per_s=found.per_second,
        params={
            "sql_anew": anew,
            "readers": count, "requests": len(found.times), "p95_ms_alone": round(alone.percentile_ms(0.95), 1),
            "p50_ms_readers": round(found.percentile_ms(0.5), 1), "yardstick_ms": round(yardstick_ms(), 1),
        },
    )  # fmt: skip


def queued_call(site: Site, reporter: dict[str, str], number: int, key: str) -> Call:
    """The form of 随手拍 as the queue of a phone sends it."""
    form = {
        "csrfmiddlewaretoken": CSRF, "area": reporter["area"], "place": "村口", "body": f"第 {number} 件，没有信号时拍的。",
        "kind": KIND, "asked": KIND, "outcome": "report", "idempotency_key": key,
    }  # fmt: skip
    headers = {
        "Cookie": f"session={reporter['cookie']}; csrf={CSRF}", "X-Queued": "1",
        "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
    }  # fmt: skip
    return Call("POST", f"/{site['county']}/cases/new/", headers, urlencode(form).encode())


def phone(site: Site, port: int, number: int, share: int, out: dict[str, set[str]], times: list[float]) -> None:
    """What one phone kept, in order; each form goes up twice, as if the first answer had been lost."""
    client, reporter = Client(port), site["reporters"][number % len(site["reporters"])]
    try:
        for item in range(share):
            key = secrets.token_hex(16)
            for _ in range(TIMES):
                began = time.monotonic()
                body, _ = client.call(queued_call(site, reporter, item, key))
                times.append(time.monotonic() - began)
                out.setdefault(key, set()).add(str(json.loads(body).get("number", "")))
    finally:
        client.close()


def together(site: Site, server: Server, *, count: int = QUEUED, phones: int = PHONES) -> Result:
    """All phones at once; Broken unless each report is one case, however often it came."""
    answers: list[dict[str, set[str]]] = [{} for _ in range(phones)]
    whole, failures = Outcome(), []

    def run(number: int) -> None:
        try:
            phone(site, server.port, number, count // phones, answers[number], whole.times)
        except Exception as error:  # noqa: BLE001 - said below, in the thread that asked
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(phones)]
    before, began = server.cpu_seconds(), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole.seconds = time.monotonic() - began
    if failures:
        raise Broken(str(failures[0])) from failures[0]
    once(answers, count)
    return Result(
        "queued_1000",
        cpu_ms=(server.cpu_seconds() - before) / len(whole.times) * 1000,
        p50_ms=whole.percentile_ms(0.5),
        p95_ms=whole.percentile_ms(0.95),
        rows_per_s=count / whole.seconds,
        seconds=whole.seconds,
        params={"reports": count, "phones": phones, "sent": len(whole.times), "yardstick_ms": round(yardstick_ms(), 1)},
    )


def once(answers: list[dict[str, set[str]]], count: int) -> None:
    """Broken unless every key got one number, and no two of them the same."""
    numbers: list[Any] = [sorted(found) for one in answers for found in one.values()]
    if any(len(found) != 1 or not found[0] for found in numbers):
        raise Broken("a report that came twice is not one case")
    if len({found[0] for found in numbers}) != count:
        raise Broken(f"{len({found[0] for found in numbers})} cases of {count} reports")


def measures(names: list[str], site: Site, server: Server) -> Iterator[Result]:
    """Those of the names that are of the field."""
    if "village_public_page" in names:
        yield readers(site, server)
    if "queued_1000" in names:
        yield together(site, server)
