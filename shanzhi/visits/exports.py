"""Visits as a file: one row each, names masked, nothing of what was found but how it went."""

from collections.abc import Sequence
from typing import Final

from shanzhi.lib.masks import name_mask
from shanzhi.lib.tables import csv_of
from shanzhi.visits.models import Visit
from shanzhi.visits.selectors import Told

LIMIT: Final = 5000
HEADS: Final = ("走访日期", "姓名", "地方", "关爱类别", "结果", "走访人", "岗位", "报成的事件")


def file_of(rows: Sequence[Told], places: Sequence[str]) -> bytes:
    return csv_of([HEADS, *(_row(one, place) for one, place in zip(rows, places, strict=True))])


def _row(one: Told, place: str) -> tuple[str, ...]:
    row = one.visit
    return (
        row.on.isoformat(), name_mask(row.resident.name), place, one.labels, Visit.Outcome(row.outcome).label, row.by,
        row.post,
        row.case.number if row.case is not None else "",
    )  # fmt: skip
