"""Roll-ups that follow: how many acts a second the roller takes in, one roller for one county.

The acts are written first, one statement each as an act writes its case, and are not timed; then the roller works off
what waits. The limit is the bare driver writing one row for each of them, in batches of the same size.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any, Final

from django.db import connection
from django.db.transaction import atomic

from shanzhi.cases.models import Case
from shanzhi.insight.models import Rolling, Touched
from shanzhi.insight.services import BATCH, recount, roll_all
from shanzhi.insight.shares import Share, shares

ACTS: Final = 10_000
BARE: Final = "bench_share"


def act(ids: Sequence[int], *, at: datetime) -> None:
    """What acts write of what is counted: each of these cases was handled, closed and rated now, one by one."""
    for start in range(0, len(ids), 100):
        with atomic():
            for case_id in ids[start : start + 100]:
                Case.objects.filter(id=case_id).update(handled_at=at, closed_at=at, rated_at=at, satisfied=True)


def measured(*, at: datetime, acts: int = ACTS) -> dict[str, Any]:
    """Inside a county that has been counted. Says how long the acts took to be rolled, and the bare rows."""
    with atomic():
        known = list(Case.objects.order_by("id").values_list("id", flat=True))
        waiting = Touched.objects.count()
    ids = Random(5).sample(known, min(acts, len(known)))
    act(ids, at=at)
    began = time.perf_counter()
    taken = roll_all(at=at) - waiting
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    found = recount(at=at)
    again = time.perf_counter() - began
    with atomic():
        batches = Rolling.objects.values_list("batch", flat=True).get()
    return {
        "acts": taken, "seconds": seconds, "bare_s": bare(ids), "cases": found.cases, "rows": found.rows,
        "recount_s": round(again, 1), "agrees": found.agrees, "batches": batches,
    }  # fmt: skip


def bare(ids: Sequence[int]) -> float:
    """Seconds in which the driver alone writes what each of these cases is counted as."""
    lines: list[tuple[int, str]] = []
    for start in range(0, len(ids), BATCH):
        with atomic():
            found: dict[int, Share] = shares(ids[start : start + BATCH])
        lines += [(case_id, share.text) for case_id, share in found.items()]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {BARE} (id bigint PRIMARY KEY, facts text)")
    began = time.perf_counter()
    for start in range(0, len(lines), BATCH):
        part = lines[start : start + BATCH]
        with atomic(), connection.cursor() as cursor:
            places = ", ".join(["(%s, %s)"] * len(part))
            cursor.execute(f"INSERT INTO {BARE} VALUES {places}", [value for line in part for value in line])
    seconds = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {BARE}")
    return seconds
