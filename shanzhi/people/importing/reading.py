"""A population list as a stream of rows, whether an office program wrote it as a table of text or as a workbook.

A CSV is read as it comes, in flat memory; a workbook is held by its reader. Cells are text, stripped; a number that is
too long for a number's 15 digits comes as `Lost`, since what stood behind them is gone.
"""

import codecs
import csv
import io
import math
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, BinaryIO, Final

from python_calamine import CalamineError, CalamineSheet, load_workbook

from shanzhi.lib.errors import Invalid
from shanzhi.people.importing.columns import BACK_HEADS, SAID_MARK

CHUNK: Final = 1 << 20
LONGEST: Final = 200  # characters of a cell that are looked at
EDGES: Final = " \t\u3000\xa0'\n\r"  # an apostrophe keeps a spreadsheet from computing a cell
WIDEST: Final = 100  # columns
MOST: Final = 500_000  # rows
UNPACKED: Final = 700 * 1024**2  # bytes of a workbook, as its parts announce themselves
Opener = Callable[[], BinaryIO]
EMPTY: Final = "文件里只有表头，没有数据行，请补上数据后再上传。"
FOREIGN: Final = "这不是表格，请上传 xlsx 或 CSV 文件。"


class Lost(str):
    """A number of which a spreadsheet kept 15 digits only."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Table:
    """An accepted file: its heads, about how many rows it has (for the progress), and how its rows are had anew."""

    header: tuple[str, ...]
    size: int
    rows: Callable[[], Iterator[tuple[int, Sequence[str]]]]


def table_open(opener: Opener) -> Table:
    """`opener` gives the bytes from their beginning, as often as asked.

    Raises Invalid with one sentence for what spoils the whole file; faults of single rows are the checker's.
    """
    with opener() as stream:
        head = stream.read(8)
    if head.startswith(b"PK\x03\x04"):
        table = _workbook(opener)
    elif head.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        old = "这是旧版 xls 工作簿，请另存为 xlsx 后再上传。" if head.startswith(b"\xd0\xcf") else FOREIGN
        raise Invalid(old, code="file_not_table")
    else:
        table = _text(opener, head)
    if not any(table.header):
        raise Invalid("第 1 行是空的，应为表头（姓名、身份证号…），请补上后再上传。", code="file_header")
    if len(table.header) > WIDEST:
        raise Invalid(f"表头有 {len(table.header)} 列，最多 {WIDEST} 列，请删去没用的列。", code="file_too_wide")
    if table.size < 1:
        raise Invalid(EMPTY, code="file_without_rows")
    if table.size > MOST:
        raise Invalid(f"文件约有 {table.size:,} 行，一次最多 {MOST:,} 行，请拆成几个文件。", code="file_too_long")
    return table


def _text(opener: Opener, head: bytes) -> Table:
    encoding = _encoding(opener, head)
    with io.TextIOWrapper(opener(), encoding=encoding, newline="") as text:
        first = text.readline(8_000)
        size, last = 0, "\n"
        while block := text.read(CHUNK):
            size, last = size + max(block.count("\n"), block.count("\r")), block[-1]
        if "\0" in first:
            raise Invalid(FOREIGN, code="file_not_table")
    mark = max((",", "\t", ";"), key=first.count)

    def lines() -> Iterator[tuple[int, list[str]]]:
        """Rows with the number of the line on which each ends. Strict: else a quote swallows all that follows it."""
        with io.TextIOWrapper(opener(), encoding=encoding, newline="") as text:
            reader, before = csv.reader(text, delimiter=mark, strict=True), 0
            try:
                for cells in reader:
                    before = reader.line_num
                    yield before, cells
            except csv.Error:
                raise Invalid(f"第 {before + 1} 行的引号没有成对，请改好再上传。", code="file_quotes") from None

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        for number, cells in islice(lines(), 1, None):
            if any(cells) and not cells[0].startswith(SAID_MARK):
                yield number, [_clean(cell) for cell in cells[:WIDEST]]

    header = tuple(_clean(cell) for cell in next(lines(), (0, []))[1])
    return Table(_own(header), size + (last not in "\r\n"), rows)


def _clean(text: str) -> str:
    """Without what stands around a cell, and without NUL, which a database refuses."""
    return text.replace("\0", "").strip(EDGES)[:LONGEST]


def _encoding(opener: Opener, head: bytes) -> str:
    if not head:
        raise Invalid("文件是空的，请选择有内容的文件。", code="file_empty")
    names = ["utf-8-sig"] if head.startswith(codecs.BOM_UTF8) else ["utf-8", "gb18030"]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        names = ["utf-16"]
    for name in names:
        decoder = codecs.getincrementaldecoder(name)()
        try:
            with opener() as stream:
                while chunk := stream.read(CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    raise Invalid("无法识别文件的文字编码，请另存为“CSV UTF-8”后再上传。", code="file_encoding")


def _workbook(opener: Opener) -> Table:
    try:
        with opener() as stream, zipfile.ZipFile(stream) as parts:
            if sum(part.file_size for part in parts.infolist()) > UNPACKED:
                raise Invalid("工作簿太大，请另存为“CSV UTF-8”后再上传，或拆成几个文件。", code="file_too_large")
        with opener() as stream:
            sheet = load_workbook(stream).get_sheet_by_index(0)
    except (CalamineError, zipfile.BadZipFile, IndexError, OSError, ValueError):
        raise Invalid("工作簿打不开，可能已损坏或有密码；请另存为 xlsx 后再上传。", code="file_damaged") from None
    top = sheet.start[0] if sheet.start else 0
    header = tuple(_cell(cell) for cell in next(iter(sheet.iter_rows()), []))
    return Table(_own(header), sheet.height - 1 - top, lambda: _sheet_rows(sheet))


def _sheet_rows(sheet: CalamineSheet) -> Iterator[tuple[int, Sequence[str]]]:
    """The reader counts empty rows on top as rows, so that numbers are those that the office program shows."""
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > 1 and any(cell != "" for cell in cells):
            row = [_cell(cell) for cell in cells]
            if not row[0].startswith(SAID_MARK):
                yield number, row


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        if not math.isfinite(value) or abs(value) >= 10**15:
            return Lost(f"{value:.0f}")
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, date | datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, timedelta) or value is None:
        return ""
    return str(value)


def _own(header: tuple[str, ...]) -> tuple[str, ...]:
    """Without the two columns that a file of bad rows had added."""
    return header[:-2] if header[-2:] == BACK_HEADS else header
