"""Faults of a whole file: each is one sentence that says what to do."""

import io
import tracemalloc
from typing import BinaryIO

import pytest

from shanzhi.areas.source import LONGEST_LINE, Source, source_open, split
from shanzhi.areas.tests.factories import HEADER, OURS, REGISTER, csv_bytes, opener
from shanzhi.lib.errors import Invalid

GOOD = csv_bytes(REGISTER)


def opened(data: bytes) -> Source:
    return source_open(opener(data))


def refusal(data: bytes) -> tuple[str, str]:
    with pytest.raises(Invalid) as caught:
        opened(data)
    assert caught.value.message.endswith("。")
    return caught.value.code, caught.value.message


def test_a_plain_file_is_taken_without_a_word() -> None:
    source = opened(GOOD)
    assert source.encoding == "utf-8"
    assert source.notes == ()
    assert source.lines == len(REGISTER) + 1
    assert source.header == HEADER
    rows = list(source.rows())
    assert rows[0] == (2, "340000000000,安徽省,province,")
    assert len(rows) == len(REGISTER)


def test_a_byte_order_mark_is_accepted_and_said() -> None:
    source = opened(csv_bytes(REGISTER, encoding="utf-8-sig"))
    assert source.header == HEADER
    assert "BOM" in source.notes[0]
    assert list(source.rows()) == list(opened(GOOD).rows())


@pytest.mark.parametrize("encoding", ["gbk", "gb18030"])
def test_gbk_is_accepted_and_said(encoding: str) -> None:
    source = opened(csv_bytes(REGISTER, encoding=encoding))
    assert source.encoding == "gb18030"
    assert "GBK" in source.notes[0]
    assert list(source.rows()) == list(opened(GOOD).rows())


def test_a_rare_character_of_gb18030_comes_through() -> None:
    rows = [(*OURS[0][:1], "㐂𠮷县", *OURS[0][2:])]
    assert "㐂𠮷县" in next(iter(opened(csv_bytes(rows, encoding="gb18030")).rows()))[1]


def test_utf_16_of_a_spreadsheet_is_accepted_and_said() -> None:
    source = opened(csv_bytes(REGISTER, encoding="utf-16"))
    assert "UTF-16" in source.notes[0]
    assert list(source.rows()) == list(opened(GOOD).rows())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts_the_same(end: str) -> None:
    data = GOOD.decode().replace("\r\n", end).encode()
    source = opened(data)
    assert source.lines == len(REGISTER) + 1
    assert list(source.rows()) == list(opened(GOOD).rows())


def test_a_last_line_without_an_end_counts() -> None:
    assert opened(GOOD.rstrip(b"\r\n")).lines == len(REGISTER) + 1


def test_blank_lines_are_passed_over_and_numbers_stay() -> None:
    lines = GOOD.decode().split("\r\n")
    lines.insert(2, "   ")
    rows = list(opened("\r\n".join(lines).encode()).rows())
    assert [number for number, _ in rows[:2]] == [2, 4]


def test_an_empty_file() -> None:
    assert refusal(b"") == ("file_empty", "文件是空的，请选择有内容的 CSV 文件。")


@pytest.mark.parametrize("data", [b"\n\n", b"   \r\n"])
def test_a_file_of_nothing_but_blank_lines(data: bytes) -> None:
    assert refusal(data)[0] == "file_header"


def test_a_file_with_a_heading_only() -> None:
    assert refusal(csv_bytes([]))[0] == "file_without_rows"


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_workbook_renamed_to_csv(head: bytes) -> None:
    code, words = refusal(head + b"xl/worksheets" * 100)
    assert code == "file_is_workbook"
    assert "另存为“CSV UTF-8”" in words


@pytest.mark.parametrize("head", [b"%PDF-1.7", b"MZ\x90", b"\x7fELF", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"GIF89a"])
def test_another_kind_of_file_renamed_to_csv(head: bytes) -> None:
    assert refusal(head + b"\x01" * 50)[0] == "file_not_text"


@pytest.mark.parametrize(
    ("mark", "word"), [(";", "分号"), ("\t", "制表符"), ("|", "竖线"), ("；", "中文分号"), ("，", "中文逗号")]
)
def test_a_wrong_delimiter_is_named(mark: str, word: str) -> None:
    code, words = refusal(GOOD.decode().replace(",", mark).encode())
    assert code == "file_delimiter"
    assert f"用的是{word}" in words


