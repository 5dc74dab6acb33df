"""Files of tables: what a spreadsheet reads back is what was written, and nothing of it is computed."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
import python_calamine

from shanzhi.lib.tables import Cell, Sheet, csv_of, xlsx_of


def read(body: bytes, name: str) -> list[list[Any]]:
    return python_calamine.CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_name(name).to_python()


def lines(body: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(body.decode("utf-8-sig"), newline="")))


def test_a_csv_begins_with_the_mark_that_a_chinese_excel_needs() -> None:
    assert csv_of([("名",)]).startswith(b"\xef\xbb\xbf")
    assert csv_of() == b"\xef\xbb\xbf"


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-1", "@x", "\tx", "\rx"])
def test_no_text_is_a_formula(cell: str) -> None:
    assert lines(csv_of([(cell,)])) == [[f"'{cell}"]]
    assert read(xlsx_of(Sheet("表", ("名",), [(cell,)])), "表")[1] == [cell]


def test_numbers_are_numbers_and_nothing_is_no_nought() -> None:
    row: list[Cell] = ["镇", 3, 95.5, Decimal("0.1"), None, ""]
    assert lines(csv_of([row])) == [["镇", "3", "95.5", "0.1", "", ""]]
    assert read(xlsx_of(Sheet("表", ("a", "b", "c", "d", "e", "f"), [row])), "表")[1] == ["镇", 3, 95.5, 0.1, "", ""]


def test_what_has_no_value_can_say_so() -> None:
    assert lines(csv_of([("镇", None)], none="没有数")) == [["镇", "没有数"]]
    assert read(xlsx_of(Sheet("表", ("a", "b"), [("镇", None)]), none="没有数"), "表")[1] == ["镇", "没有数"]


def test_minus_numbers_stay_numbers() -> None:
    assert lines(csv_of([(-1, Decimal("-0.5"))])) == [["-1", "-0.5"]]


def test_tables_of_one_file_stand_apart() -> None:
    assert lines(csv_of([("a",)], [("b",), ("c",)])) == [["a"], [], ["b"], ["c"]]


def test_a_line_above_the_head_and_a_sheet_for_each() -> None:
    book = xlsx_of(Sheet("甲", ("名",), [("张庄",)], said="东镇，11月"), Sheet("乙", ("名",), iter([("李庄",)])))
    assert read(book, "甲") == [["东镇，11月"], ["名"], ["张庄"]]
    assert read(book, "乙") == [["名"], ["李庄"]]
