"""Population lists for the tests: people with right numbers, as text or as a workbook."""

import csv
import io
from collections.abc import Sequence
from datetime import date

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from shanzhi.jobs.testing import drain
from shanzhi.lib.idcards import id_check_digit
from shanzhi.people.importing import services
from shanzhi.people.models import RegisterImport
from tests.cast import Cast

HEADS = ("姓名", "性别", "身份证号", "出生日期", "联系电话", "村", "组", "门牌", "与户主关系", "户编号")
AS_OF = date(2026, 1, 1)
Row = Sequence[object]


def id_number(serial: int, born: str = "19800102", *, man: bool = True) -> str:
    """A right number, another one for each serial below 500."""
    body = f"341181{born}{serial * 2 + man:03d}"
    return body + id_check_digit(body)


def row(serial: int = 1, **changes: object) -> list[object]:
    """Somebody in the first village; `changes` by the heads."""
    said: dict[str, object] = {
        "姓名": f"张小{'一二三四五六七八九十'[serial % 10]}", "性别": "男", "身份证号": id_number(serial),
        "出生日期": "1980-01-02", "联系电话": f"138{serial:08d}", "村": "张庄村", "组": "第一网格",
        "门牌": f"{serial}号", "与户主关系": "户主", "户编号": f"H{serial}",
    }  # fmt: skip
    said.update(changes)
    return [said[head] for head in HEADS]


def csv_bytes(rows: Sequence[Row], heads: Row = HEADS, encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([heads, *rows])
    return out.getvalue().encode(encoding)


def xlsx_bytes(rows: Sequence[Row], heads: Row = HEADS) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page = book.add_worksheet()
        for number, cells in enumerate([heads, *rows]):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    page.write_datetime(number, column, cell, day)
                elif isinstance(cell, int | float):
                    page.write_number(number, column, cell)
                else:
                    page.write_string(number, column, str(cell))
    return out.getvalue()


def send(
    cast: Cast, body: bytes, *, who: str = "township_officer", name: str = "名册.csv", as_of: date = AS_OF,
) -> RegisterImport:  # fmt: skip
    """Sent and checked."""
    upload = SimpleUploadedFile(name, body)
    sent = services.import_send(actor=cast.actor(who), upload=upload, as_of=as_of)
    drain()
    return RegisterImport.objects.get(id=sent.id)


def apply(cast: Cast, sent: RegisterImport, *, who: str = "township_officer") -> RegisterImport:
    services.import_apply(actor=cast.actor(who), sent=sent, version=sent.version)
    drain()
    return RegisterImport.objects.get(id=sent.id)


def bring(cast: Cast, rows: Sequence[Row], *, who: str = "township_officer", as_of: date = AS_OF) -> RegisterImport:
    """Sent, checked and taken in."""
    return apply(cast, send(cast, csv_bytes(rows), who=who, as_of=as_of), who=who)