@pytest.mark.parametrize(
    ("missing", "label"), [("code", "代码"), ("name", "名称"), ("level", "级别"), ("parent_code", "上级代码")]
)
def test_a_missing_column_is_named(missing: str, label: str) -> None:
    header = ["other" if name == missing else name for name in HEADER]
    code, words = refusal(csv_bytes(REGISTER, header=header))
    assert code == "file_column_missing"
    assert words == f"表头缺少“{missing}”（{label}）列，请补上后再上传。"


def test_two_missing_columns_are_named_in_one_sentence() -> None:
    assert (
        "“level”（级别）、“parent_code”（上级代码）"
        in refusal(csv_bytes(REGISTER, header=("code", "name", "x", "y")))[1]
    )


def test_chinese_headings_in_another_order_and_with_more_columns_will_do() -> None:
    rows = [(row[1], row[3], "随便", row[0], row[2]) for row in OURS]
    source = opened(csv_bytes(rows, header=("名称", "上级代码", "备注", "代码", "级别")))
    assert source.positions == (3, 0, 4, 1)


def test_the_first_of_two_columns_of_one_name_counts() -> None:
    rows = [(*row, "别的") for row in OURS]
    assert opened(csv_bytes(rows, header=(*HEADER, "名称"))).positions == (0, 1, 2, 3)


def test_a_nul_is_refused_with_its_line() -> None:
    code, words = refusal(GOOD.replace("小关社区".encode(), b"\x00"))
    assert code == "file_nul"
    assert "第 9 行有空字节" in words


def test_a_nul_far_behind_is_found_too() -> None:
    data = GOOD + b"341181104201,\xe6\x9d\x91,village,341181104000\n" * 60_000 + b"\x00\n"
    assert f"第 {len(REGISTER) + 60_002} 行" in refusal(data)[1]


def test_bytes_that_are_no_text_are_refused() -> None:
    assert refusal(b"code,name,level,parent_code\n\xff\xff\xff\xff\n")[0] == "file_encoding"


def test_a_file_cut_in_the_middle_of_a_character_is_refused() -> None:
    data = csv_bytes(REGISTER, encoding="utf-8-sig")[:-200]
    cut = data[: data.rindex("社".encode()) + 1]
    assert refusal(cut)[0] == "file_encoding"


def test_a_heading_without_end_is_refused() -> None:
    assert refusal(b"code" * 1000)[0] == "file_header"


class CountingStream(io.RawIOBase):
    """Ten megabytes of one line, made as they are read."""

    def __init__(self, head: bytes, length: int, tail: bytes) -> None:
        self.parts = [head, *[b"x" * 65_536] * (length // 65_536), tail]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if not self.parts:
            return 0
        part = self.parts.pop(0)
        if len(part) > len(buffer):
            self.parts.insert(0, part[len(buffer) :])
            part = part[: len(buffer)]
        buffer[: len(part)] = part
        return len(part)


def test_a_cell_of_ten_megabytes_costs_no_memory_and_hides_no_row() -> None:
    head = b"code,name,level,parent_code\n341181104201,"
    tail = b",village,341181104000\n341181104202,\xe6\x9d\x91,village,341181104000\n"

    def again() -> BinaryIO:
        return io.BufferedReader(CountingStream(head, 10 * 2**20, tail), 65_536)

    tracemalloc.start()
    rows = list(source_open(again).rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [number for number, _ in rows] == [2, 3]
    assert len(rows[0][1]) == LONGEST_LINE + 1
    assert rows[1][1].startswith("341181104202")
    assert peak < 24 * 2**20


def test_a_line_of_exactly_the_longest_length_is_whole() -> None:
    line = "1" * LONGEST_LINE
    rows = list(opened(f"code,name,level,parent_code\n{line}\n2,b,c,d\n".encode()).rows())
    assert rows == [(2, line), (3, "2,b,c,d")]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("a,b,c,", ["a", "b", "c", ""]),
        ('a,"b,c",d', ["a", "b,c", "d"]),
        ('a,"b""c",d', ["a", 'b"c', "d"]),
        ('a,"b', None),
        ('a,"b"c,d', None),
    ],
)
def test_cells_of_a_line(line: str, cells: list[str] | None) -> None:
    assert split(line) == cells
