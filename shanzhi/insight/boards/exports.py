"""A board as a file: every table of it as a sheet of Excel, or one of them as CSV."""

import csv
from io import BytesIO, StringIO
from typing import Final

import xlsxwriter

from shanzhi.insight.boards.board import Board
from shanzhi.insight.boards.tables import PARTS, Cell, tables_of
from shanzhi.lib.cells import inert
from shanzhi.lib.times import show_full

OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False}
FORMATS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
NO_VALUE: Final = "没有数"


def as_xlsx(board: Board) -> bytes:
    """Numbers are numbers, so that they can be reckoned with; what has no value says so."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        head = book.add_format({"bold": True, "text_wrap": True})
        for part, table in tables_of(board).items():
            sheet = book.add_worksheet(PARTS[part])
            said = f"{board.area.name}，{board.period.words}，{show_full(board.at)}的数据"
            sheet.write_string(0, 0, said)
            sheet.set_column(0, 0, 22)
            sheet.set_column(1, len(table.heads), 13)
            sheet.freeze_panes(2, 1)
            for column, words in enumerate(table.heads):
                sheet.write_string(1, column, words, head)
            for number, row in enumerate(table.rows, start=2):
                for column, cell in enumerate(row):
                    _cell(sheet, number, column, cell)
    return out.getvalue()


def _cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif cell is not None:
        sheet.write_number(row, column, float(cell))
    else:
        sheet.write_string(row, column, NO_VALUE)


def as_csv(board: Board, part: str) -> bytes:
    """UTF-8 with BOM, as a Chinese Excel opens it."""
    table, out = tables_of(board)[part], StringIO()
    writer = csv.writer(out)
    writer.writerow(table.heads)
    for row in table.rows:
        writer.writerow([NO_VALUE if cell is None else inert(str(cell)) if isinstance(cell, str) else cell
                         for cell in row])  # fmt: skip
    return out.getvalue().encode("utf-8-sig")


def file_name(board: Board, part: str, kind: str) -> str:
    """总览-杨村镇-20261101-20261130.xlsx"""
    name = PARTS[part] if kind == "csv" else "总览"
    return f"{name}-{board.area.name}-{board.period.first:%Y%m%d}-{board.period.last:%Y%m%d}.{kind}"
