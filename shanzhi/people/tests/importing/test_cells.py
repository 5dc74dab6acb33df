"""What stands in cells and around them: kinds of numbers, days, merged and computed cells, line breaks, quotes."""

from datetime import date, datetime
from pathlib import Path

import pytest
from xlsxwriter.workbook import Workbook, Worksheet

from shanzhi.lib.errors import Invalid
from shanzhi.people.importing import reading
from shanzhi.people.importing.columns import BACK_HEADS, guess
from shanzhi.people.importing.reading import LONGEST, WIDEST, Lost, Table, table_open
from shanzhi.people.tests.importing.books import book, changed, packed
from shanzhi.people.tests.importing.lists import xlsx_bytes


def opened(tmp_path: Path, body: bytes | str) -> Table:
    path = tmp_path / "list"
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return table_open(lambda: path.open("rb"))


def cells(tmp_path: Path, body: bytes | str) -> list[tuple[int, list[str]]]:
    return [(number, list(found)) for number, found in opened(tmp_path, body).rows()]


def refusal(tmp_path: Path, body: bytes | str) -> str:
    with pytest.raises(Invalid) as refused:
        list(opened(tmp_path, body).rows())
    assert refused.value.message.endswith("。")
    return refused.value.code


# --- workbooks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown", "lost"),
    [
        ("12345", "12345", False), ("0.5", "0.5", False), ("-3", "-3", False),
        ("999999999999999", "999999999999999", False),
        ("1e15", "1000000000000000", True), ("341181198001020019", "341181198001020032", True), ("NaN", "nan", True),
        ("1e999", "inf", True), ("-1e999", "-inf", True),
    ],
)  # fmt: skip
def test_a_number_is_text_and_one_that_lost_its_end_says_so(tmp_path: Path, value: str, shown: str, lost: bool) -> None:
    body = book(lambda made, page: (page.write_string(1, 0, "张三"), page.write_number(1, 1, 4711)))
    [(_number, found)] = cells(tmp_path, changed(body, b"<v>4711</v>", f"<v>{value}</v>".encode()))
    assert (found[1], isinstance(found[1], Lost)) == (shown, lost)


def test_days_of_a_workbook_come_without_their_hour(tmp_path: Path) -> None:
    def fill(made: Workbook, page: Worksheet) -> None:
        day = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page.write_datetime(1, 0, datetime(1980, 1, 2, 13, 30), day)
        page.write_datetime(1, 1, date(2000, 2, 29), day)

    assert cells(tmp_path, book(fill)) == [(2, ["1980-01-02", "2000-02-29"])]


def test_a_day_that_is_a_bare_number_stays_a_number(tmp_path: Path) -> None:
    [(_number, found)] = cells(tmp_path, book(lambda made, page: page.write_row(1, 0, [29222, "张庄"])))
    assert found == ["29222", "张庄"]


def test_of_a_computed_cell_its_last_value_is_read(tmp_path: Path) -> None:
    def fill(made: Workbook, page: Worksheet) -> None:
        page.write_formula(1, 0, '=HYPERLINK("http://x")', None, "张三")
        page.write_formula(1, 1, "=1/0", None, "#DIV/0!")

    assert cells(tmp_path, book(fill)) == [(2, ["张三", ""])]


def test_of_merged_cells_the_first_has_the_words(tmp_path: Path) -> None:
    def fill(made: Workbook, page: Worksheet) -> None:
        page.merge_range(1, 0, 2, 0, "张三")
        page.write_string(1, 1, "张庄")
        page.write_string(2, 1, "李庄")

    assert cells(tmp_path, book(fill)) == [(2, ["张三", "张庄"]), (3, ["", "李庄"])]


def test_only_the_first_sheet_counts(tmp_path: Path) -> None:
    def fill(made: Workbook, page: Worksheet) -> None:
        page.write_row(1, 0, ["张三", "张庄"])
        made.add_worksheet().write_row(0, 0, ["姓名", "李四"])

    assert cells(tmp_path, book(fill)) == [(2, ["张三", "张庄"])]


def test_columns_left_of_the_list_may_be_empty(tmp_path: Path) -> None:
    body = book(lambda made, page: page.write_row(1, 2, ["张三", "张庄"]), heads=("", "", "姓名", "村"))
    table = opened(tmp_path, body)
    [(_number, found)] = table.rows()
    assert found[guess(table.header)["name"]] == "张三"


def test_signs_that_no_database_takes_are_left_out_of_a_workbook(tmp_path: Path) -> None:
    body = book(lambda made, page: page.write_row(1, 0, ["张NUL三", "张庄"]))
    with_nul = changed(body, "张NUL三".encode(), "张_x0000_三".encode(), "xl/sharedStrings.xml")
    assert cells(tmp_path, with_nul) == [(2, ["张三", "张庄"])]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (xlsx_bytes([["张三", "张庄"]], ["姓名", "村"])[:900], "file_damaged"),
        (packed(a="x"), "file_damaged"),
        (packed(word__document="<x/>"), "file_damaged"),
        (book(lambda made, page: None, heads=()), "file_header"),
        (book(lambda made, page: None), "file_without_rows"),
        (book(lambda made, page: page.write_string(3, 0, "x"), heads=()), "file_header"),
        (book(lambda made, page: page.write_string(1, WIDEST + 5, "x")), "file_too_wide"),
        (b"MZ\x90\x00", "file_not_table"),
        (b"\x89PNG\r\n\x1a\n", "file_not_table"),
        (b"\xff\xd8\xff\xe0", "file_not_table"),
        (b"\x7fELF\x02", "file_not_table"),
    ],
)
def test_what_is_no_list_of_people_is_refused(tmp_path: Path, body: bytes, code: str) -> None:
    assert refusal(tmp_path, body) == code


