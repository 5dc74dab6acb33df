"""The ledger as a file: one row for each line."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from shanzhi.duties.catalogue import State
from shanzhi.duties.models import Line
from shanzhi.lib.tables import Sheet, csv_of, xlsx_of
from shanzhi.lib.times import show_cell

LIMIT: Final = 5000
HEADS: Final = (
    "编号", "事项", "要求", "依据", "紧急", "交办单位", "交办人", "交办时间", "承办", "时限", "状态", "超期", "签收时间",
    "报结时间", "办理结果", "退回次数", "销号或撤回时间",
)  # fmt: skip
WIDTHS: Final = (11, 30, 40, 24, 6, 24, 24, 17, 24, 17, 12, 6, 17, 17, 40, 9, 17)


def lines_of(lines: Iterable[Line], now: datetime) -> Iterator[tuple[str | int, ...]]:
    """The lines come with their instruction."""
    for line in lines:
        duty = line.duty
        yield (
            duty.number, duty.title, duty.body, duty.source, "是" if duty.urgent else "", duty.office, duty.by,
            show_cell(duty.issued_at), line.name, show_cell(line.due_at), State(line.state).label,
            "是" if line.is_late(now) or line.came_late else "", show_cell(line.received_at),
            show_cell(line.reported_at), line.result, line.sent_back, show_cell(line.ended_at),
        )  # fmt: skip


def file_of(lines: Iterable[Line], now: datetime, kind: str) -> bytes:
    rows = lines_of(lines, now)
    if kind == "csv":
        return csv_of([HEADS, *rows])
    return xlsx_of(Sheet("交办台账", HEADS, rows, widths=WIDTHS), long=True)
