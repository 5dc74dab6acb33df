"""Tables as files that office programs open: text stays text, numbers are numbers, nothing is computed on opening."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Final

import xlsxwriter

from shanzhi.lib.cells import inert

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Final = {"xlsx": XLSX, "csv": CSV}
OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False}
Cell = str | int | float | Decimal | None
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`said` is a line above the head. Widths are in characters, the last one is that of all columns behind it."""

    name: str
    heads: Row
    rows: Iterable[Row]
    said: str = ""
    widths: Sequence[int] = field(default=(20, 12))


def csv_of(*tables: Iterable[Row], none: str = "") -> bytes:
    """UTF-8 with BOM, as a Chinese Excel opens it; an empty line between tables. `none` stands for no value."""
    out = StringIO()
    writer = csv.writer(out)
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        for row in table:
            writer.writerow([none if cell is None else inert(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def xlsx_of(*sheets: Sheet, none: str = "", long: bool = False) -> bytes:
    """A book whose heads stay; what has no value is no cell, or says `none`. Memory stays flat for a long list."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {**OPTIONS, "constant_memory": long}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        for one in sheets:
            page = book.add_worksheet(one.name)
            for column in range(len(one.heads)):
                page.set_column(column, column, one.widths[min(column, len(one.widths) - 1)])
            top = 1 if one.said else 0
            if one.said:
                page.write_string(0, 0, one.said)
            page.freeze_panes(top + 1, 1 if one.said else 0)
            for number, row in enumerate([one.heads, *one.rows], start=top):
                for column, cell in enumerate(row):
                    _write(
                        page, number, column, (none or None) if cell is None else cell, bold if number == top else None
                    )
    return out.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell, style: object) -> None:
    if isinstance(cell, str):
        page.write_string(row, column, cell, style)
    elif cell is not None:
        page.write_number(row, column, float(cell), style)
