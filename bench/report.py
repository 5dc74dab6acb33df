"""What a measurement came to: a line of JSON for programs, and a table with targets and limits for people."""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

FIGURES: Final = (
    "sql",
    "cpu_ms",
    "p50_ms",
    "p95_ms",
    "cpu_us",
    "p50_us",
    "p95_us",
    "per_s",
    "limit_per_s",
    "ratio",
    "rows_per_s",
    "seconds",
    "peak_mb",
)


@dataclass(frozen=True)
class Target:
    """A bound of the design's quality page on one figure of one measurement."""

    figure: str
    bound: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound


# The import of divisions has no target of its own: those of the import of residents hold for it.
TARGETS: Final[dict[str, tuple[Target, ...]]] = {
    "case_create": (Target("sql", 18), Target("cpu_ms", 8), Target("ratio", 0.03, at_least=True)),
    "case_list_20k": (Target("sql", 8), Target("p95_ms", 60)),
    "case_list_2m": (Target("sql", 8), Target("p95_ms", 60), Target("growth", 1.5)),
    "dashboard_county": (Target("sql", 10), Target("p95_ms", 150)),
    "dashboard_2m": (Target("sql", 10), Target("p95_ms", 150), Target("growth", 1.5)),
    "case_bbox": (Target("sql", 12), Target("p95_ms", 60)),
    "case_bbox_2m": (Target("sql", 12), Target("p95_ms", 100)),
    "killed_2m": (Target("seconds", 60),),
    "case_page": (Target("sql", 12), Target("cpu_ms", 10)),
    "batch_dispatch_500": (Target("seconds", 5),),
    "village_public_page": (Target("sql", 16), Target("p95_ms", 2_000)),
    "queued_1000": (Target("seconds", 60),),
    "public_flood": (Target("p95_ms", 1_000), Target("seconds", 75)),
    "suggestion": (Target("p95_ms", 2),),
    "place_to_grid": (Target("cpu_us", 5),),
    "rollup": (Target("rows_per_s", 500, at_least=True),),
    "resident_import": (Target("rows_per_s", 5_000, at_least=True), Target("peak_mb", 250)),
    "resident_import_xlsx": (Target("rows_per_s", 5_000, at_least=True), Target("peak_mb", 1_024)),
    "resident_search": (Target("sql", 8), Target("p95_ms", 50)),
    "divisions_import": (Target("rows_per_s", 5_000, at_least=True), Target("peak_mb", 250)),
}
LABELS: Final = {
    "sql": "SQL statements", "cpu_ms": "CPU ms a request", "p50_ms": "p50 ms, one client",
    "p95_ms": "p95 ms, one client",
    "cpu_us": "CPU µs a look-up", "p50_us": "p50 µs", "p95_us": "p95 µs",
    "per_s": "requests/s", "rows_per_s": "rows/s", "seconds": "seconds",
    "peak_mb": "peak MiB",
    "ratio": "share of the limit", "growth": "p50 ÷ p50 at 20,000",
}  # fmt: skip


@dataclass
class Result:
    """One measurement on one database; what does not apply is None. `params` says under which circumstances.

    `growth` is how much longer the same takes than with 20,000 cases, in the same run.
    """

    name: str
    sql: int | None = None
    cpu_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    cpu_us: float | None = None
    p50_us: float | None = None
    p95_us: float | None = None
    per_s: float | None = None
    limit_per_s: float | None = None
    rows_per_s: float | None = None
    seconds: float | None = None
    peak_mb: float | None = None
    growth: float | None = None
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Ours ÷ the limit, in requests or in rows."""
        ours = self.per_s if self.per_s is not None else self.rows_per_s
        return ours / self.limit_per_s if ours is not None and self.limit_per_s else None

    def line(self) -> str:
        """The line of `results/latest.jsonl`: only what applies, rounded to what means something."""
        found = {name: getattr(self, name) for name in FIGURES}
        rounded = {name: rounded_to(name, value) for name, value in found.items() if value is not None}
        params = self.params if self.growth is None else {**self.params, "p50_by_20k": round(self.growth, 2)}
        return json.dumps({"name": self.name, **rounded, "params": params}, ensure_ascii=False)

    def missed(self) -> list[Target]:
        found = [(target, getattr(self, target.figure)) for target in TARGETS.get(self.name, ())]
        return [target for target, value in found if value is not None and not target.met(value)]


def rounded_to(name: str, value: float) -> float:
    return round(value, {"ratio": 4, "sql": 0}.get(name, 2)) if name != "sql" else int(value)


def shown(figure: str, value: float) -> str:
    """1,234 · 12.3 · 4.56 %."""
    if figure == "ratio":
        return f"{value * 100:.2f} %"
    if figure == "growth":
        return f"{value:.2f}"
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:.1f}"


def bound_of(target: Target) -> str:
    return f"{'≥' if target.at_least else '≤'} {shown(target.figure, target.bound)}"


Row = tuple[str, str, str, str, str, str]
HEAD: Final[Row] = ("measurement", "figure", "target", "limit", "ratio", "")


def rows_of(result: Result) -> list[Row]:
    """A row for each figure: what it is, its value, the target, the limit, the ratio to the limit, and the mark."""
    title = " ".join([result.name, str(result.params.get("via", "")), str(result.params.get("database", ""))])
    targets = {target.figure: target for target in TARGETS.get(result.name, ())}
    rows: list[Row] = [(" ".join(title.split()), "", "", "", "", "")]
    for figure, label in LABELS.items():
        value = getattr(result, figure)
        target = targets.get(figure)
        if value is None or (figure == "ratio" and target is None):
            continue
        compared = figure in ("per_s", "rows_per_s") and result.limit_per_s is not None
        limit = shown(figure, result.limit_per_s) if compared and result.limit_per_s else ""
        ratio = shown("ratio", result.ratio) if compared and result.ratio is not None else ""
        mark = "" if target is None else "ok" if target.met(value) else "✗ MISSED"
        rows.append((f"  {label}", shown(figure, value), bound_of(target) if target else "", limit, ratio, mark))
    if "yardstick_ms" in result.params:  # what the same fixed work cost in these seconds
        rows.append(("  fixed work, CPU ms", shown("cpu_ms", result.params["yardstick_ms"]), "", "", "", ""))
    return rows


def width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def table(results: Iterable[Result]) -> str:
    """Labels to the left, numbers to the right; ends with a line that counts the missed targets."""
    found = list(results)
    rows = [HEAD, *(row for result in found for row in rows_of(result))]
    widths = [max(width(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [_line(row, widths) for row in rows]
    missed = [f"{result.name} {target.figure}" for result in found for target in result.missed()]
    said = f"{len(missed)} target(s) missed: {', '.join(missed)}" if missed else "every target met"
    return "\n".join([lines[0], "-" * width(lines[0]), *lines[1:], "", said])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0] + " " * (widths[0] - width(row[0]))]
    cells += [" " * (size - width(cell)) + cell for cell, size in zip(row[1:-1], widths[1:-1], strict=True)]
    return "  ".join([*cells, row[-1]]).rstrip()


def save(results: Iterable[Result], path: Path) -> None:
    """The whole run, or what there is of it so far: a later run replaces it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(result.line() + "\n" for result in results), encoding="utf-8")
