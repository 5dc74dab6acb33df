"""What the roller came to: how many acts a second the roll-ups follow, of one county, beside the bare driver.

Measured by `manage.py bench_rollup` (`bench/rolling.py`), which knows the house; this only reads what it said.
"""

from typing import Any

from bench.report import Result


def result_of(said: dict[str, Any]) -> Result:
    kept = ("acts", "cases", "rows", "recount_s", "agrees")
    return Result(
        "rollup", rows_per_s=said["acts"] / said["seconds"], limit_per_s=said["acts"] / said["bare_s"],
        seconds=said["seconds"], params={name: said[name] for name in kept},
    )  # fmt: skip
