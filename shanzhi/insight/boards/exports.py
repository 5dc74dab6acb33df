"""A board as a file: every table of it as a sheet of Excel, or one of them as CSV."""

from typing import Final

from shanzhi.insight.boards.board import Board
from shanzhi.insight.boards.tables import PARTS, tables_of
from shanzhi.lib.tables import Sheet, csv_of, xlsx_of
from shanzhi.lib.times import show_full

NO_VALUE: Final = "没有数"


def as_xlsx(board: Board) -> bytes:
    """Numbers are numbers, so that they can be reckoned with; what has no value says so."""
    said = f"{board.area.name}，{board.period.words}，{show_full(board.at)}的数据"
    sheets = (
        Sheet(PARTS[part], table.heads, table.rows, said, widths=(22, 13)) for part, table in tables_of(board).items()
    )
    return xlsx_of(*sheets, none=NO_VALUE)


def as_csv(board: Board, part: str) -> bytes:
    table = tables_of(board)[part]
    return csv_of([table.heads, *table.rows], none=NO_VALUE)


def file_name(board: Board, part: str, kind: str) -> str:
    """总览-杨村镇-20261101-20261130.xlsx"""
    name = PARTS[part] if kind == "csv" else "总览"
    return f"{name}-{board.area.name}-{board.period.first:%Y%m%d}-{board.period.last:%Y%m%d}.{kind}"
