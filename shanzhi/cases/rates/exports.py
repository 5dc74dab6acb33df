"""The rates as a file: one line for each place, each rate with what it was counted from, and a sheet of definitions."""

from io import BytesIO
from typing import Final

import xlsxwriter

from shanzhi.cases.rates.board import Board
from shanzhi.cases.rates.registry import RATES, Figure

OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False}
NO_VALUE: Final = "没有数"


def as_xlsx(board: Board) -> bytes:
    """Values stand as numbers in per cent, numerators and denominators as whole numbers."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        head = book.add_format({"bold": True, "text_wrap": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("办理质量")
        sheet.write_string(0, 0, f"{board.area.name}，{board.period.words}")
        names = ["地方"]
        for rate in RATES:
            names += [f"{rate.name}（%）", rate.above_words, rate.under_words]
        for column, name in enumerate(names):
            sheet.write_string(1, column, name, head)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, len(names), 11)
        sheet.freeze_panes(2, 1)
        lines = [(board.area.name, board.figures), *((row.name, row.figures) for row in board.rows)]
        for number, (name, figures) in enumerate(lines, start=2):
            sheet.write_string(number, 0, name)
            for place, figure in enumerate(figures):
                _figure(sheet, number, 1 + 3 * place, figure)
        words = book.add_worksheet("怎么算的")
        words.set_column(0, 0, 14)
        words.set_column(1, 1, 100)
        for number, rate in enumerate(RATES):
            words.write_string(number, 0, rate.name, head)
            words.write_string(number, 1, f"{rate.above_words} ÷ {rate.under_words}。{rate.definition}", wrap)
    return out.getvalue()


def _figure(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, figure: Figure) -> None:
    if figure.value is None:
        sheet.write_string(row, column, NO_VALUE)
    else:
        sheet.write_number(row, column, float(figure.value))
    sheet.write_number(row, column + 1, figure.numerator)
    sheet.write_number(row, column + 2, figure.denominator)


def file_name(board: Board) -> str:
    """办理质量-杨村镇-20261101-20261130.xlsx"""
    return f"办理质量-{board.area.name}-{board.period.first:%Y%m%d}-{board.period.last:%Y%m%d}.xlsx"
