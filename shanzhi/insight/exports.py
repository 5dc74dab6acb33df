"""Figures as files: numbers are numbers, what has no value is an empty cell and no nought, and every definition is
there."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Final

import xlsxwriter

from shanzhi.access.indicators import Indicator
from shanzhi.insight.showing import Line, Look, days_of, places_of
from shanzhi.insight.values import Value
from shanzhi.lib.cells import inert

FORMATS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False}
Cell = str | int | float | None
Table = Sequence[Sequence[Cell]]


def list_table(lines: Iterable[Line]) -> Table:
    """Every indicator with its value and how it is counted."""
    heads = ("指标", "数", "单位", "分子", "分母", "怎么算的", "按什么算进时段")
    return [heads, *(
        (one.indicator.name, _number(one.value), one.indicator.unit, one.value.numerator, one.value.denominator,
         one.indicator.definition, one.indicator.counts_by)
        for one in lines
    )]  # fmt: skip


def place_table(look: Look, indicator: Indicator, sort: str) -> Table:
    """The place itself, then those below it."""
    lines = places_of(look, indicator, sort)
    return [(look.below or "地方", *_heads(indicator)), *((line.place.name, *_cells(line.value)) for line in lines)]


def day_table(look: Look, indicator: Indicator) -> Table:
    rows = days_of(look, indicator)
    return [("日期", *_heads(indicator)), *((str(row.day), *_cells(row.value)) for row in rows)]


def _heads(indicator: Indicator) -> tuple[str, ...]:
    parts = (indicator.above, indicator.under) if indicator.is_rate else (indicator.above, "")
    return (f"{indicator.name}（{indicator.unit}）", *parts)[: 3 if indicator.is_rate else 1]


def _cells(value: Value) -> tuple[Cell, ...]:
    return (_number(value),) if value.denominator is None else (_number(value), value.numerator, value.denominator)


def _number(value: Value) -> Cell:
    return None if value.value is None else float(value.value) if value.denominator is not None else value.numerator


def as_csv(tables: Iterable[Table]) -> bytes:
    """One after another with an empty line between; UTF-8 with BOM, as a Chinese Excel opens it."""
    out = StringIO()
    writer = csv.writer(out)
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        for row in table:
            writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Iterable[tuple[str, Table]], title: str) -> bytes:
    """A sheet for each table, under a line that says of what and when."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        head = book.add_format({"bold": True, "text_wrap": True})
        for name, table in sheets:
            sheet = book.add_worksheet(name)
            sheet.write_string(0, 0, title)
            sheet.set_column(0, 0, 20)
            sheet.set_column(1, 10, 12)
            sheet.freeze_panes(2, 1)
            for number, row in enumerate(table, start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, column, cell, head if number == 1 else None)
                    elif cell is not None:
                        sheet.write_number(number, column, cell)
    return out.getvalue()