def test_a_packed_giant_is_refused_by_what_it_announces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "UNPACKED", 1_000_000)
    body = packed(xl__a=" " * 600_000, xl__b=" " * 600_000)
    assert len(body) < 5_000
    assert refusal(tmp_path, body) == "file_too_large"


# --- text -----------------------------------------------------------------------------------------------------------


def test_heads_may_be_wrapped_in_their_cells(tmp_path: Path) -> None:
    """As an office program writes a head with a line break in it."""
    table = opened(tmp_path, '姓名,"与户主\n关系","村\n(社区)"\n张三,子,张庄\n')
    assert guess(table.header) == {"name": 0, "relation": 1, "village": 2}
    assert list(table.rows()) == [(4, ["张三", "子", "张庄"])]


def test_lines_that_end_as_on_an_old_machine_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = opened(tmp_path, "姓名,村\r张三,张庄\r李四,李庄\r")
    assert (table.size, [found[0] for _number, found in table.rows()]) == (2, ["张三", "李四"])
    monkeypatch.setattr(reading, "MOST", 1)
    assert refusal(tmp_path, "姓名,村\r张三,张庄\r李四,李庄\r") == "file_too_long"


@pytest.mark.parametrize("last", ["\n", "\r\n", ""])
def test_each_kind_of_line_is_counted_once(tmp_path: Path, last: str) -> None:
    text = (last or "\n").join(["姓名,村", "张三,张庄", "李四,李庄"]) + last
    assert opened(tmp_path, text).size == 2


def test_signs_that_no_database_takes_are_left_out_of_a_text(tmp_path: Path) -> None:
    assert cells(tmp_path, "姓名,村\n张\0三,\0\n") == [(2, ["张三", ""])]


@pytest.mark.parametrize(
    ("text", "line"),
    [('姓名,村\n张三,张庄\n"李四,李庄\n王五,王庄\n', 3), ('"姓名,村\n张三,张庄\n', 1), ('姓名,村\n"张"三,张庄\n', 2)],
)
def test_an_open_quote_swallows_nobody(tmp_path: Path, text: str, line: int) -> None:
    """It names the row in which the quote begins, not the one where the file ends."""
    with pytest.raises(Invalid, match=f"^第 {line} 行的引号没有成对"):
        list(opened(tmp_path, text).rows())


def test_quoted_marks_and_quotes_are_words(tmp_path: Path) -> None:
    assert cells(tmp_path, '姓名,村\n"张,三","说""好"""\n') == [(2, ["张,三", '说"好"'])]


def test_long_cells_and_wide_rows_are_cut(tmp_path: Path) -> None:
    text = f"姓名,{'村' * 9_000}\n{'张' * 5_000},x{',y' * 3_000}\n"
    table = opened(tmp_path, text)
    [(_number, found)] = table.rows()
    assert [len(head) for head in table.header] == [2, LONGEST]
    assert (len(found), len(found[0])) == (WIDEST, LONGEST)


def test_a_row_without_words_is_no_row_and_a_short_one_is(tmp_path: Path) -> None:
    assert cells(tmp_path, "姓名,村,组\n,,\n张三\n\n,,三组\n") == [(3, ["张三"]), (5, ["", "", "三组"])]


def test_blanks_of_every_width_and_apostrophes_around_a_cell_go(tmp_path: Path) -> None:
    assert cells(tmp_path, "姓名,村\n　张三\xa0,'341181\t\n") == [(2, ["张三", "341181"])]


def test_the_mark_is_the_one_that_the_heads_have_most_of(tmp_path: Path) -> None:
    table = opened(tmp_path, "姓名;村,社区;组\n张三;张庄;1,2\n")
    assert (table.header, list(table.rows())) == (("姓名", "村,社区", "组"), [(2, ["张三", "张庄", "1,2"])])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_sixteen_bits_with_a_mark_in_front(tmp_path: Path, encoding: str) -> None:
    assert cells(tmp_path, "\ufeff姓名,村\n张三,张庄\n".encode(encoding)) == [(2, ["张三", "张庄"])]


def test_signs_of_one_encoding_that_end_in_the_middle(tmp_path: Path) -> None:
    assert refusal(tmp_path, "姓名,村\n张三,张庄".encode("gb18030")[:-1] + b"\xff") == "file_encoding"
    assert cells(tmp_path, "姓名,村\n䶮三,张庄\n".encode("gb18030")) == [(2, ["䶮三", "张庄"])]


def test_columns_that_a_file_of_bad_rows_added_are_left_out(tmp_path: Path) -> None:
    assert opened(tmp_path, f"姓名,村,{','.join(BACK_HEADS)}\n张三,张庄,2,x\n").header == ("姓名", "村")
    assert opened(tmp_path, "姓名,村,原行号\n张三,张庄,2\n").header == ("姓名", "村", "原行号")
