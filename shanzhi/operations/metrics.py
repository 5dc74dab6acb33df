"""The numbers of the running system in Prometheus' text format (version 0.0.4). No id, no name, no county."""

import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError

from shanzhi.operations import figures
from shanzhi.operations.counters import LE, collected
from shanzhi.operations.health import backup_age

TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[Mapping[str, str], float]


def metrics_text(*, at: datetime) -> str:
    """Everything now; a number that can't be had, such as the age of a backup that is none, is left out."""
    lines = [*_requests()]
    for name, help_text, samples in _gauges(at):
        lines += [f"# HELP {name} {help_text}", f"# TYPE {name} gauge", *(_line(name, *sample) for sample in samples)]
    return "\n".join(lines) + "\n"


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    shown = repr(float(value)) if value != int(value) else str(int(value))
    return f"{name}{{{inside}}} {shown}" if inside else f"{name} {shown}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _requests() -> Iterable[str]:
    """How many ended how, by page; and how long they took, by page alone: else there would be thousands of series."""
    counted = collected(Path(settings.VAR_DIR) / "metrics")
    name = "shanzhi_requests_total"
    yield f"# HELP {name} Requests by page, method and status."
    yield f"# TYPE {name} counter"
    pages: dict[str, list[float]] = {}
    for key, row in sorted(counted.items()):
        method, status, route = key.split(" ", 2)
        yield _line(name, {"route": route, "method": method, "status": status}, row[-2])
        pages[route] = [a + b for a, b in zip(pages.get(route, [0.0] * len(row)), row, strict=True)]
    name = "shanzhi_request_seconds"
    yield f"# HELP {name} Duration of requests by page, in seconds."
    yield f"# TYPE {name} histogram"
    for route, row in pages.items():
        for bound, count in zip((*LE, "+Inf"), row[:-1], strict=True):
            yield _line(f"{name}_bucket", {"route": route, "le": str(bound)}, count)
        yield _line(f"{name}_sum", {"route": route}, row[-1])
        yield _line(f"{name}_count", {"route": route}, row[-2])


def _gauges(at: datetime) -> Iterable[tuple[str, str, list[Sample]]]:
    try:
        figures.queue_length()
    except DatabaseError:
        yield "shanzhi_up", "Whether the database answers.", [({}, 0)]
        return
    yield "shanzhi_up", "Whether the database answers.", [({}, 1)]
    yield "shanzhi_queue_tasks", "Tasks that wait for the worker.", [({}, figures.queue_length())]
    waiting, oldest = figures.outbox_waiting()
    yield "shanzhi_outbox_events", "Events that not every subscriber has taken up.", [({}, waiting)]
    yield "shanzhi_outbox_lag_seconds", "Age of the oldest of them, 0 without one.", [({}, _age(at, oldest))]
    lag = _age(at, figures.oldest_unsealed())
    yield (
        "shanzhi_sealer_lag_seconds",
        "Age of the oldest entry of the trail without a seal, 0 without one.",
        [({}, lag)],
    )
    seen = figures.worker_seen(at)
    if seen is not None:
        yield "shanzhi_worker_silent_seconds", "Since the worker last gave a sign of life.", [({}, _age(at, seen))]
    by_channel = sorted(figures.deliveries_waiting().items())
    messages: list[Sample] = [({"channel": channel}, count) for channel, count in by_channel]
    yield "shanzhi_deliveries_waiting", "Messages on their way out, by channel.", messages
    yield "shanzhi_database_bytes", "Size of the database on the disk.", [({}, figures.database_bytes())]
    free = shutil.disk_usage(Path(settings.VAR_DIR)).free
    yield "shanzhi_disk_free_bytes", "Free where files lie.", [({}, free)]
    age = backup_age(at)
    if age is not None:
        yield "shanzhi_backup_age_seconds", "Since the newest backup was whole.", [({}, age)]
    days = figures.holiday_days(at)
    if days is not None:
        yield (
            "shanzhi_holiday_days",
            "Days that the holiday tables still reach, in the county where least.",
            [({}, days)],
        )


def _age(at: datetime, moment: datetime | None) -> float:
    return 0.0 if moment is None else max((at - moment).total_seconds(), 0.0)
