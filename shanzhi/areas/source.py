"""A CSV of divisions as a stream of lines, whatever office program wrote it.

Read twice: the first pass finds the encoding and every fault that spoils the whole file, the second hands out lines.
Memory stays flat however large the file or one line of it is.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from shanzhi.lib.errors import Invalid

CHUNK = 1 << 20
LONGEST_LINE = 2_000
Opener = Callable[[], BinaryIO]

COLUMNS = ("code", "name", "level", "parent_code")
COLUMN_LABELS = {"code": "代码", "name": "名称", "level": "级别", "parent_code": "上级代码"}
_HEADINGS = {
    **{name: name for name in COLUMNS},
    **{label: name for name, label in COLUMN_LABELS.items()},
    "区划代码": "code",
    "统计用区划代码": "code",
    "区划名称": "name",
    "父级代码": "parent_code",
}
_OTHER_DELIMITERS = {";": "分号", "；": "中文分号", "\t": "制表符", "|": "竖线", "，": "中文逗号"}
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PROGRAMS = (b"%PDF", b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


@dataclass(frozen=True, slots=True)
class Source:
    """An accepted file: its encoding, what to tell about it, number of lines with the header, where the columns are."""

    opener: Opener
    encoding: str
    notes: tuple[str, ...]
    lines: int
    header: tuple[str, ...]
    positions: tuple[int, int, int, int]

    @property
    def size(self) -> int:
        """Lines below the header: what progress is counted in."""
        return self.lines - 1

    def rows(self) -> Iterator[tuple[int, str]]:
        """Number of a line, counted from 1 with the header, and its text without the line break.

        A line longer than `LONGEST_LINE` comes back cut, one character above the limit; a blank line is left out.
        """
        with io.TextIOWrapper(self.opener(), encoding=self.encoding, newline=None) as text:
            number = 0
            while line := text.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE and not line.endswith("\n"):
                    _skip_rest(text)
                elif line.isspace():
                    continue
                if number > 1:
                    yield number, line.rstrip("\n")


def split(line: str) -> list[str] | None:
    """Cells of one line; None if its quotation marks do not match."""
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except (csv.Error, StopIteration):
        return None


def source_open(opener: Opener) -> Source:
    """Raises Invalid with one sentence for a fault of the whole file; faults of single rows are the checker's."""
    with opener() as stream:
        head = stream.read(8)
    _refuse_foreign(head)
    encoding, notes = _encoding(opener, head)
    lines, first = _survey(opener, encoding)
    header = _header(first)
    if lines < 2:
        raise Invalid("文件里只有表头，没有数据行，请补上数据后再上传。", code="file_without_rows")
    places = {_HEADINGS[cell]: at for at, cell in reversed(list(enumerate(header))) if cell in _HEADINGS}
    positions = (places["code"], places["name"], places["level"], places["parent_code"])
    return Source(opener, encoding, notes, lines, header, positions)


def _refuse_foreign(head: bytes) -> None:
    if not head:
        raise Invalid("文件是空的，请选择有内容的 CSV 文件。", code="file_empty")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        message = "这是 Excel 工作簿，只是改了扩展名；请在表格软件里另存为“CSV UTF-8”后再上传。"
        raise Invalid(message, code="file_is_workbook")
    if head.startswith(_PROGRAMS):
        raise Invalid("这不是 CSV 文本文件，请选择正确的文件后再上传。", code="file_not_text")


def _encoding(opener: Opener, head: bytes) -> tuple[str, tuple[str, ...]]:
    if head.startswith(codecs.BOM_UTF8):
        if not _decodes(opener, "utf-8-sig"):
            raise Invalid("文件内容在保存或传输时损坏了，请重新导出后再上传。", code="file_encoding")
        return "utf-8-sig", ("文件开头带有 UTF-8 标记（BOM），已自动去掉，不影响导入。",)
    if head.startswith(_UTF16):
        if not _decodes(opener, "utf-16"):
            raise Invalid("文件内容在保存或传输时损坏了，请重新导出后再上传。", code="file_encoding")
        return "utf-16", ("文件是 UTF-16 编码，已自动转换；请抽查几个名称是否正常。",)
    if _decodes(opener, "utf-8"):
        return "utf-8", ()
    if _decodes(opener, "gb18030"):
        return "gb18030", ("文件是 GBK（GB18030）编码，已自动转换；请抽查几个名称是否正常。",)
    raise Invalid("无法识别文件的文字编码，请另存为“CSV UTF-8”后再上传。", code="file_encoding")


def _decodes(opener: Opener, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with opener() as stream:
            while chunk := stream.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _survey(opener: Opener, encoding: str) -> tuple[int, str]:
    """Number of lines that are not blank at the end of the file, and the first line; refuses NULs."""
    lines, first = 0, ""
    with io.TextIOWrapper(opener(), encoding=encoding, newline=None) as text:
        first = text.readline(LONGEST_LINE + 1)
        if len(first) > LONGEST_LINE:
            raise Invalid("第 1 行过长，不像表头；请检查文件是否为逗号分隔的 CSV。", code="file_header")
        block, last = first, ""
        while block:
            if "\x00" in block:
                at = lines + block.count("\n", 0, block.index("\x00")) + 1
                message = f"第 {at} 行有空字节（NUL），文件可能已损坏；请重新导出为“CSV UTF-8”后再上传。"
                raise Invalid(message, code="file_nul")
            lines += block.count("\n")
            last = block[-1]
            block = text.read(CHUNK)
    return lines + (last not in ("", "\n")), first


def _skip_rest(text: io.TextIOWrapper) -> None:
    while piece := text.readline(CHUNK):
        if piece.endswith("\n"):
            return


def _header(first: str) -> tuple[str, ...]:
    if not first.strip():
        raise Invalid("第 1 行是空的，应为表头 code,name,level,parent_code，请补上后再上传。", code="file_header")
    cells = [cell.strip() for cell in split(first.rstrip("\n")) or []]
    found = {_HEADINGS[cell] for cell in cells if cell in _HEADINGS}
    missing = [name for name in COLUMNS if name not in found]
    if not missing:
        return tuple(cells)
    if len(cells) == 1:
        for mark, word in _OTHER_DELIMITERS.items():
            if mark in first:
                message = f"列与列之间用的是{word}，应为英文逗号；请另存为“CSV UTF-8（逗号分隔）”后再上传。"
                raise Invalid(message, code="file_delimiter")
    wanted = "、".join(f"“{name}”（{COLUMN_LABELS[name]}）" for name in missing)
    raise Invalid(f"表头缺少{wanted}列，请补上后再上传。", code="file_column_missing")
