"""Lists as files: the columns of the list, text only, so that no cell is ever a formula."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO, StringIO
from typing import Final

import xlsxwriter

from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case
from shanzhi.cases.places import place_name
from shanzhi.cases.presenters import handler_words
from shanzhi.lib.cells import inert
from shanzhi.lib.times import local

LIMIT: Final = 5000
HEADS: Final = (
    "编号", "标题", "所在地方", "地点", "类别", "来源", "有人身危险", "状态", "主办", "承办", "收到时间", "办理时限", "结束时间",
)  # fmt: skip
WIDTHS: Final = (12, 36, 20, 24, 14, 14, 10, 10, 16, 16, 17, 17, 17)
FORMATS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def _time(at: datetime | None) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}" if at is not None else ""


def lines_of(cases: Iterable[Case]) -> Iterator[tuple[str, ...]]:
    """A line for each case; they come with area__parent, owner, handler_area and handler_unit."""
    for case in cases:
        yield (
            case.number,
            case.title,
            place_name(case.area),
            case.place,
            kind_of(case).label,
            Source(case.source).label,
            "是" if case.urgent else "",
            State(case.state).label,
            case.owner.name,
            handler_words(case),
            _time(case.received_at),
            _time(case.due_at),
            _time(case.ended_at),
        )


def as_csv(cases: Iterable[Case]) -> bytes:
    """UTF-8 with BOM, as a Chinese Excel opens it; a cell that begins like a formula gets an apostrophe."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    for line in lines_of(cases):
        writer.writerow(map(inert, line))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(cases: Iterable[Case]) -> bytes:
    """One sheet with a head that stays; every cell is a string."""
    out = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("事件")
        head = book.add_format({"bold": True})
        for column, (words, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, words, head)
        sheet.freeze_panes(1, 0)
        for number, line in enumerate(lines_of(cases), start=1):
            for column, cell in enumerate(line):
                if cell:
                    sheet.write_string(number, column, cell)
    return out.getvalue()


def file_name(tab: str, now: datetime, kind: str) -> str:
    """事件-辖区未办结-20261121-1530.xlsx"""
    return f"事件-{tab}-{local(now):%Y%m%d-%H%M}.{kind}"
