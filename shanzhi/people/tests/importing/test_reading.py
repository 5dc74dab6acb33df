"""Tables of text and workbooks as rows: encodings, kinds of cells, numbers of rows, files that are none."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from shanzhi.lib.errors import Invalid
from shanzhi.people.importing import reading
from shanzhi.people.importing.columns import template_rows
from shanzhi.people.importing.reading import Lost, table_open
from shanzhi.people.tests.importing.lists import HEADS, csv_bytes, row, xlsx_bytes


def opened(tmp_path: Path, body: bytes, name: str = "list") -> reading.Table:
    path = tmp_path / name
    path.write_bytes(body)
    return table_open(lambda: path.open("rb"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_whatever_an_office_program_wrote_is_read(tmp_path: Path, encoding: str) -> None:
    table = opened(tmp_path, csv_bytes([row(1), row(2)], encoding=encoding))
    assert table.header == HEADS
    assert table.size == 2
    assert [(number, cells[0]) for number, cells in table.rows()] == [(2, "张小二"), (3, "张小三")]
    assert len(list(table.rows())) == 2  # as often as it is asked for


@pytest.mark.parametrize("mark", ["\t", ";"])
def test_other_marks_between_columns_are_seen(tmp_path: Path, mark: str) -> None:
    table = opened(tmp_path, csv_bytes([row(1)]).decode().replace(",", mark).encode())
    assert table.header == HEADS
    assert [cells[0] for _number, cells in table.rows()] == ["张小二"]


def test_blank_rows_explanations_and_apostrophes_are_left_out(tmp_path: Path) -> None:
    heads, said = template_rows()
    body = csv_bytes([said, ["", "", ""], ["  张三 ", "", "'341181198001020019"]], heads)
    assert list(opened(tmp_path, body).rows()) == [(4, ["张三", "", "341181198001020019"])]


def test_a_cell_with_a_line_break_counts_its_lines(tmp_path: Path) -> None:
    body = '姓名,村\n"张\n三",张庄\n李四,李庄\n'.encode()
    assert [number for number, _cells in opened(tmp_path, body).rows()] == [3, 4]


def test_the_last_line_counts_without_its_break(tmp_path: Path) -> None:
    assert opened(tmp_path, "姓名,村\n张三,张庄".encode()).size == 1


def test_a_workbook_is_read_cell_by_cell(tmp_path: Path) -> None:
    cells = row(1, 出生日期=date(1980, 1, 2), 联系电话=13800000001, 身份证号=341181198001020019, 户编号=12.5)
    [(number, found)] = opened(tmp_path, xlsx_bytes([cells])).rows()
    said = dict(zip(HEADS, found, strict=True))
    assert number == 2
    assert (said["出生日期"], said["联系电话"], said["户编号"]) == ("1980-01-02", "13800000001", "12.5")
    assert isinstance(said["身份证号"], Lost)
    assert not isinstance(said["联系电话"], Lost)


def test_a_workbook_numbers_rows_as_the_office_program_does(tmp_path: Path) -> None:
    table = opened(tmp_path, xlsx_bytes([row(1), ["" for _ in HEADS], row(3)]))
    assert [(number, cells[0]) for number, cells in table.rows()] == [(2, "张小二"), (4, "张小四")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file_empty"),
        (b"\xd0\xcf\x11\xe0rest", "file_not_table"),
        (b"%PDF-1.7", "file_not_table"),
        (b"PK\x03\x04 not a book", "file_damaged"),
        (b"\xff\xfe\x00", "file_encoding"),
        ("姓名,村\n".encode(), "file_without_rows"),
        (b",,,\n1,2,3,4\n", "file_header"),
        (b"a\0b,c\n1,2\n", "file_not_table"),
        (("," * 120).encode() + b"x\n1\n", "file_too_wide"),
    ],
)
def test_files_that_are_none_are_refused_in_a_sentence(tmp_path: Path, body: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        opened(tmp_path, body)
    assert refused.value.code == code
    assert refused.value.message.endswith("。")


def test_more_rows_than_a_county_has_people_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST", 1)
    with pytest.raises(Invalid, match="拆成几个文件"):
        opened(tmp_path, csv_bytes([row(1), row(2)]))


def test_a_workbook_that_unpacks_to_a_giant_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b" " * 100_000)
    monkeypatch.setattr(reading, "UNPACKED", 99_999)
    with pytest.raises(Invalid) as refused:
        table_open(lambda: path.open("rb"))
    assert refused.value.code == "file_too_large"


def test_quotes_that_do_not_match_name_the_row(tmp_path: Path) -> None:
    table = opened(tmp_path, '姓名,村\n张三,张庄\n"李四,李庄\n'.encode() + b"x" * 200_000)
    with pytest.raises(Invalid, match="引号"):
        list(table.rows())
